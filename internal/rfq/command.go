// Package rfq writes the request for quotation that the partner of a local data centre
// gets, and the capabilities that the driver of its site lacks against AWS.
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

// Command returns the command rfq. It needs neither a cloud nor a stack's state.
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

// GapsCommand returns the command gaps, which runs the plugin: only the plugin has the drivers.
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
		lacks, err := driverGaps(*plugin, site)
		if err != nil {
			return err
		}
		return command.Write(c.OutOrStdout(), *format, template.Must(template.New("").Parse(gaps)), lacks)
	}
	return c
}

// load returns a site in a local data centre, of the project in the current folder.
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

func driverGaps(plugin string, site *siteconfig.Site) (*localdc.Capabilities, error) {
	partner := site.Local.Partner
	config, err := json.Marshal(map[string]any{
		"driver": partner.Driver, "site": site.Name, "domain": site.Local.Domain,
		"facility": partner.Facility, "city": partner.City, "settings": partner.Settings,
	})
	if err != nil {
		return nil, err
	}
	gaps, faults := exec.Command(plugin, "gaps"), &bytes.Buffer{} //nolint:gosec // named by whoever runs the command
	gaps.Stdin, gaps.Stderr = bytes.NewReader(config), faults
	output, err := gaps.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", gaps, err, faults)
	}
	lacks := &localdc.Capabilities{Driver: partner.Driver}
	return lacks, json.Unmarshal(output, &lacks.Gaps)
}
