// Command sheet writes what the partner of a local data centre is asked to quote
// on, or what the site's driver lacks. It reads the project's files in the current
// folder, and needs neither a cloud nor a stack's state.
package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"text/template"

	"multisite/components/localdc"
	"multisite/internal/report"
	"multisite/internal/rfq"
	"multisite/internal/siteconfig"
)

var (
	//go:embed sheet.md.tmpl
	sheet string
	//go:embed gaps.md.tmpl
	gaps string
)

func main() {
	switch err := run(os.Args[1:], os.Stdout); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sheet", flag.ContinueOnError)
	stack := flags.String("stack", "", "the `site`, which is in a local data centre")
	format := flags.String("format", "markdown", "markdown or json")
	plugin := flags.String("gaps", "", "write what the site's driver lacks, by the localdc plugin that is this `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	sites, rules, err := siteconfig.LoadProject(".")
	if err != nil {
		return err
	}
	site, err := choose(sites, *stack)
	if err != nil {
		return err
	}
	var content any = rfq.NewRequirements(site, rules.Register)
	form := sheet
	if *plugin != "" {
		form = gaps
		if content, err = ask(*plugin, site); err != nil {
			return err
		}
	}
	return report.Write(out, *format, template.Must(template.New("").Parse(form)), content)
}

func choose(sites map[string]*siteconfig.Site, stack string) (*siteconfig.Site, error) {
	var local []string
	for name, site := range sites {
		if site.Local != nil {
			local = append(local, name)
		}
	}
	if !slices.Contains(local, stack) {
		slices.Sort(local)
		return nil, fmt.Errorf("STACK: found %q; allowed: a site in a local data centre: %s", stack, strings.Join(local, ", "))
	}
	return sites[stack], nil
}

// ask runs the plugin, which alone knows the drivers.
func ask(plugin string, site *siteconfig.Site) (*localdc.Capabilities, error) {
	partner := site.Local.Partner
	config, err := json.Marshal(map[string]any{
		"driver": partner.Driver, "site": site.Name, "domain": site.Local.Domain,
		"facility": partner.Facility, "city": partner.City, "settings": partner.Settings,
	})
	if err != nil {
		return nil, err
	}
	command, faults := exec.Command(plugin, "gaps"), &bytes.Buffer{}
	command.Stdin, command.Stderr = bytes.NewReader(config), faults
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", command, err, faults)
	}
	lacks := &localdc.Capabilities{Driver: partner.Driver}
	return lacks, json.Unmarshal(output, &lacks.Gaps)
}
