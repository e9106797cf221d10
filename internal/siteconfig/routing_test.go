package siteconfig_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// project returns the configuration of this repository.
func project(t *testing.T) (*residency.Rules, map[string]*siteconfig.Site) {
	t.Helper()
	sites, rules, err := siteconfig.LoadProject("../..")
	require.NoError(t, err)
	return rules, sites
}

func loadDistances(t *testing.T, rules *residency.Rules) *latency.Table {
	t.Helper()
	figures, err := latency.Default(rules.Register)
	require.NoError(t, err)
	return figures
}

// serving returns the status of sites that serve, all with the same moves.
func serving(moves map[string]map[string]siteconfig.MoveStatus, sites ...string) map[string]siteconfig.Status {
	statuses := map[string]siteconfig.Status{}
	for _, site := range sites {
		statuses[site] = siteconfig.Status{Host: site + ".example.com", Serving: true, Moves: moves}
	}
	return statuses
}

// TestRoute checks a market in each phase, and a market with a local home.
func TestRoute(t *testing.T) {
	rules, sites := project(t)
	shop := sites["singapore"].Services["ecommerce"]
	shop.Markets, shop.PublicMarkets = slices.DeleteFunc(shop.Markets, func(market string) bool { return market == "ID" }), []string{"ID"}
	sites["singapore"].Services["ecommerce"] = shop
	origins := map[string]string{"ecommerce": "shop.example.net"}
	move := func(phase phases.Phase, percent int) map[string]map[string]siteconfig.MoveStatus {
		return map[string]map[string]siteconfig.MoveStatus{"ecommerce": {"SG": {Phase: phase, SharePercent: percent}, "ZZ": {Phase: phase, SharePercent: percent}, "IN": {Phase: phase, SharePercent: percent}}}
	}
	for name, row := range map[string]struct {
		status         map[string]siteconfig.Status
		market, routed string // HOME FAILOVER ORIGIN PERCENT, "-" for none
		public         bool
	}{
		"at the origin":              {serving(move(phases.AtOrigin, 0), "singapore"), "SG", "- - shop.example.net 0", false},
		"copying":                    {serving(move(phases.Copying, 0), "singapore"), "SG", "- - shop.example.net 0", false},
		"a canary":                   {serving(move(phases.Canary, 5), "singapore"), "SG", "singapore - shop.example.net 5", false},
		"serving":                    {serving(move(phases.Serving, 0), "singapore"), "SG", "singapore - shop.example.net 100", false},
		"done":                       {serving(move(phases.Done, 0), "singapore"), "SG", "singapore - - 0", false},
		"never moved":                {serving(nil, "singapore"), "SG", "singapore - - 0", false},
		"done, and the home is down": {serving(nil, "oregon"), "SG", "- - - 0", false},
		"public content":             {serving(nil, "singapore", "california"), "SG", "singapore california - 0", true},
		"content that is not public": {serving(nil, "singapore", "california"), "SG", "singapore - - 0", false},
		"public content, and the other site lacks the service":            {serving(nil, "singapore", "oregon"), "SG", "singapore - - 0", true},
		"the rest of the world":                                           {serving(nil, "singapore", "california", "oregon"), "ZZ", "california - - 0", false},
		"the rest of the world, whose public content has no nearest site": {serving(nil, "singapore", "california"), "ZZ", "california - - 0", true},
		"the rest of the world moves":                                     {serving(move(phases.Canary, 5), "california"), "ZZ", "california - shop.example.net 5", false},
		"a market that no site lists":                                     {serving(nil, "singapore", "california", "oregon"), "KR", "- - - 0", false},
		"public content alone":                                            {serving(nil, "singapore", "california"), "ID", "singapore california - 0", true},
		"public content alone has no data":                                {serving(nil, "singapore", "california"), "ID", "- - - 0", false},
		"a stand-in":                                                      {serving(nil, "singapore"), "IN", "singapore - - 0", false},
		"a local home that is ready":                                      {serving(nil, "singapore", "india"), "IN", "singapore india - 0", false},
		"a stand-in that is down":                                         {serving(nil, "india"), "IN", "- - - 0", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &siteconfig.Routing{Rules: rules, Distances: loadDistances(t, rules), Sites: sites, Homes: siteconfig.Homes(sites), Status: row.status, Origins: origins}
			m, err := r.Route("ecommerce", row.market, row.public)
			require.NoError(t, err)
			or := func(text string) string {
				if text == "" {
					return "-"
				}
				return text
			}
			assert.Equal(t, row.routed, fmt.Sprintf("%s %s %s %d", or(m.Home), or(m.Failover), or(m.Origin), m.HomePercent))
		})
	}
	r := &siteconfig.Routing{Rules: rules, Distances: loadDistances(t, rules), Sites: sites, Homes: siteconfig.Homes(sites), Status: serving(move(phases.Canary, 5), "singapore")}
	_, err := r.Route("ecommerce", "SG", false)
	assert.EqualError(t, err, "Pulumi.global.yaml: multisite:origins.ecommerce: found nothing; allowed: the host name of the origin, since SG is in the phase canary")
}

