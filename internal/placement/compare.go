// Package placement compares the site that serves each market with the other sites that may
// hold the market's data, and with Beijing: by round trip, and by predicted load time of a
// page. It has the warnings of previews about nearer sites. It does
// not move markets, and does not decide where data may be stored: the package residency does.
package placement

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// Comparison compares the sites that may serve a market for one service.
type Comparison struct {
	Service string `json:"service"`
	Market  string `json:"market"`
	// Reason states why the market has its home, from the residency rules.
	Reason string `json:"reason"`
	// Sites are the home, the stand-in, and then the alternatives, which may hold all of the
	// service's data of the market, the nearest first.
	Sites []Prospect `json:"sites"`
	// Beijing is the data centre that served the market before the move.
	Beijing Baseline `json:"beijing"`
}

// Baseline is how fast Beijing serves the market's users.
type Baseline struct {
	// RoundTripMs is in milliseconds.
	RoundTripMs float64 `json:"roundTripMs"`
	// Assumed reports whether the round trip is an assumption, without a source.
	Assumed bool `json:"assumed,omitempty"`
	// RequestMs is the predicted time of a first request to the service, and PageMs that of
	// loading a page, in milliseconds (pageload.Page).
	RequestMs int64 `json:"requestMs"`
	PageMs    int64 `json:"pageMs"`
}

// Prospect is how fast a site serves the market's users, or would serve them.
type Prospect struct {
	Site string `json:"site"`
	// Role is home, stand-in or alternative.
	Role string `json:"role"`
	// Planned reports whether the site does not serve yet.
	Planned bool `json:"planned,omitempty"`
	// RoundTripMs is in milliseconds.
	RoundTripMs float64 `json:"roundTripMs"`
	// Assumed reports whether the round trip is an assumption, without a source.
	Assumed bool `json:"assumed,omitempty"`
	// RequestMs is the predicted time of a first request to the service, in milliseconds
	// (pageload.Page). Its connection ends at the site's load balancer.
	RequestMs int64 `json:"requestMs"`
	// PageMs and PageWithoutCdnMs are the predicted load times of a page, in milliseconds,
	// with the site's CDN and without it (pageload.Page).
	PageMs           int64 `json:"pageMs"`
	PageWithoutCdnMs int64 `json:"pageWithoutCdnMs"`
	// FasterPercent and FasterWithoutCdnPercent are how much faster the page loads than from
	// Beijing: 100 is twice as fast, in half the time. Negative values are slower.
	FasterPercent           int `json:"fasterPercent"`
	FasterWithoutCdnPercent int `json:"fasterWithoutCdnPercent"`
}

// String returns the site and its round trip, for messages.
func (p Prospect) String() string {
	text := fmt.Sprintf("%s at %g ms", p.Site, p.RoundTripMs)
	if p.Assumed {
		text += " (assumed)"
	}
	return text
}

// Roles of a site for a market.
const (
	roleHome        = "home"
	roleStandIn     = "stand-in"
	roleAlternative = "alternative"
)

// roles lists the roles in the order of a comparison.
var roles = []string{roleHome, roleStandIn, roleAlternative}

// Compare returns a comparison for each market whose data sites hold, sorted by service and
// market. The rest of the world has none, since it has no round trips.
func Compare(sites map[string]*siteconfig.Site, rules *residency.Rules, distances *latency.Table) (list []Comparison) {
	homes := siteconfig.Homes(sites)
	for _, service := range ordered.Keys(homes) {
		for _, market := range ordered.Keys(homes[service]) {
			if _, found := distances.RoundTripMs[market]; !found || homes[service][market].PublicOnly {
				continue
			}
			c := Comparison{
				Service: service, Market: market,
				Reason: rules.Markets[market].Reason, Beijing: baseline(distances, market),
			}
			for _, site := range rules.Legal(service, market) {
				if _, found := distances.RoundTripMs[market][site]; found { // the rules may list sites without figures
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

// ComparisonsOf returns the comparisons of the markets that have a site as home or stand-in.
func ComparisonsOf(site string, all []Comparison) []Comparison {
	return slices.DeleteFunc(slices.Clone(all), func(c Comparison) bool {
		return !slices.ContainsFunc(c.Sites, func(p Prospect) bool { return p.Site == site && p.Role != roleAlternative })
	})
}

// Slower returns a warning for each market that a site serves, or will serve, although another
// site that serves today and may hold the same data has a shorter round trip. Services with the
// same warning share a line.
func Slower(site string, all []Comparison) (lines []string) {
	services := map[string][]string{} // by warning
	for _, c := range ComparisonsOf(site, all) {
		if text := c.slower(site); text != "" {
			services[text] = append(services[text], c.Service)
		}
	}
	for _, text := range ordered.Keys(services) {
		lines = append(lines, diagnostic.Placement.Line(strings.Join(services[text], ", ")+": "+text))
	}
	return lines
}

// slower returns the warning of one comparison. It is empty if no site is nearer.
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

// roleOf returns the role of a site for a market with the given home.
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

// baseline returns the baseline of a market.
func baseline(l *latency.Table, market string) Baseline {
	way := l.RoundTripMs[market][latency.Beijing]
	page := l.PageModel()
	return Baseline{way.Value, way.Source == "", page.RequestToBeijing(way.Value).Milliseconds(), page.FromBeijing(way.Value).Milliseconds()}
}

// newProspect returns how fast a site serves a market. The site is nil if it has no stack yet.
func newProspect(l *latency.Table, market string, site *siteconfig.Site, name string) Prospect {
	way, page, before := l.RoundTripMs[market][name], l.PageModel(), baseline(l, market)
	p := Prospect{
		Site: name, Planned: site == nil || site.Planned(),
		RoundTripMs: way.Value, Assumed: way.Source == "",
		RequestMs:        page.RequestToSite(way.Value).Milliseconds(),
		PageMs:           page.FromSite(way.Value, true).Milliseconds(),
		PageWithoutCdnMs: page.FromSite(way.Value, false).Milliseconds(),
	}
	p.FasterPercent, p.FasterWithoutCdnPercent = faster(before.PageMs, p.PageMs), faster(before.PageMs, p.PageWithoutCdnMs)
	return p
}

// faster returns how much the speed increases if a time changes from before to after, in percent.
func faster(before, after int64) int {
	return int(math.Round(100 * (float64(before)/float64(after) - 1)))
}
