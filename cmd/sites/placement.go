package main

import (
	_ "embed"
	"fmt"
	"text/template"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/placement"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/latency"
)

//go:embed placement.md.tmpl
var placementTable string

// newPlacement returns the command placement.
func newPlacement() *cobra.Command {
	c := &cobra.Command{
		Use:   "placement",
		Short: "Report which site serves each market, why, and how fast",
		Long: `Report which site serves each market for each service, why, and how fast. The report
compares the serving site with the other sites that may hold the market's data, and with Beijing.`,
		Args: command.Args(),
	}
	format := command.Format(c, command.Markdown, command.JSON)
	c.RunE = func(c *cobra.Command, _ []string) error {
		sites, rules, err := siteconfig.LoadProject(".")
		if err != nil {
			return err
		}
		distances, err := latency.Default(rules.Register)
		if err != nil {
			return err
		}
		seconds := func(ms int64) string { return fmt.Sprintf("%.2f", float64(ms)/1000) }
		form := template.Must(template.New("").Funcs(template.FuncMap{"seconds": seconds}).Parse(placementTable))
		return command.Write(c.OutOrStdout(), *format, form, placement.Compare(sites, rules, distances))
	}
	return c
}
