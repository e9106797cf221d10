package provision

import (
	"errors"
	"fmt"
	"strings"
)

// Problems collects the wrong arguments of a component, so that one error reports all of
// them.
type Problems []string

// Check adds a problem unless ok is true. The format is that of `KEY: found X; allowed:
// Y`, where KEY is the name of the argument.
func (p *Problems) Check(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Sprintf(format, args...))
	}
}

// Err returns nil if there are no problems. Otherwise the error has one line for each
// problem, in the form `COMPONENT NAME: KEY: found X; allowed: Y`.
func (p Problems) Err(component, name string) error {
	if len(p) == 0 {
		return nil
	}
	prefix := component + " " + name + ": "
	return errors.New(prefix + strings.Join(p, "\n"+prefix))
}