// TestRouteWhileTheHomeIsDown checks that only markets whose data is at the origin are routed to
// the origin.
func TestRouteWhileTheHomeIsDown(t *testing.T) {
	rules, sites := project(t)
	for phase, origin := range map[phases.Phase]string{
		phases.AtOrigin: "shop.example.net", phases.Copying: "shop.example.net", phases.Canary: "shop.example.net", phases.Serving: "", phases.Done: "",
	} {
		service := sites["singapore"].Services["ecommerce"]
		service.Moves = map[string]phases.Move{"SG": {Phase: phase}}
		sites["singapore"].Services["ecommerce"] = service
		r := &siteconfig.Routing{Rules: rules, Distances: loadDistances(t, rules), Sites: sites, Homes: siteconfig.Homes(sites), Origins: map[string]string{"ecommerce": "shop.example.net"}}
		m, err := r.Route("ecommerce", "SG", false)
		require.NoError(t, err)
		assert.Equal(t, origin, m.Origin, phase)
		assert.Empty(t, m.Home, phase)
	}
}

// TestUsersAreRoutedToAllowedSites draws residency rules, sites that serve and phases of moves. It
// checks that users fail over only to sites that may hold their data.
func TestUsersAreRoutedToAllowedSites(t *testing.T) {
	rules, sites := project(t)
	all := slices.Collect(func(yield func(string) bool) {
		for site := range sites {
			if !yield(site) {
				return
			}
		}
	})
	slices.Sort(all)
	figures, failovers := loadDistances(t, rules), 0
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 0))
		some := func(list []string) (taken []string) {
			for _, i := range random.Perm(len(list)) {
				if random.IntN(2) == 0 {
					taken = append(taken, list[i])
				}
			}
			return taken
		}
		p := *rules
		p.Markets = map[string]residency.MarketData{}
		homes := siteconfig.Homes(sites)
		for market := range rules.Markets {
			data := residency.MarketData{Sites: some(all), Only: map[string][]string{}}
			for class := range rules.Classes {
				if random.IntN(8) == 0 {
					data.Only[class] = some(data.Sites)
				}
			}
			p.Markets[market] = data
		}
		moves := map[string]map[string]siteconfig.MoveStatus{}
		for service, markets := range homes {
			moves[service] = map[string]siteconfig.MoveStatus{}
			for market := range markets {
				moves[service][market] = siteconfig.MoveStatus{Phase: phases.Phases[random.IntN(len(phases.Phases))], SharePercent: 5}
			}
		}
		statuses, origins := serving(moves, some(all)...), map[string]string{}
		for service := range homes {
			origins[service] = "origin.example.net"
		}
		r := &siteconfig.Routing{Rules: &p, Distances: figures, Sites: sites, Homes: siteconfig.Homes(sites), Status: statuses, Origins: origins}
		for service, markets := range homes {
			for market, home := range markets {
				for _, public := range []bool{false, true} {
					m, err := r.Route(service, market, public)
					require.NoError(t, err)
					assert.Contains(t, []string{"", home.Site, home.StandIn}, m.Home, "seed %d: %s of %s", seed, service, market)
					if phase := moves[service][market].Phase; !statuses[home.Site].Serving && !statuses[home.StandIn].Serving || phase == phases.Done {
						assert.Empty(t, m.Origin, "seed %d: %s of %s", seed, service, market)
					}
					if m.Failover == "" {
						continue
					}
					failovers++
					for _, class := range p.Held(service, "") {
						if !public {
							assert.Contains(t, p.Allowed(market, class), m.Failover, "seed %d: %s of %s", seed, class, market)
						}
					}
					assert.True(t, statuses[m.Failover].Serving, "seed %d", seed)
				}
			}
		}
	}
	assert.NotZero(t, failovers)
}
