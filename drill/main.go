// Command drill says what users get while a site is dark: it follows the records of
// the global stack as a resolver does, from exports of all stacks.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const usage = `Says what the users of every market get while a site is dark.

  drill -site SITE EXPORT...    from files of "pulumi stack export", one of each stack

The exit status is 1 if anybody's data would reach a site that may not hold it.
`

func main() {
	switch err := run(os.Args[1:], os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "drill:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("drill", flag.ContinueOnError)
	flags.Usage = func() {
		_, _ = fmt.Fprint(flags.Output(), usage)
	}
	site := flags.String("site", "", "the site that goes dark")
	if err := flags.Parse(args); err != nil {
		return err
	}
	d, err := newDrill(".", *site, flags.Args())
	if err != nil {
		return err
	}
	d.play()
	if _, err := fmt.Fprint(out, d.markdown()); err != nil {
		return err
	}
	return d.unlawful
}
