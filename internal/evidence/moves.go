package evidence

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// move is how far a market has moved out of the origin, and what still refers to it.
type move struct {
	Service string   `json:"service"`
	Site    string   `json:"site"`
	Phase   string   `json:"phase"`
	Origin  []string `json:"origin"` // TYPE NAME
}

// moveOf looks at a market of a service in a site, and at the routes to it.
func moveOf(code, service string, site *siteconfig.Site, made, routes deployment, markets []string) move {
	m := move{Service: service, Site: site.Name, Origin: []string{}}
	for _, r := range made.resources {
		if r.Type == "pulumi:pulumi:Stack" {
			m.Phase = r.Text(service + ".phase." + code)
		}
		// What is named for a market is that market's; the rest is of all that move.
		name := strings.TrimPrefix(r.Name()+"-", site.ResourceName(service)+"-")
		copies := strings.HasPrefix(name, "copy-") || strings.Contains(name, "-transfer-") && name != r.Name()+"-"
		others := slices.ContainsFunc(markets, func(other string) bool {
			return other != code && strings.Contains(name, "-"+strings.ToLower(other)+"-")
		})
		if copies && !others && strings.HasPrefix(r.Type, "aws:") {
			m.Origin = append(m.Origin, r.Type+" "+r.Name())
		}
	}
	for _, r := range routes.resources {
		if from := "-" + strings.ToLower(code) + "-origin"; r.Name() == register.GlobalStack+"-"+service+from || r.Name() == register.GlobalStack+"-"+service+"-static"+from {
			m.Origin = append(m.Origin, r.Type+" "+r.Name())
		}
	}
	slices.Sort(m.Origin)
	return m
}

// String is the move's line in a report.
func (m move) String() string {
	what := "nothing refers to the origin"
	if len(m.Origin) > 0 {
		what = "these refer to the origin: " + strings.Join(m.Origin, ", ")
	}
	return fmt.Sprintf("%s in %s: %s; %s (rules phase, origin)", m.Service, m.Site, m.Phase, what)
}
