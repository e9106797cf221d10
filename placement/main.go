// Command placement writes where each market is served from for each service, why,
// and how that compares with the other sites that may hold its data and with
// Beijing. It reads the project's files in the current folder, and needs neither a
// cloud nor a stack's state.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"text/template"

	"multisite/internal/placement"
	"multisite/internal/report"
	"multisite/internal/siteconfig"
	"multisite/register/latency"
)

//go:embed placement.md.tmpl
var table string

func main() {
	switch err := run(os.Args[1:], os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("placement", flag.ContinueOnError)
	format := flags.String("format", "markdown", "markdown or json")
	if err := flags.Parse(args); err != nil {
		return err
	}
	sites, rules, err := siteconfig.LoadProject(".")
	if err != nil {
		return err
	}
	distances, err := latency.Default(rules.Register)
	if err != nil {
		return err
	}
	seconds := func(ms int64) string { return fmt.Sprintf("%.2f", float64(ms)/1000) }
	form := template.Must(template.New("").Funcs(template.FuncMap{"seconds": seconds}).Parse(table))
	return report.Write(out, *format, form, placement.Compare(sites, rules, distances))
}
