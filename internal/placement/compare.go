package placement

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// roles are what a site can be to a market, in the order of a comparison.
var roles = []string{roleHome, roleStandIn, roleAlternative}

const (
	roleHome        = "home"
	roleStandIn     = "stand-in"
	roleAlternative = "alternative"
)

func roleOf(h siteconfig.Home, site string) string {
	switch site {
	case h.Site:
		return roleHome
	case h.StandIn:
		return roleStandIn
	default:
		return roleAlternative
	}
}

// Comparison sets a market's home for a service beside everything else that might be.
type Comparison struct {
	Service string `json:"service"`
	Market  string `json:"market"`
	// Reason is why the home is where it is.
	Reason string `json:"reason"`
	// Sites are the home, the stand-in, and the others that may hold all of the
	// service's data of the market, the nearest first.
	Sites []Prospect `json:"sites"`
	// Beijing is where the market was served from before.
	Beijing Baseline `json:"beijing"`
}

// Baseline is what Beijing gives the market's users.
type Baseline struct {
	RoundTripMs float64 `json:"roundTripMs"`
	// Assumed says that no source has the round trip.
	Assumed bool `json:"assumed,omitempty"`
	// PageMs is how long a page takes to load (see Page), in milliseconds.
	PageMs int64 `json:"pageMs"`
}

// Prospect is what a site gives the market's users, or would.
type Prospect struct {
	Site string `json:"site"`
	// Role is home, stand-in or alternative.
	Role string `json:"role"`
	// Planned says that the site does not serve yet.
	Planned     bool    `json:"planned,omitempty"`
	RoundTripMs float64 `json:"roundTripMs"`
	Assumed     bool    `json:"assumed,omitempty"`
	// PageMs is with the site's CDN, the other without.
	PageMs           int64 `json:"pageMs"`
	PageWithoutCdnMs int64 `json:"pageWithoutCdnMs"`
	// FasterPercent is by how much the page loads faster than from Beijing: 100 is
	// twice as fast, in half the time. Below 0 it is slower.
	FasterPercent           int `json:"fasterPercent"`
	FasterWithoutCdnPercent int `json:"fasterWithoutCdnPercent"`
}

// Compare compares the homes of every market that sites serve, by service and market.
func Compare(sites map[string]*siteconfig.Site, rules *residency.Rules, distances *latency.Table) (list []Comparison) {
	homes := siteconfig.Homes(sites)
	for _, service := range ordered.Keys(homes) {
		for _, market := range ordered.Keys(homes[service]) {
			c := Comparison{
				Service: service, Market: market,
				Reason: rules.Markets[market].Reason, Beijing: baseline(distances, market),
			}
			for _, site := range rules.Legal(service, market) {
				if _, known := distances.RoundTripMs[market][site]; known { // the register may not have all yet
					prospect := newProspect(distances, market, sites[site], site)
					prospect.Role = roleOf(homes[service][market], site)
					c.Sites = append(c.Sites, prospect)
				}
			}
			slices.SortStableFunc(c.Sites, func(a, b Prospect) int {
				return cmp.Or(slices.Index(roles, a.Role)-slices.Index(roles, b.Role), cmp.Compare(a.RoundTripMs, b.RoundTripMs))
			})
			list = append(list, c)
		}
	}
	return list
}

func baseline(l *latency.Table, market string) Baseline {
	way := l.RoundTripMs[market][latency.Beijing]
	return Baseline{way.Value, way.Source == "", l.PageModel().FromBeijing(way.Value).Milliseconds()}
}

func newProspect(l *latency.Table, market string, site *siteconfig.Site, name string) Prospect {
	way, page, before := l.RoundTripMs[market][name], l.PageModel(), baseline(l, market)
	p := Prospect{
		Site: name, Planned: site == nil || site.Planned(),
		RoundTripMs: way.Value, Assumed: way.Source == "",
		PageMs:           page.FromSite(way.Value, true).Milliseconds(),
		PageWithoutCdnMs: page.FromSite(way.Value, false).Milliseconds(),
	}
	p.FasterPercent, p.FasterWithoutCdnPercent = faster(before.PageMs, p.PageMs), faster(before.PageMs, p.PageWithoutCdnMs)
	return p
}

// ComparisonsOf are those that a site takes part in, as home or stand-in.
func ComparisonsOf(site string, all []Comparison) []Comparison {
	return slices.DeleteFunc(slices.Clone(all), func(c Comparison) bool {
		return !slices.ContainsFunc(c.Sites, func(p Prospect) bool { return p.Site == site && p.Role != roleAlternative })
	})
}

// Slower says, in a line for each case, which markets a site serves, or is to serve,
// though a site that may hold the same data and serves today is nearer to them.
func Slower(site string, all []Comparison) (lines []string) {
	services := map[string][]string{} // by what there is to say
	for _, c := range ComparisonsOf(site, all) {
		if text := c.slower(site); text != "" {
			services[text] = append(services[text], c.Service)
		}
	}
	for _, text := range ordered.Keys(services) {
		lines = append(lines, fmt.Sprintf("placement: %s: %s", strings.Join(services[text], ", "), text))
	}
	return lines
}

func (c Comparison) slower(site string) string {
	var own, nearest Prospect
	planned := ""
	for _, s := range c.Sites {
		switch {
		case s.Site == site:
			own = s
		case s.Planned && s.Role == roleHome:
			planned = fmt.Sprintf("; once it serves: %s", s)
		case !s.Planned && (nearest.Site == "" || s.RoundTripMs < nearest.RoundTripMs):
			nearest = s
		}
	}
	if nearest.Site == "" || own.RoundTripMs <= nearest.RoundTripMs {
		return ""
	}
	return fmt.Sprintf("%s: found %s; nearer, and may hold the data: %s%s", c.Market, own, nearest, planned)
}

// String is the site and its round trip, for messages.
func (p Prospect) String() string {
	text := fmt.Sprintf("%s at %g ms", p.Site, p.RoundTripMs)
	if p.Assumed {
		text += " (assumed)"
	}
	return text
}

// faster is by how much the speed rises, in percent, as a time falls.
func faster(before, after int64) int {
	return int(math.Round(100 * (float64(before)/float64(after) - 1)))
}
