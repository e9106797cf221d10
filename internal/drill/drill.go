package drill

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/resolver"
)

// drill is a report on one site that is down, or on one service that is dead there.
type drill struct {
	*resolver.Resolver
	site, service string   // service is empty if the whole site is down
	down          []string // the hosts of the site, or the name of the service at the site
	rows          []row
	unlawful      error // data that reaches a site that may not hold it
}

// row is the site that serves a market of a service, before and while the site is down.
type row struct {
	Market, Service string
	Public          bool
	Before, After   string
	Reason          string // why no site serves the market
}

// newDrill reads a project and files with the exports of its stacks. service is empty if the whole
// site is down.
func newDrill(project, site, service string, files []string) (*drill, error) {
	r, err := resolver.Load(project, files)
	if err != nil {
		return nil, err
	}
	if r.Sites[site] == nil {
		return nil, command.Misused{Err: fmt.Errorf("SITE: found %q; allowed: %s", site, strings.Join(ordered.Keys(r.Sites), ", "))}
	}
	d := &drill{Resolver: r, site: site, service: service, down: r.Hosts(site)}
	if service != "" {
		host, _ := r.Output(site, service+".hostname").(string)
		if !r.Checked(host) {
			return nil, command.Misused{Err: fmt.Errorf("--service: found %q, which no health check requests at %s; allowed: %s",
				service, site, cmp.Or(strings.Join(d.checked(), ", "), "none, until the load balancer answers services over HTTPS"))}
		}
		d.down = []string{host}
	}
	return d, nil
}

// checked returns the services of the site that health checks request, sorted.
func (d *drill) checked() []string {
	return slices.DeleteFunc(ordered.Keys(d.Sites[d.site].Services), func(service string) bool {
		host, _ := d.Output(d.site, service+".hostname").(string)
		return !d.Checked(host)
	})
}

// simulate resolves the names of each service for every market of the register, and for every
// country that a record names, with all hosts up and with some down.
func (d *drill) simulate() {
	var unlawful []error
	for _, service := range ordered.Keys(d.Rules.Register.Services) {
		for _, public := range []bool{false, true} {
			name := service
			if public {
				name += "-static"
			}
			if d.Names[name] == "" {
				continue
			}
			for _, country := range d.Countries(d.Names[name]) {
				before, after := d.Resolve(d.Names[name], country, nil), d.Resolve(d.Names[name], country, d.down)
				unlawful = append(unlawful, d.CheckResidency(service, country, public, append(before, after...)))
				if !d.Serves(service, country, public) {
					continue // writeUnserved reports it
				}
				d.rows = append(d.rows, row{
					Market: country, Service: service, Public: public,
					Before: d.servedBy(before, nil), After: d.servedBy(after, d.down), Reason: d.reason(service, country, public, after),
				})
			}
		}
	}
	d.unlawful = errors.Join(unlawful...)
}

// servedBy returns the sites that serve the answers, with their shares of the users.
func (d *drill) servedBy(answers []resolver.Answer, down []string) string {
	var parts []string
	for _, a := range answers {
		server := cmp.Or(d.Site(a.Host), a.Host)
		if strings.HasPrefix(a.Host, resolver.Unserved) || a.Through(down) {
			server = "no site"
		}
		if a.Percent < 100 {
			server += fmt.Sprintf(" (%g %%)", a.Percent)
		}
		parts = append(parts, server)
	}
	return strings.Join(parts, ", ")
}

// reason returns why no other site serves a market during the drill; empty if one does.
func (d *drill) reason(service, market string, public bool, answers []resolver.Answer) string {
	if !slices.ContainsFunc(answers, func(a resolver.Answer) bool { return a.Through(d.down) }) {
		return ""
	}
	if market == components.RestOfWorld {
		return "the rest of the world has no failover, since no other site is known to be near"
	}
	var others []string
	for _, site := range d.Rules.Alternatives(service, market, public) {
		if site != d.site {
			others = append(others, site)
		}
	}
	if len(others) == 0 {
		return fmt.Sprintf("its data may be only in %s (register/residency/residency.yaml; %s)", d.site, d.Rules.Register.Markets[market].Law.Name)
	}
	return "its data may also be in " + strings.Join(others, ", ") + "; the service is not deployed there"
}
