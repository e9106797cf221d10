package drill

import (
	"slices"
	"strings"

	"example.com/multisite/internal/pulumicli"
)

type resource = pulumicli.Resource

// first is a property of the first element of a list, such as that of a routing policy.
func first(r resource, list, property string) any {
	elements, _ := r.Outputs[list].([]any)
	if len(elements) == 0 {
		return nil
	}
	element, _ := elements[0].(map[string]any)
	return element[property]
}

// resolver answers as Route 53 does, from records of one zone.
type resolver struct {
	records map[string][]resource // by name
	checks  map[string]string     // what health checks ask, by ID
}

// answer is a host, and the share of the users that get it.
type answer struct {
	host    string
	percent float64
}

// resolve follows a name for users of a country while some hosts are dark.
func (r resolver) resolve(name, country string, dark []string) []answer {
	records := r.records[name]
	if len(records) == 0 {
		return []answer{{name, 100}}
	}
	policy := func(list, property string, value any) []resource {
		return slices.DeleteFunc(slices.Clone(records), func(record resource) bool { return first(record, list, property) != value })
	}
	switch {
	case first(records[0], "geolocationRoutingPolicies", "country") != nil:
		chosen := policy("geolocationRoutingPolicies", "country", country)
		if len(chosen) == 0 {
			chosen = policy("geolocationRoutingPolicies", "country", "*")
		}
		records = chosen
	case first(records[0], "failoverRoutingPolicies", "type") != nil:
		primary, secondary := policy("failoverRoutingPolicies", "type", "PRIMARY"), policy("failoverRoutingPolicies", "type", "SECONDARY")
		// Where none is healthy, Route 53 answers as if all were.
		records = primary
		if !r.healthy(primary, dark) && r.healthy(secondary, dark) {
			records = secondary
		}
	}
	var answers []answer
	total := 0.0
	for _, record := range records {
		weight, weighted := first(record, "weightedRoutingPolicies", "weight").(float64)
		if !weighted {
			weight = 1
		}
		total += weight
		for _, a := range r.follow(record, country, dark) {
			answers = append(answers, answer{a.host, a.percent * weight})
		}
	}
	answers = slices.DeleteFunc(answers, func(a answer) bool { return a.percent == 0 })
	for i := range answers {
		answers[i].percent /= total
	}
	return answers
}

// follow goes on where a record leads.
func (r resolver) follow(record resource, country string, dark []string) []answer {
	if alias, ok := first(record, "aliases", "name").(string); ok {
		return r.resolve(alias, country, dark)
	}
	hosts, _ := record.Outputs["records"].([]any)
	if len(hosts) == 0 {
		return nil
	}
	host, _ := hosts[0].(string)
	return r.resolve(strings.TrimSuffix(host, "."), country, dark)
}

func (r resolver) healthy(records []resource, dark []string) bool {
	return len(records) > 0 && !slices.Contains(dark, r.checks[records[0].Text("healthCheckId")])
}
