package siteconfig

import (
	"errors"
	"fmt"
	"slices"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// Home is the home of a market for one service.
type Home struct {
	// Site is the market's home.
	Site string
	// StandIn serves the market as long as the configuration of Site names it; empty if it
	// names none.
	StandIn string
	// PublicOnly reports whether the market gets the service's public content alone. The
	// service then has no data of the market's users, and Site is the home of the content.
	PublicOnly bool
}

// Homes returns the homes of all markets that sites serve, by service and market. The sites must
// be checked by LoadAll, so that each market has one home.
func Homes(sites map[string]*Site) map[string]map[string]Home {
	homes := map[string]map[string]Home{}
	for _, name := range ordered.Keys(sites) {
		for service, entry := range sites[name].Services {
			if homes[service] == nil {
				homes[service] = map[string]Home{}
			}
			for _, market := range entry.Markets {
				// If two sites list the market, one is the stand-in of the other.
				if other := homes[service][market]; other.Site == "" || other.Site == entry.StandIn {
					homes[service][market] = Home{Site: name, StandIn: entry.StandIn}
				}
			}
			for _, market := range entry.PublicMarkets {
				homes[service][market] = Home{Site: name, PublicOnly: true}
			}
		}
	}
	return homes
}

// CheckMarkets reports each service and market of the register without a home, unless the
// register has the reason why no site serves the market with the service.
func CheckMarkets(sites map[string]*Site, reg *register.Register) error {
	p := &config.Problems{File: register.Path}
	homes := Homes(sites)
	for _, service := range ordered.Keys(reg.Services) {
		for _, market := range ordered.Keys(reg.Markets) {
			if _, served := homes[service][market]; !served && reg.Markets[market].Unserved[service] == "" {
				p.Lines = append(p.Lines, fmt.Sprintf("%s: markets.%s: found no site that serves it with %s; allowed: a site that lists it in multisite:services.%s.markets or publicMarkets, or the reason in markets.%s.unserved.%s",
					p.File, market, service, service, market, service))
			}
		}
	}
	return p.Err()
}

// checkHomes reports markets with two homes for a service: two sites may list a market only if
// one of them is the other's stand-in, and no site may serve a market that the register lists as
// unserved. It also reports stand-ins that do not list the market, and public content of
// services that have none.
func checkHomes(sites map[string]*Site, rules *residency.Rules) error {
	var problems []error
	for _, name := range ordered.Keys(sites) {
		p := &config.Problems{File: config.StackFile(name)}
		for _, service := range ordered.Keys(sites[name].Services) {
			entry := sites[name].Services[service]
			path := config.Namespace + "services." + service
			if len(entry.PublicMarkets) > 0 && !rules.HasPublic(service) {
				p.Add(path+".publicMarkets", entry.PublicMarkets, "none, since "+service+" has no public content")
			}
			for _, market := range slices.Concat(entry.Markets, entry.PublicMarkets) {
				key := path + ".markets"
				if !sites[name].serves(service, market) {
					key = path + ".publicMarkets"
				}
				if reason := rules.Register.Markets[market].Unserved[service]; reason != "" {
					p.Add(key, market, "markets that "+register.Path+" does not list as unserved: "+reason)
				}
				for _, other := range ordered.Keys(sites) {
					second := sites[other].Services[service]
					standsIn := sites[name].serves(service, market) && sites[other].serves(service, market) && (entry.StandIn == other || second.StandIn == name)
					if other > name && slices.Contains(slices.Concat(second.Markets, second.PublicMarkets), market) && !standsIn {
						p.Add(key, market, "markets that "+other+" does not serve; or "+other+" as the standIn")
					}
				}
			}
			for _, market := range entry.Markets {
				if slices.Contains(entry.PublicMarkets, market) {
					p.Add(path+".publicMarkets", market, "markets that "+path+".markets does not list")
				}
				if entry.StandIn != "" && (sites[entry.StandIn] == nil || !sites[entry.StandIn].serves(service, market)) {
					p.Add(path+".standIn", entry.StandIn, "a site that serves "+market+" with "+service)
				}
			}
		}
		problems = append(problems, p.Err())
	}
	return errors.Join(problems...)
}
