package resolver

import (
	"slices"
	"strings"
)

// FirstElement returns a property of the first element of a list of outputs, such as a routing policy;
// nil if the list is empty.
func FirstElement(r Resource, list, property string) any {
	elements, _ := r.Outputs[list].([]any)
	if len(elements) == 0 {
		return nil
	}
	element, _ := elements[0].(map[string]any)
	return element[property]
}

// Answer is a host that users are sent to.
type Answer struct {
	// Host is the host at the end of the records: a load balancer, a CDN, or a host outside of all sites.
	Host string
	// Names are the names that lead to Host, the requested name first.
	Names []string
	// Percent is the percentage of the users.
	Percent float64
}

// Through reports whether the answer is one of some hosts, or leads through one.
func (a Answer) Through(hosts []string) bool {
	return slices.ContainsFunc(append(slices.Clone(a.Names), a.Host), func(name string) bool { return slices.Contains(hosts, name) })
}

// Resolve resolves a name for the users of a country while some hosts are down: names of services at a
// site, or hosts of a site. Clients query for IPv4 and IPv6 addresses. An answer for IPv6 is only listed
// if no answer for IPv4 has the same host.
func (r *Resolver) Resolve(name, country string, down []string) []Answer {
	answers := r.resolve(name, country, "A", down)
	for _, a := range r.resolve(name, country, "AAAA", down) {
		if !slices.ContainsFunc(answers, func(other Answer) bool { return other.Host == a.Host }) {
			answers = append(answers, a)
		}
	}
	return answers
}

// resolve resolves a name to records of one type, A or AAAA, of the hosted zone, as Route 53 does. A
// name that the zone does not have is itself the answer.
func (r *Resolver) resolve(name, country, kind string, down []string) []Answer {
	if len(r.records[name]) == 0 {
		return []Answer{{Host: name, Percent: 100}}
	}
	records := slices.DeleteFunc(slices.Clone(r.records[name]), func(record Resource) bool {
		return record.Text("type") != kind && record.Text("type") != "CNAME"
	})
	if len(records) == 0 {
		return nil
	}
	policy := func(list, property string, value any) []Resource {
		return slices.DeleteFunc(slices.Clone(records), func(record Resource) bool { return FirstElement(record, list, property) != value })
	}
	switch {
	case FirstElement(records[0], "geolocationRoutingPolicies", "country") != nil:
		chosen := policy("geolocationRoutingPolicies", "country", country)
		if len(chosen) == 0 {
			chosen = policy("geolocationRoutingPolicies", "country", "*")
		}
		records = chosen
	case FirstElement(records[0], "failoverRoutingPolicies", "type") != nil:
		primary, secondary := policy("failoverRoutingPolicies", "type", "PRIMARY"), policy("failoverRoutingPolicies", "type", "SECONDARY")
		// If no record is healthy, Route 53 treats all of them as healthy.
		records = primary
		if !r.healthy(primary, down) && r.healthy(secondary, down) {
			records = secondary
		}
	}
	var answers []Answer
	total := 0.0
	for _, record := range records {
		weight, weighted := FirstElement(record, "weightedRoutingPolicies", "weight").(float64)
		if !weighted {
			weight = 1
		}
		total += weight
		for _, a := range r.resolve(target(record), country, kind, down) {
			answers = append(answers, Answer{a.Host, append([]string{name}, a.Names...), a.Percent * weight})
		}
	}
	answers = slices.DeleteFunc(answers, func(a Answer) bool { return a.Percent == 0 })
	for i := range answers {
		answers[i].Percent /= total
	}
	return answers
}

// target returns the alias or host in a record.
func target(record Resource) string {
	if alias, ok := FirstElement(record, "aliases", "name").(string); ok {
		return strings.TrimSuffix(alias, ".")
	}
	hosts, _ := record.Outputs["records"].([]any)
	if len(hosts) == 0 {
		return ""
	}
	host, _ := hosts[0].(string)
	return strings.TrimSuffix(host, ".")
}

// Checked reports whether a health check requests a host.
func (r *Resolver) Checked(host string) bool {
	for _, checked := range r.checks {
		if host != "" && checked == host {
			return true
		}
	}
	return false
}

// healthy reports whether the health check of the first record passes. The check resolves its host as
// users do.
func (r *Resolver) healthy(records []Resource, down []string) bool {
	if len(records) == 0 {
		return false
	}
	host := r.checks[records[0].Text("healthCheckId")]
	return !slices.ContainsFunc(r.resolve(host, "", "A", nil), func(a Answer) bool { return a.Through(down) })
}
