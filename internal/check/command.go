// Package check checks the configuration of all stacks against the register, against each other and
// against the branch origin/main. It makes no calls to AWS.
package check

import (
	"time"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// Command returns the command check.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check the configuration of all stacks",
		Long: `Check the files Pulumi.STACK.yaml in the current folder against the register and each other,
and compare them, the register and the residency rules with the merge base with origin/main.
Report regions, keys and protections that the files no longer have, and each change that may
allow data in another place without a new entry in register/history.yaml. List new exceptions.`,
		Args: command.Args(),
		RunE: func(c *cobra.Command, _ []string) error {
			return check(".", "origin/main", time.Now(), c.OutOrStdout())
		},
	}
}
