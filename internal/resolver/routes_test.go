package resolver

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	propertymap "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components/dns"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// records collects the records that a program creates.
type records struct {
	mutex sync.Mutex
	list  []Resource
}

func (r *records) NewResource(args pulumi.MockResourceArgs) (string, propertymap.PropertyMap, error) {
	if args.TypeToken != "aws:route53/record:Record" {
		return args.Name, args.Inputs, nil
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.list = append(r.list, Resource{Type: args.TypeToken, Outputs: args.Inputs.Mappable()})
	outputs := args.Inputs.Copy()
	outputs["fqdn"] = args.Inputs["name"]
	return args.Name, outputs, nil
}

func (*records) Call(pulumi.MockCallArgs) (propertymap.PropertyMap, error) { return nil, nil }

// deploy creates the records of the drawn world, and returns a resolver of them. A site with an entry
// answers some of its services there, and the others at its CDN.
func (w *world) deploy(t *testing.T, distances *latency.Table) *Resolver {
	t.Helper()
	r := New(&w.rules, w.sites, w.global.Origins)
	routes, err := w.global.Routes(&siteconfig.Routing{Rules: &w.rules, Distances: distances, Sites: w.sites, Homes: r.Homes, Status: w.status, Origins: w.global.Origins})
	require.NoError(t, err)
	for name, status := range w.status {
		r.hosts[status.Host], r.checks[name] = name, status.Host
		if status.Entry != nil {
			r.hosts[status.Entry.Host] = name
		}
		for service := range w.sites[name].Services {
			r.checks[name+"-"+service] = w.host(name, service)
		}
	}
	created := &records{}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		for name, status := range w.status {
			for service := range w.sites[name].Services {
				if !status.Ready(service) {
					continue
				}
				if _, err := dns.NewAlias(ctx, name+"-"+service, &dns.AliasArgs{
					ZoneID: pulumi.String("zone"), Hostname: w.host(name, service), Host: status.Entry.Host, HostZoneID: status.Entry.ZoneID, DualStack: status.Entry.DualStack,
				}); err != nil {
					return err
				}
			}
		}
		for _, name := range ordered.Keys(routes) {
			args := *routes[name].RoutesArgs
			args.ZoneID, args.Sites, r.Names[name] = pulumi.String("zone"), map[string]dns.SiteEndpoint{}, args.Hostname
			for site, status := range w.status {
				args.Sites[site] = dns.SiteEndpoint{Host: status.Host, HealthCheckID: pulumi.String(site)}
				if service := routes[name].Service; !routes[name].Public && status.Ready(service) {
					args.Sites[site] = dns.SiteEndpoint{Host: w.host(site, service), HealthCheckID: pulumi.String(site + "-" + service)}
				}
			}
			if _, err := dns.NewRoutes(ctx, name, &args); err != nil {
				return err
			}
		}
		return nil
	}, pulumi.WithMocks("multisite", register.GlobalStack, created)))
	r.Read(register.GlobalStack, created.list)
	return r
}

// host returns the name of a service at a site, or the CDN's if the entry does not answer it.
func (w *world) host(site, service string) string {
	if w.status[site].Ready(service) {
		return service + "." + site + ".example.com"
	}
	return w.status[site].Host
}

// TestEverybodyHasALawfulRoute draws registers and configurations, creates their records, and follows
// them for each country, with all sites up and with each site down: users reach their market's home,
// another site that may hold their data, the origin while the market moves, or nothing.
func TestEverybodyHasALawfulRoute(t *testing.T) {
	t.Parallel()
	answers := map[string]int{}
	each(t, func(about string, w *world, r *Resolver, service, country string, public bool) {
		allowed, must := w.expected(service, country, public)
		for _, down := range append(slices.Sorted(maps.Keys(w.status)), "") {
			var hosts []string
			found := r.Resolve(r.name(service, public), country, r.Hosts(down))
			for _, a := range found {
				hosts = append(hosts, a.Host)
				answers[r.Site(a.Host)]++
			}
			assert.Subset(t, allowed, hosts, "%s, %s down", about, down)
			require.NoError(t, r.CheckResidency(service, country, public, found), about)
			if down == "" && must != nil {
				assert.Equal(t, must, hosts, about)
			}
		}
	})
	for _, site := range []string{"brazil", "california", "india", "oregon", "singapore", ""} {
		assert.Greater(t, answers[site], 100, "%q answers often enough for the test to mean something", site)
	}
}

// TestADeadServiceMovesItsUsersAlone checks that a service which is dead at a site changes the answers of
// the users whom it serves, and no other answers, and that their answers are as if the whole site was down.
func TestADeadServiceMovesItsUsersAlone(t *testing.T) {
	t.Parallel()
	moved := 0
	each(t, func(about string, w *world, r *Resolver, service, country string, public bool) {
		name := r.name(service, public)
		before := r.Resolve(name, country, nil)
		for site := range w.status {
			for dead := range w.sites[site].Services {
				if !w.status[site].Ready(dead) {
					continue
				}
				after := r.Resolve(name, country, []string{w.host(site, dead)})
				if dead != service || public || !slices.ContainsFunc(before, func(a Answer) bool { return r.Site(a.Host) == site }) {
					assert.Equal(t, before, after, "%s: %s dead at %s", about, dead, site)
					continue
				}
				assert.Equal(t, r.Resolve(name, country, r.Hosts(site)), after, "%s: %s dead at %s", about, dead, site)
				moved += btoi(!slices.EqualFunc(before, after, func(a, b Answer) bool { return a.Host == b.Host }))
			}
		}
	})
	assert.Greater(t, moved, 10, "services fail over often enough for the test to mean something")
}

// each draws worlds, and calls check for each service, country, and kind of content.
func each(t *testing.T, check func(about string, w *world, r *Resolver, service, country string, public bool)) {
	t.Helper()
	rules, err := residency.Default()
	require.NoError(t, err)
	distances, err := latency.Default(rules.Register)
	require.NoError(t, err)
	for seed := range uint64(40) {
		w := draw(t, seed)
		r := w.deploy(t, distances)
		for _, list := range r.records {
			for _, record := range list {
				if FirstElement(record, "geolocationRoutingPolicies", "country") != nil {
					assert.NotContains(t, record.Outputs, "healthCheckId", "an unhealthy record of a country leaves its users to the rest of the world's")
					assert.NotEqual(t, true, FirstElement(record, "aliases", "evaluateTargetHealth"))
				}
			}
		}
		for _, service := range ordered.Keys(w.rules.Register.Services) {
			for _, public := range []bool{false, true}[:1+btoi(w.rules.HasPublic(service))] {
				require.NotEmpty(t, r.name(service, public), "a service without a site has a name too")
				for _, country := range append(ordered.Keys(w.rules.Markets), "FR", "MO", "CN") {
					check(fmt.Sprintf("seed %d: %s of %s, public %v", seed, service, country, public), w, r, service, country, public)
				}
			}
		}
	}
}

// name returns the name of a service, or of its public content.
func (r *Resolver) name(service string, public bool) string {
	return r.Names[service+[]string{"", "-static"}[btoi(public)]]
}
