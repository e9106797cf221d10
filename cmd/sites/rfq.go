package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"

	"example.com/multisite/components/localdc"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/rfq"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

var (
	//go:embed rfq.md.tmpl
	rfqTemplate string
	//go:embed gaps.md.tmpl
	gapsTemplate string
)

// newRFQ returns the command rfq.
func newRFQ() *cobra.Command {
	c := &cobra.Command{
		Use:   "rfq SITE",
		Short: "Print a local site's request for quotation",
		Args:  command.Args("SITE"),
	}
	format := command.Format(c, command.Markdown, command.JSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		site, reg, err := loadLocalSite(args[0])
		if err != nil {
			return err
		}
		return command.Write(c.OutOrStdout(), *format, template.Must(template.New("").Parse(rfqTemplate)), rfq.NewRequirements(site, reg))
	}
	return c
}

// newGaps returns the command gaps. It runs the plugin localdc, which contains the drivers.
func newGaps() *cobra.Command {
	c := &cobra.Command{
		Use:   "gaps SITE",
		Short: "Print the capabilities that a local site's driver lacks compared with AWS",
		Args:  command.Args("SITE"),
	}
	format := command.Format(c, command.Markdown, command.JSON)
	plugin := c.Flags().String("plugin", "bin/pulumi-resource-localdc", "the localdc plugin, a `FILE`")
	c.RunE = func(c *cobra.Command, args []string) error {
		site, _, err := loadLocalSite(args[0])
		if err != nil {
			return err
		}
		capabilities, err := driverGaps(*plugin, site)
		if err != nil {
			return err
		}
		return command.Write(c.OutOrStdout(), *format, template.Must(template.New("").Parse(gapsTemplate)), capabilities)
	}
	return c
}

// loadLocalSite returns a local site of the project in the current folder, and the register.
func loadLocalSite(name string) (*siteconfig.Site, *register.Register, error) {
	sites, rules, err := siteconfig.LoadProject(".")
	if err != nil {
		return nil, nil, err
	}
	var local []string
	for name, site := range sites {
		if site.IsLocal() {
			local = append(local, name)
		}
	}
	if !slices.Contains(local, name) {
		slices.Sort(local)
		return nil, nil, command.Misused{Err: fmt.Errorf("SITE: found %q; allowed: a site in a local data centre: %s", name, strings.Join(local, ", "))}
	}
	return sites[name], rules.Register, nil
}

// driverGaps runs the plugin and returns the capability gaps of the site's driver.
func driverGaps(plugin string, site *siteconfig.Site) (*localdc.Capabilities, error) {
	partner := site.Local.Partner
	config, err := json.Marshal(map[string]any{
		"driver": partner.Driver, "site": site.Name, "domain": site.Local.Domain,
		"facility": partner.Facility, "city": partner.City, "settings": partner.Settings,
	})
	if err != nil {
		return nil, err
	}
	gaps, problems := exec.Command(plugin, "gaps"), &bytes.Buffer{}
	gaps.Stdin, gaps.Stderr = bytes.NewReader(config), problems
	output, err := gaps.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", gaps, err, problems)
	}
	capabilities := &localdc.Capabilities{Driver: partner.Driver}
	return capabilities, json.Unmarshal(output, &capabilities.Gaps)
}
