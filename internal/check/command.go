// Package check checks the configuration of all stacks against the register and against
// each other, without a cloud.
package check

import (
	"time"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// Command returns the command check.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration of all stacks, and what they lose against origin/main",
		Args:  command.Args(),
	}
	base := c.Flags().String("base", "origin/main", "the `BRANCH` to compare with")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return check(".", *base, time.Now(), c.OutOrStdout())
	}
	return c
}
