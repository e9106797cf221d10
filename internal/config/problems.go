package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Problems collects what is wrong with a file, to be reported all at once.
type Problems struct {
	File  string
	Lines []string
}

// Add notes that a key holds something that it may not.
func (p *Problems) Add(key string, found any, allowed string) {
	text := "nothing"
	if encoded, err := json.Marshal(found); err == nil && string(encoded) != "null" && found != "" {
		text = string(encoded)
	}
	p.Lines = append(p.Lines, fmt.Sprintf("%s: %s: found %s; allowed: %s", p.File, key, text, allowed))
}

// Unknown notes a key that does not exist.
func (p *Problems) Unknown(key string, allowed []string) {
	list := strings.Join(allowed, ", ")
	if list == "" {
		list = "none"
	}
	p.Lines = append(p.Lines, fmt.Sprintf("%s: %s: unknown key; allowed: %s", p.File, key, list))
}

// Err is nil where nothing was wrong.
func (p *Problems) Err() error {
	if len(p.Lines) == 0 {
		return nil
	}
	if len(p.Lines) == 1 {
		return errors.New(p.Lines[0])
	}
	return fmt.Errorf("%d problems:\n  %s", len(p.Lines), strings.Join(p.Lines, "\n  "))
}
