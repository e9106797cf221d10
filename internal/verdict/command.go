// Package verdict tells the reviewers of a change what a preview of a stack would do: it
// turns Pulumi's JSON into one comment of a pull request, the worst first.
package verdict

import (
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// stackName is narrower than Pulumi's: the name becomes part of an HTML comment.
var stackName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Command returns the command verdict.
func Command() *cobra.Command {
	var settled bool
	var whole, errorsFile string
	c := &cobra.Command{
		Use:   "verdict STACK < PREVIEW",
		Short: "Report what a preview would do, as a comment on a pull request",
		Long: `Read the JSON of a preview and report, in Markdown, what it would do, the worst first.

The exit status is 1 where a stateful resource would be deleted or replaced, a rule is
broken, the stack has drifted or the preview failed.`,
		Example: "  pulumi preview -s oregon --json | sites verdict oregon",
		Args:    command.Args("STACK"),
		RunE: func(c *cobra.Command, args []string) error {
			stack := args[0]
			if !stackName.MatchString(stack) {
				return command.Misused{Err: fmt.Errorf("STACK: found %q; allowed: a stack's name", stack)}
			}
			data, err := io.ReadAll(c.InOrStdin())
			if err != nil {
				return command.Misused{Err: err}
			}
			var complaints []byte
			if errorsFile != "" {
				if complaints, err = os.ReadFile(errorsFile); err != nil { //nolint:gosec // named by whoever runs the command
					return command.Misused{Err: err}
				}
			}
			v := assess(stack, data, string(complaints))
			v.settled = settled
			if _, err := io.WriteString(c.OutOrStdout(), v.markdown(whole)); err != nil {
				return command.Misused{Err: err}
			}
			if v.alarming() {
				return command.ErrReported
			}
			return nil
		},
	}
	c.Flags().BoolVar(&settled, "expect-no-changes", false, "report every change as drift, and fail")
	c.Flags().StringVar(&whole, "whole", "", "the `URL` of the whole preview, for the last line")
	c.Flags().StringVar(&errorsFile, "errors", "", "a `FILE` with what the preview wrote to standard error")
	return c
}
