package siteconfig

import (
	"example.com/multisite/internal/ordered"
)

// Home is where the data of a market's users is to lie, for one service.
type Home struct {
	Site string
	// StandIn is the site that serves until the home does; none if empty.
	StandIn string
}

// Homes are those of every market that sites serve, by service and market. LoadSites
// has seen to it that there is one each.
func Homes(sites map[string]*Site) map[string]map[string]Home {
	homes := map[string]map[string]Home{}
	for _, name := range ordered.Keys(sites) {
		for service, entry := range sites[name].Services {
			for _, market := range entry.Markets {
				if homes[service] == nil {
					homes[service] = map[string]Home{}
				}
				// The other one of a pair is the one that stands in.
				if other := homes[service][market]; other.Site == "" || other.Site == entry.StandIn {
					homes[service][market] = Home{name, entry.StandIn}
				}
			}
		}
	}
	return homes
}
