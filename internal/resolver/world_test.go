package resolver

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
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
	for _, name := range all {
		site := w.sites[name]
		require.NoError(t, w.rules.Check(site.Residency()))
		if w.random.IntN(4) > 0 {
			w.status[name] = siteconfig.Status{Host: name + ".cdn.example.net", Serving: true, Moves: site.StatusMoves()}
			if w.random.IntN(4) > 0 {
				status := w.status[name]
				status.Entry = &siteconfig.EntryStatus{
					Host: name + ".entry.example.net", ZoneID: "Z1", DualStack: w.random.IntN(2) == 0, Ready: w.some(ordered.Keys(site.Services)),
				}
				w.status[name] = status
			}
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

// expected returns the hosts that users in a country may be sent to, and the hosts that they must be sent
// to while all sites are up; nil if that depends on the phase.
func (w *world) expected(service, country string, public bool) (allowed, must []string) {
	nowhere := []string{Unserved + service + ".example.com", Unserved + "static." + service + ".example.com"}[btoi(public) : btoi(public)+1]
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
	for site := range w.status {
		_, hosts := w.sites[site].Services[service]
		lawful := public || !slices.ContainsFunc(w.rules.Held(service, ""), func(class string) bool { return !slices.Contains(w.rules.Allowed(country, class), site) })
		if hosts && lawful {
			allowed = append(allowed, w.end(site, service, public))
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
		must = []string{w.end(home, service, public)}
	default:
		must = nowhere
	}
	return allowed, must
}

// end returns the load balancer or CDN at the end of a service's names at a site.
func (w *world) end(site, service string, public bool) string {
	if w.status[site].Ready(service) && !public {
		return w.status[site].Entry.Host
	}
	return w.status[site].Host
}

func (w *world) origin(service string) []string { return []string{w.global.Origins[service]} }

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
