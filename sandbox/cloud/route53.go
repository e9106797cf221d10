package cloud

import "strings"

func init() {
	model(map[string]*Type{
		// Hosted zones are not modelled: a record's may be any.
		"aws:route53/record:Record": {
			ID: "{zoneId}_{name}_{type}", Global: true,
			Missing: "NoSuchHostedZone", Taken: "InvalidChangeBatch",
			Outputs: map[string]any{
				"fqdn":    func(r *Resource) any { return strings.TrimSuffix(text(r.Properties, "name"), ".") },
				"aliases": []any{}, "failoverRoutingPolicies": []any{}, "geolocationRoutingPolicies": []any{}, "latencyRoutingPolicies": []any{},
				"weightedRoutingPolicies": []any{}, "ttl": 0, "healthCheckId": "", "setIdentifier": "", "multivalueAnswerRoutingPolicy": false,
			},
			Replace: []string{"zoneId", "name"},
			Valid:   map[string]Rule{"type": oneOf("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT")},
		},
	})
}
