package resolver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
)

// Countries returns the markets of the register and the other countries that the records of a name
// have, sorted. A country of no market is part of the rest of the world.
func (r *Resolver) Countries(name string) []string {
	list := ordered.Keys(r.Rules.Register.Markets)
	for _, record := range r.records[name] {
		if country, ok := FirstElement(record, "geolocationRoutingPolicies", "country").(string); ok && country != "*" && !slices.Contains(list, country) {
			list = append(list, country)
		}
	}
	slices.Sort(list)
	return list
}

// Serves reports whether a market has a home for a service, or for its public content.
func (r *Resolver) Serves(service, market string, public bool) bool {
	home, served := r.Homes[service][market]
	return served && (public || !home.PublicOnly)
}

// CheckResidency returns an error for an answer that is neither a site that may hold the data, nor the
// placeholder for no site, nor the origin of a market that is still being migrated. Users in mainland
// China may reach the origin alone, and users in another country of no market what the rest of the
// world may reach.
func (r *Resolver) CheckResidency(service, country string, public bool, answers []Answer) error {
	market := country
	if _, known := r.Rules.Register.Markets[country]; !known {
		market = components.RestOfWorld
	}
	allowed, origin := []string{}, country == "CN"
	if r.Serves(service, market, public) && country != "CN" {
		home := r.Homes[service][market]
		move := r.Sites[cmp.Or(home.StandIn, home.Site)].Services[service].Moves[market]
		origin = move.Phase != "" && move.Phase != phases.Done
		allowed = r.Rules.Alternatives(service, market, public)
	}
	for _, a := range answers {
		site := r.Site(a.Host)
		if site != "" && slices.Contains(allowed, site) || strings.HasPrefix(a.Host, Unserved) || origin && site == "" && a.Host == r.Origins[service] {
			continue
		}
		return fmt.Errorf("%s: %s: found %s; allowed: %s", service, country, cmp.Or(site, a.Host), cmp.Or(strings.Join(allowed, ", "), "no site"))
	}
	return nil
}
