// Package components holds the component resources that sites consist of. A component
// takes typed arguments, and a provider in its options. It reads no configuration, no
// environment and no live cloud, and creates no provider.
package components

import (
	"errors"
	"fmt"
	"strings"
)

// problems collects the wrong arguments of a component, so that one error reports all of
// them.
type problems []string

// check adds a problem unless ok is true. The format is that of `KEY: found X; allowed:
// Y`, where KEY is the name of the argument.
func (p *problems) check(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Sprintf(format, args...))
	}
}

// err returns nil if there are no problems. Otherwise the error has one line for each
// problem, in the form `COMPONENT NAME: KEY: found X; allowed: Y`.
func (p problems) err(component, name string) error {
	if len(p) == 0 {
		return nil
	}
	prefix := component + " " + name + ": "
	return errors.New(prefix + strings.Join(p, "\n"+prefix))
}
