package stacks

import "slices"

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
	for _, name := range names(sites) {
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

// Legal are the sites that may hold all that a service has of a market's users.
func (l *Placement) Legal(service, market string) []string {
	return slices.DeleteFunc(names(l.Sites), func(site string) bool {
		return slices.ContainsFunc(l.Held(service, ""), func(class string) bool {
			return !slices.Contains(l.Allowed(market, class), site)
		})
	})
}
