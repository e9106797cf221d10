// Package verdict renders the JSON of a preview as one comment on a pull request: what the change
// would do to a stack, the most dangerous operations first.
package verdict

import (
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
)

// stackName allows fewer names than Pulumi does, because the name becomes part of an HTML comment.
var stackName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Command returns the command verdict.
func Command() *cobra.Command {
	var settled bool
	var whole, errorsFile string
	c := &cobra.Command{
		Use:   "verdict STACK < PREVIEW",
		Short: "Report what a preview would do, as a comment on a pull request",
		Long: `Read PREVIEW, the JSON of "pulumi preview --json", from standard input. Report in Markdown what
an update of STACK would do, the most dangerous operations first.

The exit status is 1 if a stateful resource would be deleted or replaced, the preview failed (also
when a rule is broken), or, with --expect-no-changes, there is a change.`,
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
			var stderr []byte
			if errorsFile != "" {
				if stderr, err = os.ReadFile(errorsFile); err != nil {
					return command.Misused{Err: err}
				}
			}
			v := assess(stack, data, string(stderr))
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
	c.Flags().BoolVar(&settled, "expect-no-changes", false, "report every change as drift, with exit status 1")
	c.Flags().StringVar(&whole, "whole", "", "the `URL` of the whole preview, printed in the last line")
	c.Flags().StringVar(&errorsFile, "errors", "", "the `FILE` with the standard error of the preview")
	return c
}
