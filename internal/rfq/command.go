// Package rfq prints the request for quotation for the partner of a local data centre, and the
// capability gaps of a local site's driver against AWS. It reads the project's configuration
// alone, except that the driver itself reports the gaps. It sends nothing to a partner.
package rfq

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
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

var (
	//go:embed rfq.md.tmpl
	request string
	//go:embed gaps.md.tmpl
	gaps string
)

// Command returns the command rfq. It reads neither a cloud nor a stack's state.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "rfq SITE",
		Short: "Print a local site's request for quotation",
		Args:  command.Args("SITE"),
	}
	format := command.Format(c, command.Markdown, command.JSON)
	c.RunE = func(c *cobra.Command, args []string) error {
		site, reg, err := load(args[0])
		if err != nil {
			return err
		}
		return command.Write(c.OutOrStdout(), *format, template.Must(template.New("").Parse(request)), NewRequirements(site, reg))
	}
	return c
}

// GapsCommand returns the command gaps. It runs the plugin localdc, which contains the drivers.
func GapsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "gaps SITE",
		Short: "Print the capabilities that a local site's driver lacks against AWS",
		Args:  command.Args("SITE"),
	}
	format := command.Format(c, command.Markdown, command.JSON)
	plugin := c.Flags().String("plugin", "bin/pulumi-resource-localdc", "the localdc plugin, a `FILE`")
	c.RunE = func(c *cobra.Command, args []string) error {
		site, _, err := load(args[0])
		if err != nil {
			return err
		}
		capabilities, err := driverGaps(*plugin, site)
		if err != nil {
			return err
		}
		return command.Write(c.OutOrStdout(), *format, template.Must(template.New("").Parse(gaps)), capabilities)
	}
	return c
}

// load returns a local site of the project in the current folder, and the register.
func load(name string) (*siteconfig.Site, *register.Register, error) {
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
