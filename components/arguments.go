// Package components holds the parts that sites are made of. A component takes
// typed arguments and a provider through its options; it reads no configuration,
// no environment and no live cloud, and creates no provider.
package components

import (
	"errors"
	"fmt"
	"strings"
)

// problems collects what is wrong with a component's arguments, so that one
// error can name all of it.
type problems []string

// check notes a problem unless ok holds. The format names the argument, what
// was found and what is allowed.
func (p *problems) check(ok bool, format string, args ...any) {
	if !ok {
		*p = append(*p, fmt.Sprintf(format, args...))
	}
}

// err is nil where nothing was wrong.
func (p problems) err(component, name string) error {
	if len(p) == 0 {
		return nil
	}
	return errors.New(component + " " + name + ": " + strings.Join(p, "; "))
}
