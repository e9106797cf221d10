package residency

import "example.com/multisite/register"

// MayMove reports whether a class of a market's data may move from one place to another, or stay
// in one place. An empty place is no site. Copies to the origin have none of the classes that every
// service holds, such as logs and keys.
func (r *Rules) MayMove(from, to, class, market string) bool {
	return from == to && from != "" || to == register.OriginPlace && r.Classes[class].EveryService || r.flows(from, to, class, market)
}

// HeldBy returns the classes of a market's data that a site's resource may hold, by its name.
func (r *Rules) HeldBy(site Site, resource, market string) []string {
	return r.data(site, resource, market)
}
