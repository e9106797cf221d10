// Package drill reports which site serves each market while one site is down, or one service is dead
// there. It reads the states of all stacks, and sends no queries.
package drill

import (
	"fmt"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// Command returns the command drill.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "drill SITE EXPORT...",
		Short: "Report what users of every market get while a site is down, or one of its services is dead",
		Long: `Report which site serves each market while SITE is down, how long the failover takes, and which
data would be lost if SITE never came up again. With --service, only that service is dead at SITE,
as when its database does not answer. Each EXPORT is a file of "pulumi stack export"; the command
needs one for every stack.

The exit status is 1 if data would reach a site that may not hold it.`,
		Args: command.Args("SITE", "EXPORT..."),
	}
	service := c.Flags().String("service", "", "the `SERVICE` that is dead at SITE; without it, all of SITE is down")
	c.RunE = func(c *cobra.Command, args []string) error {
		d, err := newDrill(".", args[0], *service, args[1:])
		if err != nil {
			return err
		}
		d.simulate()
		if _, err := fmt.Fprint(c.OutOrStdout(), d.markdown()); err != nil {
			return err
		}
		return d.unlawful
	}
	return c
}
