package preflight

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/multisite/internal/command"
)

// Command returns the command sites preflight.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "preflight STACK",
		Short: "Report what would make pulumi up of a stack on AWS fail, and other problems of the stack",
		Long: `Report what would make pulumi up of STACK, a site or global, on AWS fail, and other problems
of the stack. It changes nothing.

It calls AWS with the AWS CLI and its credentials, and reads the state with Pulumi.
The exit status is 1 if the update would be refused, or fail.`,
		Args: command.Args("STACK"),
	}
	format := command.Format(c, command.Text, command.JSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt)
		defer stop()
		r, err := Run(ctx, Options{Dir: ".", Stack: args[0], Progress: progress(c.ErrOrStderr())})
		if errors.Is(err, ErrUsage) {
			return command.Misused{Err: err}
		}
		if err != nil {
			return err
		}
		write := r.Text
		if *format == command.JSON {
			write = r.JSON
		}
		if err := write(c.OutOrStdout()); err != nil {
			return err
		}
		if r.Fails() {
			return command.ErrReported
		}
		return nil
	}
	return c
}

// progress returns a function that prints the number of answers, or nil if out is no terminal.
func progress(out io.Writer) func(int) {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return func(ended int) { _, _ = fmt.Fprintf(file, "\r%d answers\r", ended) }
}
