// Package entries reports which load balancer answers the HTTPS name of each service in each market,
// or why none does. It reads the states of all stacks, and calls AWS for the health of targets.
package entries

import (
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/resolver"
)

// Command returns the command entries.
func Command() *cobra.Command { return newCommand(nil) }

// newCommand returns the command, which runs the AWS CLI with a runner; with cli.Output if it is nil.
func newCommand(runner query.Runner) *cobra.Command {
	return &cobra.Command{
		Use:   "entries EXPORT...",
		Short: "Report which load balancer answers each service's HTTPS name in each market, or why none does",
		Long: `Report for each service and market to which site the records lead, whether that site's load
balancer has a certificate and a rule for the service's name, and how many of its targets are
healthy; or why no site answers, and what to run next. Each EXPORT is a file of "pulumi stack
export"; the command needs one for every stack.

It calls AWS with the AWS CLI and its credentials for the health of targets, and prints
"unknown" without the CLI. The exit status is 1 if data would reach a site that may not hold it.`,
		Args: command.Args("EXPORT..."),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt)
			defer stop()
			r, err := resolver.Load(".", args)
			if err != nil {
				return err
			}
			report := &report{Resolver: r, client: query.New(ctx, ".", runner, nil)}
			text, unlawful := report.markdown()
			if _, err := fmt.Fprint(c.OutOrStdout(), text); err != nil {
				return err
			}
			return unlawful
		},
	}
}
