package drill

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// unserved is the prefix of the host that users get if no site serves their market.
const unserved = "unserved."

// drill is a report on one site that is down.
type drill struct {
	down     string // the site
	rules    *residency.Rules
	sites    map[string]*siteconfig.Site
	homes    map[string]map[string]siteconfig.Home
	origins  map[string]string     // hosts outside of all sites, by service
	stacks   map[string][]resource // by stack
	hosts    map[string]string     // sites, by the host of their CDN
	names    map[string]string     // host names, by SERVICE, or SERVICE-static for public content
	resolver resolver
	rows     []row
	unlawful error // data that reaches a site that may not hold it
}

// row is the site that serves a market of a service, before and while the site is down.
type row struct {
	Market, Service string
	Public          bool
	Before, After   string
	Reason          string // why no site serves the market
}

// newDrill reads a project and files with the exports of its stacks. down is the name of a site.
func newDrill(project, down string, files []string) (*drill, error) {
	sites, rules, err := siteconfig.LoadProject(project)
	if err != nil {
		return nil, err
	}
	global, err := siteconfig.LoadGlobalFile(project, rules.Register)
	if err != nil {
		return nil, err
	}
	if sites[down] == nil {
		return nil, command.Misused{Err: fmt.Errorf("SITE: found %q; allowed: %s", down, strings.Join(ordered.Keys(sites), ", "))}
	}
	d := &drill{
		down: down, rules: rules, sites: sites, homes: siteconfig.Homes(sites), origins: global.Origins, stacks: map[string][]resource{}, hosts: map[string]string{}, names: map[string]string{},
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
		return nil, errors.New("EXPORT: found no host names of the stack " + register.GlobalStack + "; allowed: exports of all stacks, " + register.GlobalStack + " included")
	}
	return d, nil
}

// read adds the resources of a stack.
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

// simulate resolves the names of each service for every market of the register, and for every
// country that a record names, with all sites up and with one down.
func (d *drill) simulate() {
	var down []string
	for host, site := range d.hosts {
		if site == d.down {
			down = append(down, host)
		}
	}
	var unlawful []error
	for _, service := range ordered.Keys(d.rules.Register.Services) {
		for _, public := range []bool{false, true} {
			name := service
			if public {
				name += "-static"
			}
			if d.names[name] == "" {
				continue
			}
			for _, country := range d.countries(d.names[name]) {
				before, after := d.resolver.resolve(d.names[name], country, nil), d.resolver.resolve(d.names[name], country, down)
				unlawful = append(unlawful, d.checkResidency(service, country, public, append(before, after...)))
				if !d.serves(service, country, public) {
					continue // writeUnserved reports it
				}
				d.rows = append(d.rows, row{
					Market: country, Service: service, Public: public,
					Before: d.servedBy(before, nil), After: d.servedBy(after, down), Reason: d.reason(service, country, public, after, down),
				})
			}
		}
	}
	d.unlawful = errors.Join(unlawful...)
}

// servedBy returns the sites that serve the answers, with their shares of the users.
func (d *drill) servedBy(answers []answer, down []string) string {
	var parts []string
	for _, a := range answers {
		server := cmp.Or(d.hosts[a.host], a.host)
		if strings.HasPrefix(a.host, unserved) || slices.Contains(down, a.host) {
			server = "no site"
		}
		if a.percent < 100 {
			server += fmt.Sprintf(" (%g %%)", a.percent)
		}
		parts = append(parts, server)
	}
	return strings.Join(parts, ", ")
}

// reason returns why no other site serves a market while its site is down; empty if one does.
func (d *drill) reason(service, market string, public bool, answers []answer, down []string) string {
	if !slices.ContainsFunc(answers, func(a answer) bool { return slices.Contains(down, a.host) }) {
		return ""
	}
	if market == components.RestOfWorld {
		return "the rest of the world has no failover, since no other site is known to be near"
	}
	var others []string
	for _, site := range d.rules.Alternatives(service, market, public) {
		if site != d.down {
			others = append(others, site)
		}
	}
	if len(others) == 0 {
		return fmt.Sprintf("its data may be only in %s (register/residency/residency.yaml; %s)", d.down, d.rules.Register.Markets[market].Law.Name)
	}
	return "its data may also be in " + strings.Join(others, ", ") + "; the service is not deployed there"
}

// countries returns the markets of the register and the other countries that the records of a name
// have, sorted. A country of no market is part of the rest of the world.
func (d *drill) countries(name string) []string {
	list := ordered.Keys(d.rules.Register.Markets)
	for _, record := range d.resolver.records[name] {
		if country, ok := firstElement(record, "geolocationRoutingPolicies", "country").(string); ok && country != "*" && !slices.Contains(list, country) {
			list = append(list, country)
		}
	}
	slices.Sort(list)
	return list
}

// serves reports whether a market has a home for a service, or for its public content.
func (d *drill) serves(service, market string, public bool) bool {
	home, served := d.homes[service][market]
	return served && (public || !home.PublicOnly)
}

// checkResidency returns an error for an answer that is neither a site that may hold the data, nor the
// placeholder for no site, nor the origin of a market that is still being migrated. Users in mainland
// China may reach the origin alone, and users in another country of no market what the rest of the
// world may reach.
func (d *drill) checkResidency(service, country string, public bool, answers []answer) error {
	market := country
	if _, known := d.rules.Register.Markets[country]; !known {
		market = components.RestOfWorld
	}
	allowed, origin := []string{}, country == "CN"
	if d.serves(service, market, public) && country != "CN" {
		home := d.homes[service][market]
		move := d.sites[cmp.Or(home.StandIn, home.Site)].Services[service].Moves[market]
		origin = move.Phase != "" && move.Phase != phases.Done
		allowed = d.rules.Alternatives(service, market, public)
	}
	for _, a := range answers {
		site, isSite := d.hosts[a.host]
		if isSite && slices.Contains(allowed, site) || strings.HasPrefix(a.host, unserved) || origin && !isSite && a.host == d.origins[service] {
			continue
		}
		return fmt.Errorf("%s: %s: found %s; allowed: %s", service, country, cmp.Or(site, a.host), cmp.Or(strings.Join(allowed, ", "), "no site"))
	}
	return nil
}
