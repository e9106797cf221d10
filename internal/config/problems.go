package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Problems collects the problems of a file, so that one error reports all of them.
type Problems struct {
	// File is the name of the file in messages.
	File string
	// Lines are the messages.
	Lines []string
}

// Add adds the problem that a key has the value found, which is not allowed. Empty text and nil
// are reported as nothing.
func (p *Problems) Add(key string, found any, allowed string) {
	text := "nothing"
	if encoded, err := json.Marshal(found); err == nil && string(encoded) != "null" && found != "" {
		text = string(encoded)
	}
	p.Lines = append(p.Lines, fmt.Sprintf("%s: %s: found %s; allowed: %s", p.File, key, text, allowed))
}

// Unknown adds the problem that a key is none of the allowed keys.
func (p *Problems) Unknown(key string, allowed []string) {
	list := strings.Join(allowed, ", ")
	if list == "" {
		list = "none"
	}
	p.Lines = append(p.Lines, fmt.Sprintf("%s: %s: unknown key; allowed: %s", p.File, key, list))
}

// Err returns one error for all problems. It is nil if there are none.
func (p *Problems) Err() error {
	if len(p.Lines) == 0 {
		return nil
	}
	if len(p.Lines) == 1 {
		return errors.New(p.Lines[0])
	}
	return fmt.Errorf("%d problems:\n  %s", len(p.Lines), strings.Join(p.Lines, "\n  "))
}
