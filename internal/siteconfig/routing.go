package siteconfig

import (
	"cmp"
	"errors"
	"fmt"
	"math"

	"example.com/multisite/components/dns"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// Routing decides to which site the users of each market are routed.
type Routing struct {
	Rules     *residency.Rules
	Distances *latency.Table
	// Sites are the sites of the project, by name.
	Sites map[string]*Site
	// Homes are the homes of markets, by service and market (Homes).
	Homes map[string]map[string]Home
	// Status are the sites' status parameters, by site.
	Status map[string]Status
	// Origins are the origins' host names, by service.
	Origins map[string]string
}

// Route returns the route of a market's users for a service, or, with public, for the service's
// public content, which may fail over to any site that hosts the service. A stand-in serves
// until the configuration names none. The users of a market without a home reach no site, and
// the users of a market with public content alone reach only that content. Route reports a
// missing origin.
func (r *Routing) Route(service, market string, public bool) (dns.MarketRoute, error) {
	home, served := r.Homes[service][market]
	if !served || home.PublicOnly && !public {
		return dns.MarketRoute{}, nil
	}
	m := dns.MarketRoute{Home: cmp.Or(home.StandIn, home.Site), Origin: r.Origins[service]}
	move, moving := r.Status[m.Home].Moves[service][market]
	// If the home publishes no status that serves, the market's phase comes from the configuration.
	if !r.Status[m.Home].Serving {
		move = MoveStatus{Phase: r.Sites[m.Home].phase(service, market)}
		moving, m.Home = true, ""
	}
	switch {
	case !moving || move.Phase == phases.Done || move.Phase == phases.Serving && m.Home == "":
		m.Origin = "" // the data has left the origin
		return r.withFailover(m, service, market, public), nil
	case move.Phase == phases.Serving:
		m.HomePercent = 100
	case move.Phase == phases.Canary && m.Home != "":
		m.HomePercent = move.SharePercent
	default:
		m.Home = ""
	}
	if m.Origin == "" {
		p := &config.Problems{File: GlobalFile}
		p.Add(config.Namespace+"origins."+service, nil, fmt.Sprintf("the host name of the origin, since %s is in the phase %s", market, move.Phase))
		return m, p.Err()
	}
	return r.withFailover(m, service, market, public), nil
}

// withFailover adds the nearest site that may serve the market while the home is unhealthy. A
// site without a round trip from the market, as from the rest of the world, is not added,
// since it may be far.
func (r *Routing) withFailover(m dns.MarketRoute, service, market string, public bool) dns.MarketRoute {
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
		if way, known := r.Distances.RoundTripMs[market][site]; known && way.Value < nearest {
			m.Failover, nearest = site, way.Value
		}
	}
	return m
}

// ServiceRoutes are the routes of a service's name, or with Public of the name of its public
// content.
type ServiceRoutes struct {
	*dns.RoutesArgs
	Service string
	Public  bool
}

// Routes returns the routes of each service's host names, without the zone and the endpoints, which
// exist only in AWS. It has a route for each service and market of the register: a market without a
// home gets a name without an address, and never the site of another market. The error reports all
// problems at once.
func (g *Global) Routes(routing *Routing) (map[string]*ServiceRoutes, error) {
	routes := map[string]*ServiceRoutes{}
	var problems []error
	for _, service := range ordered.Keys(routing.Rules.Register.Services) {
		for _, public := range []bool{false, true} {
			name, hostname := service, service+"."+g.Domain
			if public {
				name, hostname = service+"-static", "static."+hostname
			}
			if public && !routing.Rules.HasPublic(service) {
				continue
			}
			args := &dns.RoutesArgs{Hostname: hostname, China: g.Origins[service], Markets: map[string]dns.MarketRoute{}}
			for _, market := range ordered.Keys(routing.Rules.Register.Markets) {
				m, err := routing.Route(service, market, public)
				if !public { // the route of public content has the same problems
					problems = append(problems, err)
				}
				args.Markets[market] = m
			}
			routes[name] = &ServiceRoutes{args, service, public}
		}
	}
	return routes, errors.Join(problems...)
}
