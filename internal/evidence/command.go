// Package evidence reports, for auditors, where the data of each market is, how it is encrypted and
// who may read it. It reads the states of all stacks and makes no calls to AWS.
package evidence

import (
	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// Command returns the command evidence.
func Command() *cobra.Command {
	return &cobra.Command{
		Use:   "evidence DIR EXPORT...",
		Short: "Report for auditors where the data of each market is",
		Long: `Write a report per market into DIR, as MARKET.md and MARKET.json. Each EXPORT is a file of
"pulumi stack export". A stack without a file is reported as not deployed.`,
		Args: command.Args("DIR", "EXPORT..."),
		RunE: func(_ *cobra.Command, args []string) error { return write(".", args[0], args[1:]) },
	}
}
