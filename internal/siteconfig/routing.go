package siteconfig

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/migration"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// Routing decides where the users of every market get to.
type Routing struct {
	Rules     *residency.Rules
	Distances *latency.Table
	Sites     map[string]*Site
	// Homes are those of the sites.
	Homes map[string]map[string]Home
	// Status is what sites say of themselves.
	Status map[string]Status
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
	case !moving || move.Phase == migration.Done || move.Phase == migration.Serving && m.Home == "":
		m.Origin = "" // nobody is sent back there unasked
		return r.withFailover(m, service, market, public), nil
	case move.Phase == migration.Serving:
		m.HomePercent = 100
	case move.Phase == migration.Canary && m.Home != "":
		m.HomePercent = move.SharePercent
	default:
		m.Home = ""
	}
	if m.Origin == "" {
		p := &config.Problems{File: GlobalFile}
		p.Add(config.Namespace+"origins."+service, nil, fmt.Sprintf("the host name that the users of %s come from, since the service is %s there", market, move.Phase))
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
	for _, site := range r.Rules.Alternatives(service, market, public) {
		if site == m.Home || !r.Status[site].Serving || r.Sites[site] == nil {
			continue
		}
		if _, has := r.Sites[site].Services[service]; !has {
			continue
		}
		if way := r.Distances.RoundTripMs[market][site].Value; way < nearest {
			m.Failover, nearest = site, way
		}
	}
	return m
}

// Routes are those of every name, without what only the cloud knows.
func (g *Global) Routes(routing *Routing) (map[string]*components.RoutesArgs, error) {
	routes := map[string]*components.RoutesArgs{}
	var problems []error
	for _, service := range ordered.Keys(routing.Homes) {
		elsewhere := g.Elsewhere[service]
		if elsewhere != "" && (routing.Sites[elsewhere] == nil || !slices.Contains(ordered.Keys(routing.Sites[elsewhere].Services), service)) {
			p := &config.Problems{File: GlobalFile}
			p.Add(config.Namespace+"elsewhere."+service, elsewhere, "a site that hosts the service")
			problems = append(problems, p.Err())
		}
		if !routing.Status[elsewhere].Serving {
			elsewhere = ""
		}
		for _, public := range []bool{false, true} {
			name, hostname := service, service+"."+g.Domain
			if public {
				name, hostname = service+"-static", "static."+hostname
			}
			if public && !routing.Rules.HasPublic(service) {
				continue
			}
			args := &components.RoutesArgs{
				Hostname: hostname, China: g.Origins[service], Elsewhere: elsewhere, Markets: map[string]components.MarketRoute{},
			}
			for _, market := range ordered.Keys(routing.Homes[service]) {
				m, err := routing.Route(service, market, public)
				if !public { // which has the same problems
					problems = append(problems, err)
				}
				args.Markets[market] = m
			}
			routes[name] = args
		}
	}
	return routes, errors.Join(problems...)
}
