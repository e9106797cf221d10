// Command verdict judges a preview for the people who review a change of a site:
// it turns Pulumi's JSON into one comment of a pull request, the worst first.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
)

const usage = `Reads a preview's JSON and writes a verdict on it, in Markdown.

  pulumi preview -s SITE --json | verdict -stack SITE [flags]

The exit status is 0 where nothing alarms; 1 where something stateful would be
deleted or replaced, a rule is broken, something has drifted or the preview failed;
2 where the command was not used as above.

`

const (
	exitCalm  = 0
	exitAlarm = 1
	exitUsage = 2
)

// stackName is narrower than Pulumi's: the name becomes part of an HTML comment.
var stackName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("verdict", flag.ContinueOnError)
	flags.SetOutput(stderr)
	stack := flags.String("stack", "", "the `SITE` that the preview is of (required)")
	settled := flags.Bool("expect-no-changes", false, "call every change drift, and alarming")
	whole := flags.String("whole", "", "the `URL` of the whole preview, for the last line")
	errorsFile := flags.String("errors", "", "a `file` with what the preview wrote to its standard error")
	flags.Usage = func() {
		_, _ = fmt.Fprint(stderr, usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	misused := func(message string) int {
		_, _ = fmt.Fprintln(stderr, "verdict:", message)
		return exitUsage
	}
	if !stackName.MatchString(*stack) || flags.NArg() > 0 {
		return misused(fmt.Sprintf("-stack: found %q and %d arguments; allowed: a stack's name, and no arguments", *stack, flags.NArg()))
	}
	data, err := io.ReadAll(stdin)
	if err != nil {
		return misused(err.Error())
	}
	var complaints []byte
	if *errorsFile != "" {
		if complaints, err = os.ReadFile(*errorsFile); err != nil {
			return misused(err.Error())
		}
	}
	v := judge(*stack, data, string(complaints))
	v.settled = *settled
	if _, err := io.WriteString(stdout, v.markdown(*whole)); err != nil {
		return misused(err.Error())
	}
	if v.alarming() {
		return exitAlarm
	}
	return exitCalm
}
