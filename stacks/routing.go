package stacks

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"multisite/components"
)

// Routing decides where the users of every market get to.
type Routing struct {
	Placement *Placement
	Latency   *Latency
	Sites     map[string]*Site
	// Homes are those of the sites.
	Homes map[string]map[string]Home
	// Status is what sites say of themselves.
	Status map[string]SiteStatus
	// Origins are where services are reached outside of all sites.
	Origins map[string]string
}

// Route is where the users of a market get to for a service: for all of it, or for its
// public content alone, which may fail over to any site that has it. A stand-in serves
// until the configuration names none any more.
func (r *Routing) Route(service, market string, public bool) (components.MarketRoute, error) {
	home := r.Homes[service][market]
	m := components.MarketRoute{Home: cmp.Or(home.StandIn, home.Site), Origin: r.Origins[service]}
	move, moving := r.Status[m.Home].Moves[service][market]
	if !r.Status[m.Home].Serving { // what it is to do is all that is known
		move = MoveStatus{Phase: r.Sites[m.Home].phase(service, market)}
		moving, m.Home = true, ""
	}
	switch {
	case !moving || move.Phase == Done || move.Phase == Serving && m.Home == "":
		m.Origin = "" // nobody is sent back there unasked
		return r.withFailover(m, service, market, public), nil
	case move.Phase == Serving:
		m.HomePercent = 100
	case move.Phase == Canary && m.Home != "":
		m.HomePercent = move.SharePercent
	default:
		m.Home = ""
	}
	if m.Origin == "" {
		p := &Problems{File: GlobalFile}
		p.add(namespace+"origins."+service, nil, fmt.Sprintf("the host name that the users of %s come from, since the service is %s there", market, move.Phase))
		return m, p.Err()
	}
	return r.withFailover(m, service, market, public), nil
}

// withFailover names the nearest site that answers while the home does not.
func (r *Routing) withFailover(m components.MarketRoute, service, market string, public bool) components.MarketRoute {
	if m.Home == "" {
		return m
	}
	nearest := math.Inf(1)
	for _, site := range r.Placement.Alternatives(service, market, public) {
		if site == m.Home || !r.Status[site].Serving || r.Sites[site] == nil {
			continue
		}
		if _, has := r.Sites[site].Services[service]; !has {
			continue
		}
		if way := r.Latency.RoundTripMs[market][site].Value; way < nearest {
			m.Failover, nearest = site, way
		}
	}
	return m
}

// Alternatives are the sites that may hold all that a service has of a market's
// users, or its public content, which any may.
func (l *Placement) Alternatives(service, market string, public bool) []string {
	if public {
		return names(l.Sites)
	}
	return l.Legal(service, market)
}

// HasPublic reports whether a service has public content.
func (l *Placement) HasPublic(service string) bool {
	return slices.ContainsFunc(l.Services[service].Holds, func(class string) bool { return l.Classes[class].Public })
}
