package drill

import (
	"slices"
	"strings"

	"example.com/multisite/internal/pulumicli"
)

type resource = pulumicli.Resource

// firstElement returns a property of the first element of a list, such as a routing policy; nil if
// the list is empty.
func firstElement(r resource, list, property string) any {
	elements, _ := r.Outputs[list].([]any)
	if len(elements) == 0 {
		return nil
	}
	element, _ := elements[0].(map[string]any)
	return element[property]
}

// resolver resolves names from the records of one hosted zone, as Route 53 does.
type resolver struct {
	records map[string][]resource // by name
	checks  map[string]string     // hosts that health checks request, by ID of the check
}

// answer is a host that users are sent to, with the percentage of users.
type answer struct {
	host    string
	percent float64
}

// resolve resolves a name for the users of a country while some hosts are down.
func (r resolver) resolve(name, country string, down []string) []answer {
	records := r.records[name]
	if len(records) == 0 {
		return []answer{{name, 100}}
	}
	policy := func(list, property string, value any) []resource {
		return slices.DeleteFunc(slices.Clone(records), func(record resource) bool { return firstElement(record, list, property) != value })
	}
	switch {
	case firstElement(records[0], "geolocationRoutingPolicies", "country") != nil:
		chosen := policy("geolocationRoutingPolicies", "country", country)
		if len(chosen) == 0 {
			chosen = policy("geolocationRoutingPolicies", "country", "*")
		}
		records = chosen
	case firstElement(records[0], "failoverRoutingPolicies", "type") != nil:
		primary, secondary := policy("failoverRoutingPolicies", "type", "PRIMARY"), policy("failoverRoutingPolicies", "type", "SECONDARY")
		// If no record is healthy, Route 53 treats all of them as healthy.
		records = primary
		if !r.healthy(primary, down) && r.healthy(secondary, down) {
			records = secondary
		}
	}
	var answers []answer
	total := 0.0
	for _, record := range records {
		weight, weighted := firstElement(record, "weightedRoutingPolicies", "weight").(float64)
		if !weighted {
			weight = 1
		}
		total += weight
		for _, a := range r.follow(record, country, down) {
			answers = append(answers, answer{a.host, a.percent * weight})
		}
	}
	answers = slices.DeleteFunc(answers, func(a answer) bool { return a.percent == 0 })
	for i := range answers {
		answers[i].percent /= total
	}
	return answers
}

// follow resolves the alias or host in a record.
func (r resolver) follow(record resource, country string, down []string) []answer {
	if alias, ok := firstElement(record, "aliases", "name").(string); ok {
		return r.resolve(alias, country, down)
	}
	hosts, _ := record.Outputs["records"].([]any)
	if len(hosts) == 0 {
		return nil
	}
	host, _ := hosts[0].(string)
	return r.resolve(strings.TrimSuffix(host, "."), country, down)
}

// healthy reports whether the health check of the first record passes.
func (r resolver) healthy(records []resource, down []string) bool {
	return len(records) > 0 && !slices.Contains(down, r.checks[records[0].Text("healthCheckId")])
}
