package drill

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/migration"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// drill is one site that goes dark.
type drill struct {
	dark     string
	rules    *residency.Rules
	sites    map[string]*siteconfig.Site
	homes    map[string]map[string]siteconfig.Home
	stacks   map[string][]resource // what each stack has made
	hosts    map[string]string     // sites, by the host that users are sent to
	names    map[string]string     // host names, by service; those of public content by SERVICE-static
	resolver resolver
	rows     []row
	unlawful error // what reaches a place that may not hold it
}

// row is what the users of a market get of a service.
type row struct {
	Market, Service string
	Public          bool
	Before, After   string
	Why             string
}

// newDrill reads a project and the exports of its stacks.
func newDrill(project, dark string, files []string) (*drill, error) {
	sites, rules, err := siteconfig.LoadProject(project)
	if err != nil {
		return nil, err
	}
	if sites[dark] == nil {
		return nil, fmt.Errorf("SITE: found %q; allowed: %s", dark, strings.Join(slices.Sorted(maps.Keys(sites)), ", "))
	}
	d := &drill{
		dark: dark, rules: rules, sites: sites, homes: siteconfig.Homes(sites), stacks: map[string][]resource{}, hosts: map[string]string{}, names: map[string]string{},
		resolver: resolver{map[string][]resource{}, map[string]string{}},
	}
	for _, file := range files {
		stack, resources, err := pulumicli.ReadExport(file)
		if err != nil {
			return nil, err
		}
		d.read(stack, resources)
	}
	if len(d.names) == 0 {
		return nil, errors.New("the stack " + register.GlobalStack + " is not up: there are no routes to follow")
	}
	return d, nil
}

// read takes in what a stack has made.
func (d *drill) read(stack string, resources []resource) {
	d.stacks[stack] = resources
	for _, r := range resources {
		switch r.Type {
		case "pulumi:pulumi:Stack":
			if host := r.Text("cdnDomainName"); host != "" && r.Outputs["serving"] == true {
				d.hosts[host] = stack
			}
			for output := range r.Outputs {
				if service, ok := strings.CutSuffix(output, ".hostname"); ok {
					d.names[service] = r.Text(output)
				}
			}
		case awstypes.Record:
			d.resolver.records[r.Text("name")] = append(d.resolver.records[r.Text("name")], r)
		case awstypes.HealthCheck:
			d.resolver.checks[r.ID] = r.Text("fqdn")
		}
	}
}

// play follows every market's names before and after.
func (d *drill) play() {
	var dark []string
	for host, site := range d.hosts {
		if site == d.dark {
			dark = append(dark, host)
		}
	}
	var unlawful []error
	for _, service := range slices.Sorted(maps.Keys(d.homes)) {
		for _, public := range []bool{false, true} {
			name := service
			if public {
				name += "-static"
			}
			if d.names[name] == "" {
				continue
			}
			for _, market := range slices.Sorted(maps.Keys(d.homes[service])) {
				before, after := d.resolver.resolve(d.names[name], market, nil), d.resolver.resolve(d.names[name], market, dark)
				unlawful = append(unlawful, d.check(service, market, public, append(before, after...)))
				d.rows = append(d.rows, row{
					Market: market, Service: service, Public: public,
					Before: d.served(before, nil), After: d.served(after, dark), Why: d.why(service, market, public, after, dark),
				})
			}
		}
	}
	d.unlawful = errors.Join(unlawful...)
}

// served names who answers.
func (d *drill) served(answers []answer, dark []string) string {
	var parts []string
	for _, a := range answers {
		who := cmp.Or(d.hosts[a.host], a.host)
		if strings.HasPrefix(a.host, "unserved.") || slices.Contains(dark, a.host) {
			who = "nobody"
		}
		if a.percent < 100 {
			who += fmt.Sprintf(" (%g %%)", a.percent)
		}
		parts = append(parts, who)
	}
	return strings.Join(parts, ", ")
}

// why says what keeps users from being served while their site is dark.
func (d *drill) why(service, market string, public bool, answers []answer, dark []string) string {
	if !slices.ContainsFunc(answers, func(a answer) bool { return slices.Contains(dark, a.host) }) {
		return ""
	}
	var idle []string
	for _, site := range d.rules.Alternatives(service, market, public) {
		if site != d.dark {
			idle = append(idle, site)
		}
	}
	if len(idle) == 0 {
		return fmt.Sprintf("its data may lie in %s alone (register/residency/residency.yaml; %s)", d.dark, d.rules.Register.Markets[market].Law.Name)
	}
	return "allowed in " + strings.Join(idle, ", ") + ", where the service is not, or not yet"
}

// check demands that whoever answers may hold what is asked for: a site that may, the
// place that a market is still to leave, or nobody.
func (d *drill) check(service, market string, public bool, answers []answer) error {
	home := d.homes[service][market]
	move := d.sites[cmp.Or(home.StandIn, home.Site)].Services[service].Moves[market]
	for _, a := range answers {
		site, isSite := d.hosts[a.host]
		switch {
		case isSite && !slices.Contains(d.rules.Alternatives(service, market, public), site):
			return fmt.Errorf("%s of %s reaches %s, which may not hold it", service, market, site)
		case !isSite && !strings.HasPrefix(a.host, "unserved.") && (move.Phase == "" || move.Phase == migration.Done):
			return fmt.Errorf("%s of %s reaches %s, which is no site", service, market, a.host)
		}
	}
	return nil
}
