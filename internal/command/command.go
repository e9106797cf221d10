// Package command is shared by the commands of the tool sites: exit statuses, errors, and
// formats of reports. The commands are in the packages of their subjects, such as verdict, and in
// cmd/sites.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/spf13/cobra"
)

// Exit statuses of every command.
const (
	// Success means that the command found no problem.
	Success = 0
	// Failure means that the command failed or found a problem.
	Failure = 1
	// Misuse means an unknown command, a wrong argument or a wrong flag.
	Misuse = 2
)

// ErrReported is the error of a command whose report already states the problem. Execute prints
// nothing for it and returns Failure.
var ErrReported = errors.New("see the report")

// Misused is an error in the command line. Execute prints it and returns Misuse.
type Misused struct{ Err error }

// Error returns the text of the argument's or flag's error.
func (m Misused) Error() string { return m.Err.Error() }

// Unwrap returns the argument's or flag's error.
func (m Misused) Unwrap() error { return m.Err }

// Status is the exit status of a command that has already printed its error.
type Status int

// Error returns the exit status as text.
func (s Status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// Args requires one argument for each name. A name in brackets is optional. If the last
// name ends with "...", it stands for one argument or more.
func Args(names ...string) cobra.PositionalArgs {
	least, most := len(names), len(names)
	for _, name := range names {
		if strings.HasPrefix(name, "[") {
			least--
		}
		if strings.HasSuffix(name, "...") {
			most = math.MaxInt
		}
	}
	return func(_ *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return fmt.Errorf("arguments: found %d; allowed: %v", len(args), names)
		}
		return nil
	}
}

// Execute runs a tool's command line and returns the exit status. An error before the command
// itself starts is misuse.
func Execute(ctx context.Context, root *cobra.Command, args []string, in io.Reader, out, problems io.Writer) int {
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(problems)
	root.SilenceUsage, root.SilenceErrors = true, true
	started := false
	root.PersistentPreRun = func(*cobra.Command, []string) { started = true }
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
	case !started || errors.As(err, &misused):
		_, _ = fmt.Fprintf(problems, "%s: %v\nRun '%s --help' for its usage.\n", executed.CommandPath(), err, executed.CommandPath())
		return Misuse
	}
	_, _ = fmt.Fprintf(problems, "%s: %v\n", executed.CommandPath(), err)
	return Failure
}
