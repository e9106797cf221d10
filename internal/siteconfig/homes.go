package siteconfig

import "example.com/multisite/internal/ordered"

// Home is the home of a market for one service.
type Home struct {
	// Site is the market's home.
	Site string
	// StandIn serves the market as long as the configuration of Site names it; empty if it
	// names none.
	StandIn string
}

// Homes returns the homes of all markets that sites serve, by service and market. The sites must
// be checked by LoadAll, so that each market has one home.
func Homes(sites map[string]*Site) map[string]map[string]Home {
	homes := map[string]map[string]Home{}
	for _, name := range ordered.Keys(sites) {
		for service, entry := range sites[name].Services {
			for _, market := range entry.Markets {
				if homes[service] == nil {
					homes[service] = map[string]Home{}
				}
				// If two sites list the market, one is the stand-in of the other.
				if other := homes[service][market]; other.Site == "" || other.Site == entry.StandIn {
					homes[service][market] = Home{name, entry.StandIn}
				}
			}
		}
	}
	return homes
}
