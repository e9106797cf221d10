// Command sites is the operators' tool: it checks the configuration of all sites, reports on
// previews and states, recovers states after failures, and tests a site on a throw-away AWS
// account.
package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/adopt"
	"example.com/multisite/internal/check"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/drill"
	"example.com/multisite/internal/entries"
	"example.com/multisite/internal/evidence"
	"example.com/multisite/internal/law"
	"example.com/multisite/internal/live"
	"example.com/multisite/internal/preflight"
	"example.com/multisite/internal/verdict"
)

func main() {
	os.Exit(command.Execute(context.Background(), newRoot(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "sites COMMAND",
		Short: "Check, report on and recover the stacks of this project",
		Long: `Check, report on and recover the stacks of this project. Run the tool in the folder of
Pulumi.yaml.

The exit status of a command is 0 if it found no problem, 1 if it failed or found a problem, and
2 if its command line is wrong.`,
	}
	root.Args = cobra.ArbitraryArgs // RunE reports an unknown command
	root.RunE = func(c *cobra.Command, args []string) error {
		var names []string
		for _, one := range c.Commands() {
			names = append(names, one.Name())
		}
		return command.Misused{Err: fmt.Errorf("COMMAND: found %q; allowed: %s", strings.Join(args, " "), strings.Join(names, ", "))}
	}
	root.AddCommand(
		check.Command(), law.Command(), newPlacement(), newRFQ(), newGaps(), // read the files of the project
		verdict.Command(), evidence.Command(), drill.Command(), entries.Command(), // read previews and states
		preflight.Command(), adopt.Command(), live.Command(), // call AWS, with your credentials
	)
	return root
}
