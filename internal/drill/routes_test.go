package drill

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	propertymap "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components/dns"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// world is a drawn register with the configuration and status of its sites.
type world struct {
	random *rand.Rand
	rules  residency.Rules
	sites  map[string]*siteconfig.Site
	status map[string]siteconfig.Status
	global siteconfig.Global
	places map[string]map[string]place // by service and market
}

// place is where a market is served. Without a home, the market has no site.
type place struct {
	home, standIn string
	public        bool // public content alone
	phase         phases.Phase
}

// kinds of places.
const (
	noSite = iota
	unservedWithReason
	publicAlone
	atHome
	kinds
)

// draw draws the sites that may hold each market's data, the home of each market or none, the sites
// that serve, and the phases of moves.
func draw(t *testing.T, seed uint64) *world {
	t.Helper()
	given, err := residency.Default()
	require.NoError(t, err)
	w := &world{
		random: rand.New(rand.NewPCG(seed, 0)), rules: *given, sites: map[string]*siteconfig.Site{}, status: map[string]siteconfig.Status{},
		global: siteconfig.Global{Domain: "example.com", Origins: map[string]string{}}, places: map[string]map[string]place{},
	}
	reg := *given.Register
	w.rules.Register, w.rules.Markets, reg.Markets = &reg, map[string]residency.MarketData{}, map[string]register.Market{}
	all := ordered.Keys(reg.Sites)
	for _, name := range all {
		w.sites[name] = &siteconfig.Site{Name: name, Services: map[string]siteconfig.Service{}}
	}
	for _, code := range append(ordered.Keys(given.Register.Markets), "KR") { // KR has no round trips
		w.rules.Markets[code] = residency.MarketData{Sites: w.some(all), Only: map[string][]string{"orders": w.some(all)}}
		reg.Markets[code] = register.Market{Unserved: map[string]string{}}
	}
	for _, service := range ordered.Keys(reg.Services) {
		w.global.Origins[service] = service + ".origin.example.net"
		w.places[service] = map[string]place{}
		planned, standIn := all[w.random.IntN(len(all))], all[w.random.IntN(len(all))]
		for _, code := range ordered.Keys(reg.Markets) {
			w.drawPlace(service, code, planned, standIn)
		}
	}
	for name, site := range w.sites {
		require.NoError(t, w.rules.Check(site.Residency()))
		if w.random.IntN(4) > 0 {
			w.status[name] = siteconfig.Status{Host: name + ".sites.example.net", Serving: true, Moves: site.StatusMoves()}
		}
	}
	return w
}

// drawPlace draws where a market is served. standIn stands in for planned.
func (w *world) drawPlace(service, code, planned, standIn string) {
	legal := w.rules.Legal(service, code)
	switch kind := w.random.IntN(kinds); {
	case kind == unservedWithReason:
		w.rules.Register.Markets[code].Unserved[service] = "not sold there"
	case kind == publicAlone && w.rules.HasPublic(service):
		p := place{home: ordered.Keys(w.sites)[w.random.IntN(len(w.sites))], public: true, phase: phases.Done}
		w.places[service][code] = p
		entry := w.sites[p.home].Services[service]
		entry.PublicMarkets = append(entry.PublicMarkets, code)
		w.sites[p.home].Services[service] = entry
	case kind == atHome && len(legal) > 0:
		p := place{home: legal[w.random.IntN(len(legal))], phase: phases.Phases[w.random.IntN(len(phases.Phases))]}
		if p.home == planned && standIn != planned {
			if !slices.Contains(legal, standIn) {
				return
			}
			p.standIn = standIn
			w.list(standIn, service, code, "", p.phase)
		}
		w.list(p.home, service, code, p.standIn, p.phase)
		w.places[service][code] = p
	}
}

// list adds a market to a service of a site.
func (w *world) list(site, service, code, standIn string, phase phases.Phase) {
	entry := w.sites[site].Services[service]
	entry.Markets = append(entry.Markets, code)
	if standIn != "" {
		entry.StandIn = standIn
	}
	if entry.Moves == nil {
		entry.Moves = map[string]phases.Move{}
	}
	if phase != phases.Done {
		entry.Moves[code] = phases.Move{Phase: phase, SharePercent: 5}
	}
	w.sites[site].Services[service] = entry
}

func (w *world) some(list []string) (taken []string) {
	for _, element := range list {
		if w.random.IntN(2) == 0 {
			taken = append(taken, element)
		}
	}
	return taken
}

// records collects the records that a program creates.
type records struct {
	mutex sync.Mutex
	list  []resource
}

