package register

import (
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
)

// OriginPlace is the name of the origin where the name of a site could be. No site has it.
const OriginPlace = "origin"

// Origin is the company's own data centre, from which the markets move. It is no site: the
// program creates nothing in it.
type Origin struct {
	// Country is the ISO 3166 code of its country. It is not a market.
	Country string
	// Hosts are its host names. A domain stands for every host in it.
	Hosts []string
}

// Has reports whether a host is one of the origin's.
func (o Origin) Has(host string) bool {
	return slices.ContainsFunc(o.Hosts, func(own string) bool { return host == own || strings.HasSuffix(host, "."+own) })
}

// Names requires the name of a host of the origin.
func (o Origin) Names(n config.Node) string {
	host, _ := n.Value.(string)
	if !components.Hostname.MatchString(host) || !o.Has(host) {
		n.Problem("the name of a host of the origin: " + strings.Join(o.Hosts, ", ") + ", or a host in one of these domains (" + Path + ")")
	}
	return host
}

// check reports an origin without a country or hosts, and a place that has another meaning.
func (o Origin) check(r *Register, p *config.Problems) {
	if _, market := r.Markets[o.Country]; market || !components.Country.MatchString(o.Country) {
		p.Add("origin.country", o.Country, "the ISO 3166 code of a country that is no market, such as CN")
	}
	if len(o.Hosts) == 0 || slices.ContainsFunc(o.Hosts, func(host string) bool { return !components.Hostname.MatchString(host) }) {
		p.Add("origin.hosts", o.Hosts, "at least one host name or domain, such as beijing.example")
	}
	if slices.Contains(ordered.Keys(r.Sites), OriginPlace) {
		p.Add("sites", OriginPlace, "names of sites; "+OriginPlace+" is no site")
	}
}
