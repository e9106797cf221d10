// Package drill reports what users get while a site is down. It follows the records of
// the stack global as a resolver does, from the states of all stacks.
package drill

import (
	"fmt"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// Command returns the command drill.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "drill SITE EXPORT...",
		Short: "Report what users of every market get while a site is down",
		Long: `Report what users of every market get while SITE is down, from files of
"pulumi stack export", one of each stack.

The exit status is 1 if data would reach a site that may not hold it.`,
		Args: command.Args("SITE", "EXPORT..."),
		RunE: func(c *cobra.Command, args []string) error {
			d, err := newDrill(".", args[0], args[1:])
			if err != nil {
				return err
			}
			d.play()
			if _, err := fmt.Fprint(c.OutOrStdout(), d.markdown()); err != nil {
				return err
			}
			return d.unlawful
		},
	}
}
