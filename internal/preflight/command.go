package preflight

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

const usage = `Reports what would stop or hurt pulumi up of a stack. It changes nothing.

  preflight [-format text|json] STACK    a site, or global

It asks AWS with the AWS CLI and its credentials, and Pulumi where the state is; run it
beside Pulumi.yaml. The exit status is 0, 1 where something would fail, or 2 where the
command was not used as above.
`

// Main is the command preflight: it takes its arguments and returns its exit status.
func Main(ctx context.Context, args []string, out, problems io.Writer) int {
	flags := flag.NewFlagSet("preflight", flag.ContinueOnError)
	flags.SetOutput(problems)
	flags.Usage = func() { _, _ = fmt.Fprint(problems, usage) }
	format := flags.String("format", "text", "text or json")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	write := map[string]func(*Report, io.Writer) error{"text": (*Report).Text, "json": (*Report).JSON}[*format]
	if flags.NArg() != 1 || write == nil {
		flags.Usage()
		return 2
	}
	report, err := Run(ctx, Options{Dir: ".", Stack: flags.Arg(0), Progress: progress(problems)})
	if err == nil {
		err = write(report, out)
	}
	switch {
	case err != nil:
		_, _ = fmt.Fprintln(problems, "preflight:", err)
		if errors.Is(err, ErrUsage) {
			return 2
		}
		return 1
	case report.Fails():
		return 1
	}
	return 0
}

// progress counts the answers on a terminal, since they take some seconds.
func progress(out io.Writer) func(int) {
	file, ok := out.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	return func(ended int) { _, _ = fmt.Fprintf(file, "\r%d answers\r", ended) }
}
