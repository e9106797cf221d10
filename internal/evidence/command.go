// Package evidence reports to an auditor where the data of each market is, from the
// states of all stacks.
package evidence

import (
	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// Command returns the command evidence.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "evidence DIR EXPORT...",
		Short: "Report to an auditor where the data of each market is",
		Long: `Write a report per market into DIR, as Markdown and as JSON, from files of
"pulumi stack export".`,
		Args: command.Args("DIR", "EXPORT..."),
		RunE: func(_ *cobra.Command, args []string) error { return write(".", args[0], args[1:]) },
	}
}
