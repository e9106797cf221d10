// Command sites is the tool for those who operate the stacks: it checks the
// configuration of all sites, reports on previews and states, and recovers from failures.
package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/adopt"
	"example.com/multisite/internal/check"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/drill"
	"example.com/multisite/internal/evidence"
	"example.com/multisite/internal/live"
	"example.com/multisite/internal/placement"
	"example.com/multisite/internal/preflight"
	"example.com/multisite/internal/rfq"
	"example.com/multisite/internal/verdict"
)

func main() {
	os.Exit(command.Execute(context.Background(), newRoot(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "sites",
		Short: "Check, report on and recover the stacks of this project",
		Long: `Check, report on and recover the stacks of this project. Run it beside Pulumi.yaml.

The exit status of every command is 0 where nothing wrong was found, 1 where the command
failed or found what it checks for, and 2 where it was not used as its help says.`,
	}
	root.AddCommand(
		check.Command(), placement.Command(), rfq.Command(), rfq.GapsCommand(), // from the files of the project
		verdict.Command(), evidence.Command(), drill.Command(), // from previews and states
		preflight.Command(), adopt.Command(), live.Command(), // on AWS, with your credentials
	)
	return root
}
