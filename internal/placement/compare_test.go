package placement

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/residency"
)

// serving returns a site that serves a market with Mi Cloud, and has a stand-in if one is given.
func serving(market, standIn string, local *siteconfig.Local) *siteconfig.Site {
	return &siteconfig.Site{Local: local, Services: map[string]siteconfig.Service{"mi-cloud": {Markets: []string{market}, StandIn: standIn}}}
}

// TestSlower checks the warnings for a market of which another site is nearer.
func TestSlower(t *testing.T) {
	planned, signed := &siteconfig.Local{Partner: siteconfig.Partner{Driver: siteconfig.Placeholder}}, &siteconfig.Local{Partner: siteconfig.Partner{Driver: "folder"}}
	for name, row := range map[string]struct {
		sites map[string]*siteconfig.Site
		slow  map[string][]string
	}{
		"served by the nearest site":          {map[string]*siteconfig.Site{"california": serving("BR", "", nil), "oregon": {}}, nil},
		"another site is nearer":              {map[string]*siteconfig.Site{"california": {}, "oregon": serving("BR", "", nil)}, map[string][]string{"oregon": {"placement: mi-cloud: BR: found oregon at 179 ms; nearer, and may hold the data: california at 170 ms"}}},
		"a nearer site is planned":            {map[string]*siteconfig.Site{"singapore": serving("IN", "", nil), "india": {Local: planned}}, nil},
		"a nearer site may not hold the data": {map[string]*siteconfig.Site{"singapore": serving("HK", "", nil), "india": {}, "oregon": {}}, nil},
		"a nearer site has no stack":          {map[string]*siteconfig.Site{"oregon": serving("BR", "", nil)}, nil},
		"a stand-in for a planned home": {
			map[string]*siteconfig.Site{"oregon": serving("BR", "", nil), "california": {}, "brazil": serving("BR", "oregon", planned)},
			map[string][]string{"oregon": {"placement: mi-cloud: BR: found oregon at 179 ms; nearer, and may hold the data: california at 170 ms; once it serves: brazil at 10 ms (assumed)"}},
		},
		"a stand-in for a home that serves": {
			map[string]*siteconfig.Site{"singapore": serving("IN", "", nil), "india": serving("IN", "singapore", signed)},
			map[string][]string{"singapore": {"placement: mi-cloud: IN: found singapore at 59 ms; nearer, and may hold the data: india at 10 ms (assumed)"}},
		},
		"a planned home that is farther than its stand-in": {
			map[string]*siteconfig.Site{"california": serving("MX", "", nil), "oregon": serving("MX", "california", planned)},
			map[string][]string{"oregon": {"placement: mi-cloud: MX: found oregon at 53 ms (assumed); nearer, and may hold the data: california at 45 ms (assumed)"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			for site, s := range row.sites {
				s.Name = site
			}
			all := Compare(row.sites, loadRules(t), loadDistances(t))
			for site := range row.sites {
				assert.Equal(t, row.slow[site], Slower(site, all), site)
			}
		})
	}
}

// TestServicesShareAWarning checks that services with the same warning for a market share a line.
func TestServicesShareAWarning(t *testing.T) {
	sites, err := siteconfig.LoadAll("../..", loadRules(t))
	require.NoError(t, err)
	all := Compare(sites, loadRules(t), loadDistances(t))
	assert.Equal(t, []string{
		"placement: cloud-messaging, mi-account, mi-cloud: BR: found oregon at 179 ms; nearer, and may hold the data: california at 170 ms; once it serves: brazil at 10 ms (assumed)",
		"placement: cloud-messaging, mi-account, mi-cloud: MX: found oregon at 53 ms (assumed); nearer, and may hold the data: california at 45 ms (assumed)",
	}, Slower("oregon", all))
	for _, site := range []string{"singapore", "california", "india", "brazil"} {
		assert.Empty(t, Slower(site, all), site)
	}
}

func loadRules(t *testing.T) *residency.Rules {
	t.Helper()
	rules, err := residency.Default()
	require.NoError(t, err)
	return rules
}
