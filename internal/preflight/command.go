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

// Command returns the command preflight.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "preflight STACK",
		Short: "Report what would stop or hurt pulumi up of a stack on AWS",
		Long: `Report what would stop or hurt pulumi up of STACK, a site or global. It changes nothing.

It calls AWS with the AWS CLI and its credentials, and Pulumi to find where the state is.
The exit status is 1 where something would fail.`,
		Args: command.Args("STACK"),
	}
	format := command.Format(c, command.Text, command.JSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt)
		defer stop()
		report, err := Run(ctx, Options{Dir: ".", Stack: args[0], Progress: progress(c.ErrOrStderr())})
		if errors.Is(err, ErrUsage) {
			return command.Misused{Err: err}
		}
		if err != nil {
			return err
		}
		write := report.Text
		if *format == command.JSON {
			write = report.JSON
		}
		if err := write(c.OutOrStdout()); err != nil {
			return err
		}
		if report.Fails() {
			return command.ErrReported
		}
		return nil
	}
	return c
}

// progress counts the answers on a terminal, since they take some seconds.
func progress(out io.Writer) func(int) {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return func(ended int) { _, _ = fmt.Fprintf(file, "\r%d answers\r", ended) }
}
