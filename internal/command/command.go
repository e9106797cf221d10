// Package command has what the commands of the tool sites share: exit statuses, errors
// and formats.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Exit statuses of every command.
const (
	// Success means that nothing wrong was found.
	Success = 0
	// Failure means that the command failed, or found what it checks for.
	Failure = 1
	// Misuse means an unknown command, a wrong argument or a wrong flag.
	Misuse = 2
)

// ErrReported makes the exit status Failure where the report already says why.
var ErrReported = errors.New("see the report")

// Misused is an error of the command line: the exit status is Misuse.
type Misused struct{ Err error }

func (m Misused) Error() string { return m.Err.Error() }

// Unwrap returns the error of the argument or flag.
func (m Misused) Unwrap() error { return m.Err }

// Status is an error that the command has printed already, with an exit status of its own.
type Status int

func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Args demands one argument for each name. A last name that ends with "..." stands for
// one argument or more.
func Args(names ...string) cobra.PositionalArgs {
	least, most := len(names), len(names)
	if least > 0 && len(names[least-1]) > 3 && names[least-1][len(names[least-1])-3:] == "..." {
		most = -1
	}
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || most >= 0 && len(args) > most {
			return fmt.Errorf("arguments: found %d; allowed: %v", len(args), names)
		}
		return nil
	}
}

// Execute runs a tool's command line and returns the exit status. Whatever fails before
// the command itself begins is misuse.
func Execute(ctx context.Context, root *cobra.Command, args []string, in io.Reader, out, problems io.Writer) int {
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(problems)
	root.SilenceUsage, root.SilenceErrors = true, true
	began := false
	root.PersistentPreRun = func(*cobra.Command, []string) { began = true }
	executed, err := root.ExecuteContextC(ctx)
	var status Status
	var misused Misused
	switch {
	case err == nil:
		return Success
	case errors.As(err, &status):
		return int(status)
	case errors.Is(err, ErrReported):
		return Failure
	case !began || errors.As(err, &misused):
		_, _ = fmt.Fprintf(problems, "%s: %v\nRun '%s --help' for its usage.\n", executed.CommandPath(), err, executed.CommandPath())
		return Misuse
	}
	_, _ = fmt.Fprintf(problems, "%s: %v\n", executed.CommandPath(), err)
	return Failure
}
