package evidence

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// move is the progress of the migration of a market's data from the origin.
type move struct {
	Service string   `json:"service"`
	Site    string   `json:"site"`
	Phase   string   `json:"phase"`  // empty if the market is not migrated
	Origin  []string `json:"origin"` // resources that still refer to the origin, as TYPE NAME
	// WayBack is how users can return to the origin: replication or restore. It is empty before
	// the move and after it.
	WayBack string `json:"wayBack,omitempty"`
}

// Values of WayBack.
const (
	byReplication = "replication"
	byRestore     = "restore"
)

// moveOf returns the migration of a market of a service to a site. rules have the flows to the
// origin, routes is the deployment of the
// stack global, and markets are the codes of all markets.
func moveOf(code, service string, site *siteconfig.Site, deployed, routes deployment, rules *residency.Rules) move {
	markets, oneWay := ordered.Keys(rules.Register.Markets), len(rules.NotCopied(service, code, site.Name, register.OriginPlace)) > 0
	m := move{Service: service, Site: site.Name, Origin: []string{}}
	for _, r := range deployed.resources {
		if r.Type == "pulumi:pulumi:Stack" {
			m.Phase = r.Text(phases.PhaseOutput(service, code))
			oneWay = oneWay || r.Outputs[phases.OneWayOutput(service, code)] == true
		}
		// A resource with a market's code in its name serves that market, and one without a code
		// serves every market that is migrated.
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
	if phases.Phase(m.Phase).Moving() {
		m.WayBack = byReplication
		if oneWay {
			m.WayBack = byRestore
		}
	}
	return m
}

// String returns the line about the migration in a report.
func (m move) String() string {
	origin := "no resource refers to the origin"
	if len(m.Origin) > 0 {
		origin = "resources that refer to the origin: " + strings.Join(m.Origin, ", ")
	}
	phase := m.Phase
	if m.WayBack != "" {
		phase += ", the way back is by " + m.WayBack
	}
	return fmt.Sprintf("%s in %s: %s; %s (rules phase, origin)", m.Service, m.Site, phase, origin)
}
