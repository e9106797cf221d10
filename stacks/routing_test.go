package stacks_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"multisite/stacks"
)

// project is this repository's configuration.
func project(t *testing.T) (*stacks.Placement, map[string]*stacks.Site) {
	t.Helper()
	sites, placement, err := stacks.LoadProject("..")
	require.NoError(t, err)
	return placement, sites
}

func latency(t *testing.T, placement *stacks.Placement) *stacks.Latency {
	t.Helper()
	figures, err := stacks.DefaultLatency(placement.Register)
	require.NoError(t, err)
	return figures
}

// serving are sites that say that they serve, with what moves there.
func serving(moves map[string]map[string]stacks.MoveStatus, sites ...string) map[string]stacks.SiteStatus {
	live := map[string]stacks.SiteStatus{}
	for _, site := range sites {
		live[site] = stacks.SiteStatus{Host: site + ".example.com", Serving: true, Moves: moves}
	}
	return live
}

// TestRoute follows one market through its phases, and another to its local home.
func TestRoute(t *testing.T) {
	placement, sites := project(t)
	origins := map[string]string{"ecommerce": "shop.example.net"}
	move := func(phase stacks.Phase, percent int) map[string]map[string]stacks.MoveStatus {
		return map[string]map[string]stacks.MoveStatus{"ecommerce": {"SG": {Phase: phase, SharePercent: percent}, "IN": {Phase: phase, SharePercent: percent}}}
	}
	for name, row := range map[string]struct {
		live           map[string]stacks.SiteStatus
		market, routed string // home failover origin percent, "-" for none
		public         bool
	}{
		"at the origin":              {serving(move(stacks.Origin, 0), "singapore"), "SG", "- - shop.example.net 0", false},
		"copying":                    {serving(move(stacks.Copying, 0), "singapore"), "SG", "- - shop.example.net 0", false},
		"a canary":                   {serving(move(stacks.Canary, 5), "singapore"), "SG", "singapore - shop.example.net 5", false},
		"serving":                    {serving(move(stacks.Serving, 0), "singapore"), "SG", "singapore - shop.example.net 100", false},
		"done":                       {serving(move(stacks.Done, 0), "singapore"), "SG", "singapore - - 0", false},
		"never moved":                {serving(nil, "singapore"), "SG", "singapore - - 0", false},
		"done, and not up":           {serving(nil, "oregon"), "SG", "- - - 0", false},
		"public content":             {serving(nil, "singapore", "california"), "SG", "singapore california - 0", true},
		"all of it":                  {serving(nil, "singapore", "california"), "SG", "singapore - - 0", false},
		"where the service is not":   {serving(nil, "singapore", "oregon"), "SG", "singapore - - 0", true},
		"a stand-in":                 {serving(nil, "singapore"), "IN", "singapore - - 0", false},
		"a local home that is ready": {serving(nil, "singapore", "india"), "IN", "singapore india - 0", false},
		"a stand-in that is down":    {serving(nil, "india"), "IN", "- - - 0", false},
	} {
		t.Run(name, func(t *testing.T) {
			r := &stacks.Routing{Placement: placement, Latency: latency(t, placement), Sites: sites, Homes: stacks.Homes(sites), Status: row.live, Origins: origins}
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
	r := &stacks.Routing{Placement: placement, Latency: latency(t, placement), Sites: sites, Homes: stacks.Homes(sites), Status: serving(move(stacks.Canary, 5), "singapore")}
	_, err := r.Route("ecommerce", "SG", false)
	assert.EqualError(t, err, "Pulumi.global.yaml: multisite:origins.ecommerce: found nothing; allowed: the host name that the users of SG come from, since the service is canary there")
}

// TestAMoveOutlivesItsSite: whoever was at the origin is, while the home is down; whoever
// was not is never sent back there.
func TestAMoveOutlivesItsSite(t *testing.T) {
	placement, sites := project(t)
	for phase, origin := range map[stacks.Phase]string{
		stacks.Origin: "shop.example.net", stacks.Copying: "shop.example.net", stacks.Canary: "shop.example.net", stacks.Serving: "", stacks.Done: "",
	} {
		service := sites["singapore"].Services["ecommerce"]
		service.Moves = map[string]stacks.Move{"SG": {Phase: phase}}
		sites["singapore"].Services["ecommerce"] = service
		r := &stacks.Routing{Placement: placement, Latency: latency(t, placement), Sites: sites, Homes: stacks.Homes(sites), Origins: map[string]string{"ecommerce": "shop.example.net"}}
		m, err := r.Route("ecommerce", "SG", false)
		require.NoError(t, err)
		assert.Equal(t, origin, m.Origin, phase)
		assert.Empty(t, m.Home, phase)
	}
}

// TestNoUserIsRoutedWhereTheirDataMayNotLie: for any placement that sites are held to,
// whatever sites serve, fail, and wherever the moves stand.
func TestNoUserIsRoutedWhereTheirDataMayNotLie(t *testing.T) {
	placement, sites := project(t)
	all := slices.Collect(func(yield func(string) bool) {
		for site := range sites {
			if !yield(site) {
				return
			}
		}
	})
	slices.Sort(all)
	figures, failovers := latency(t, placement), 0
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
		p := *placement
		p.Markets = map[string]stacks.MarketData{}
		homes := stacks.Homes(sites)
		for market := range placement.Markets {
			data := stacks.MarketData{Sites: some(all), Only: map[string][]string{}}
			for class := range placement.Classes {
				if random.IntN(8) == 0 {
					data.Only[class] = some(data.Sites)
				}
			}
			p.Markets[market] = data
		}
		moves := map[string]map[string]stacks.MoveStatus{}
		for service, markets := range homes {
			moves[service] = map[string]stacks.MoveStatus{}
			for market := range markets {
				moves[service][market] = stacks.MoveStatus{Phase: stacks.Phases[random.IntN(len(stacks.Phases))], SharePercent: 5}
			}
		}
		live, origins := serving(moves, some(all)...), map[string]string{}
		for service := range homes {
			origins[service] = "origin.example.net"
		}
		r := &stacks.Routing{Placement: &p, Latency: figures, Sites: sites, Homes: stacks.Homes(sites), Status: live, Origins: origins}
		for service, markets := range homes {
			for market, home := range markets {
				for _, public := range []bool{false, true} {
					m, err := r.Route(service, market, public)
					require.NoError(t, err)
					assert.Contains(t, []string{"", home.Site, home.StandIn}, m.Home, "seed %d: %s of %s", seed, service, market)
					if phase := moves[service][market].Phase; !live[home.Site].Serving && !live[home.StandIn].Serving || phase == stacks.Done {
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
					assert.True(t, live[m.Failover].Serving, "seed %d", seed)
				}
			}
		}
	}
	assert.NotZero(t, failovers)
}