func (r *records) NewResource(args pulumi.MockResourceArgs) (string, propertymap.PropertyMap, error) {
	if args.TypeToken != "aws:route53/record:Record" {
		return args.Name, args.Inputs, nil
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.list = append(r.list, resource{Type: args.TypeToken, Outputs: args.Inputs.Mappable()})
	outputs := args.Inputs.Copy()
	outputs["fqdn"] = args.Inputs["name"]
	return args.Name, outputs, nil
}

func (*records) Call(pulumi.MockCallArgs) (propertymap.PropertyMap, error) { return nil, nil }

// deploy creates the records of the drawn world, and returns a drill on them.
func (w *world) deploy(t *testing.T, distances *latency.Table) *drill {
	t.Helper()
	homes := siteconfig.Homes(w.sites)
	routes, err := w.global.Routes(&siteconfig.Routing{Rules: &w.rules, Distances: distances, Sites: w.sites, Homes: homes, Status: w.status, Origins: w.global.Origins})
	require.NoError(t, err)
	d := &drill{
		rules: &w.rules, sites: w.sites, homes: homes, origins: w.global.Origins, stacks: map[string][]resource{},
		hosts: map[string]string{}, names: map[string]string{}, resolver: resolver{map[string][]resource{}, map[string]string{}},
	}
	endpoints := map[string]dns.SiteEndpoint{}
	for name, status := range w.status {
		endpoints[name] = dns.SiteEndpoint{Host: status.Host, HealthCheckID: pulumi.String(name)}
		d.hosts[status.Host], d.resolver.checks[name] = name, status.Host
	}
	created := &records{}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		for _, name := range ordered.Keys(routes) {
			args := *routes[name]
			args.ZoneID, args.Sites, d.names[name] = pulumi.String("zone"), endpoints, args.Hostname
			if _, err := dns.NewRoutes(ctx, name, &args); err != nil {
				return err
			}
		}
		return nil
	}, pulumi.WithMocks("multisite", register.GlobalStack, created)))
	d.read(register.GlobalStack, created.list)
	return d
}

// expected returns the hosts that users in a country may be sent to, and the hosts that they must be sent
// to while all sites are up; nil if that depends on the phase.
func (w *world) expected(service, country string, public bool) (allowed, must []string) {
	nowhere := []string{unserved + service + ".example.com", unserved + "static." + service + ".example.com"}[btoi(public) : btoi(public)+1]
	if country == "CN" {
		return w.origin(service), w.origin(service)
	}
	if _, known := w.rules.Markets[country]; !known {
		country = "ZZ"
	}
	p, served := w.places[service][country]
	if !served || p.public && !public {
		return nowhere, nowhere
	}
	allowed = slices.Clone(nowhere)
	for site, status := range w.status {
		_, hosts := w.sites[site].Services[service]
		lawful := public || !slices.ContainsFunc(w.rules.Held(service, ""), func(class string) bool { return !slices.Contains(w.rules.Allowed(country, class), site) })
		if hosts && lawful {
			allowed = append(allowed, status.Host)
		}
	}
	home := p.home
	if p.standIn != "" {
		home = p.standIn
	}
	switch {
	case p.phase != phases.Done:
		allowed = append(allowed, w.origin(service)...)
	case w.status[home].Serving:
		must = []string{w.status[home].Host}
	default:
		must = nowhere
	}
	return allowed, must
}

func (w *world) origin(service string) []string { return []string{w.global.Origins[service]} }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestEverybodyHasALawfulRoute draws registers and configurations, creates their records, and follows
// them for each country, with all sites up and with each site down: users reach their market's home,
// another site that may hold their data, the origin while the market moves, or nothing.
func TestEverybodyHasALawfulRoute(t *testing.T) {
	t.Parallel()
	rules, err := residency.Default()
	require.NoError(t, err)
	distances, err := latency.Default(rules.Register)
	require.NoError(t, err)
	answers := map[string]int{}
	for seed := range uint64(40) {
		w := draw(t, seed)
		d := w.deploy(t, distances)
		for _, list := range d.resolver.records {
			for _, record := range list {
				if firstElement(record, "geolocationRoutingPolicies", "country") != nil {
					assert.NotContains(t, record.Outputs, "healthCheckId", "an unhealthy record of a country leaves its users to the rest of the world's")
					assert.NotEqual(t, true, firstElement(record, "aliases", "evaluateTargetHealth"))
				}
			}
		}
		for _, service := range ordered.Keys(w.rules.Register.Services) {
			require.NotEmpty(t, d.names[service], "a service without a site has a name too")
			for _, public := range []bool{false, true}[:1+btoi(w.rules.HasPublic(service))] {
				name := d.names[service+[]string{"", "-static"}[btoi(public)]]
				for _, country := range append(ordered.Keys(w.rules.Markets), "FR", "MO", "CN") {
					allowed, must := w.expected(service, country, public)
					about := fmt.Sprintf("seed %d: %s of %s, public %v", seed, service, country, public)
					for _, down := range append(slices.Sorted(maps.Keys(w.status)), "") {
						var hosts []string
						for _, a := range d.resolver.resolve(name, country, []string{w.status[down].Host}) {
							hosts = append(hosts, a.host)
							answers[d.hosts[a.host]]++
						}
						assert.Subset(t, allowed, hosts, "%s, %s down", about, down)
						if down == "" && must != nil {
							assert.Equal(t, must, hosts, about)
						}
					}
				}
			}
		}
		d.down = "oregon"
		d.simulate()
		require.NoError(t, d.unlawful, "seed %d", seed)
	}
	for _, site := range append(slices.Clone(rules.Sites), "") {
		assert.Greater(t, answers[site], 100, "%q answers often enough for the test to mean something", site)
	}
}
