package reach

import (
	"errors"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// Report is the result of a walk from all holders of users' data.
type Report struct {
	// Holders is the number of resources that hold users' data or emit logs, and Edges the number of edges of the graph.
	Holders, Edges int
	// Allowed counts the edges that data may take wherever they lead, by the reason.
	Allowed map[string]int
	// Paths are the paths that lead data out of the places where it may be stored.
	Paths []Path
	// Unknown are the resources that the graph has no row for.
	Unknown []string
}

// Path is a way by which data of a market leaves the places where it may be stored.
type Path struct {
	Market  string
	Classes []string
	Chain   string
}

// Err returns an error that lists all paths and all unknown resources, or nil if there are none.
func (r Report) Err() error {
	var problems []error
	for _, path := range r.Paths {
		problems = append(problems, errors.New(diagnostic.Residency.Line(path.String())))
	}
	for _, unknown := range r.Unknown {
		problems = append(problems, errors.New(diagnostic.Residency.Line(unknown)))
	}
	return errors.Join(problems...)
}

// String returns the path as a chain.
func (p Path) String() string {
	return strings.Join(p.Classes, ", ") + " of " + p.Market + ": " + p.Chain
}

// logs is the class of data that logs, metrics and events hold.
const logs = "operational-logs"

// Check walks from each resource that holds users' data, in the states of stacks by name.
func Check(states map[string][]resource, sites map[string]*siteconfig.Site, rules *residency.Rules) Report {
	g := build(states, sites, rules)
	report := Report{Edges: g.edges, Allowed: g.allowed, Unknown: g.unknown}
	for _, stack := range ordered.Keys(states) {
		holder := rules.Everything()
		if site := sites[stack]; site != nil {
			holder = site.Residency()
		}
		for _, r := range states[stack] {
			start := g.nodes[r.URN]
			holds := awstypes.Of(r.Type).Holds != awstypes.Nothing
			if start == nil || !holds && !rows[r.Type].Logs {
				continue
			}
			report.Holders++
			for _, market := range ordered.Keys(rules.Markets) {
				var classes []string
				switch {
				case holds && r.Name() != "aws-waf-logs-"+stack:
					classes = rules.HeldBy(holder, r.Name(), market)
				case stack == register.GlobalStack || serves(holder, market):
					classes = []string{logs}
				}
				report.Paths = append(report.Paths, g.walk(start, market, classes)...)
			}
		}
	}
	return report
}

// serves reports whether a site serves a market.
func serves(site residency.Site, market string) bool {
	for _, service := range site.Services {
		if slices.Contains(service.Markets, market) {
			return true
		}
	}
	return false
}

// walk returns the paths from a node by which classes of a market's data leave the places where
// they may be stored. It does not go on from the end of such a path.
func (g *graph) walk(start *node, market string, classes []string) (list []Path) {
	found := map[string][]string{}
	for _, class := range classes {
		chains := map[*node]string{start: start.label}
		if why := g.refused(start, start, class, market); why != "" {
			found[start.label+why] = append(found[start.label+why], class)
		}
		for queue := []*node{start}; len(queue) > 0; queue = queue[1:] {
			for _, s := range queue[0].out {
				if _, seen := chains[s.to]; seen || s.logs && class != logs {
					continue
				}
				chain := chains[queue[0]] + " → (" + s.by + ") → " + s.to.label
				chains[s.to] = chain
				if why := g.refused(start, s.to, class, market); why != "" {
					found[chain+why] = append(found[chain+why], class)
				} else {
					queue = append(queue, s.to)
				}
			}
		}
	}
	for _, chain := range ordered.Keys(found) {
		list = append(list, Path{market, found[chain], chain})
	}
	return list
}

// refused returns why a class of a market's data that starts at a node may not be at another, as
// the end of a chain. It is empty if the data may be there.
func (g *graph) refused(start, n *node, class, market string) string {
	switch {
	case n.unknown:
		return ", whose edges are unknown"
	case g.rules.Classes[class].Public && n.site != "" && n.site != register.OriginPlace:
		return ""
	case n.public && n != start:
		return ", which publishes it"
	case n.site == "":
		return ", which is in no site"
	case n.edge && !start.edge:
		return ", which is in " + awstypes.EdgeRegion
	case !g.rules.MayMove(start.site, n.site, class, market) && n.site == register.OriginPlace:
		return ", to which the register has no flow"
	case !g.rules.MayMove(start.site, n.site, class, market):
		return ", which is in " + n.site
	}
	return ""
}
