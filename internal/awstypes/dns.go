package awstypes

// Types of Amazon Route 53.
const (
	Zone          = "aws:route53/zone:Zone"
	ZoneSigning   = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
	KeySigningKey = "aws:route53/keySigningKey:KeySigningKey"
	Record        = "aws:route53/record:Record"
	HealthCheck   = "aws:route53/healthCheck:HealthCheck"
)

var dns = map[string]Type{
	Zone: {
		Stateful:   true,
		EdgeRegion: true,
		Import:     byARN(`:route53:::hostedzone/(.*)$`),
		Plain:      paths("comment name"),
	},
	ZoneSigning: {
		EdgeRegion: true,
		Import:     Import{Key: "{hostedZoneId}"},
		Refs:       []Ref{{"hostedZoneId", Zone}},
	},
	KeySigningKey: {
		Stateful:   true,
		EdgeRegion: true,
		Import:     Import{Key: "{hostedZoneId},{name}"},
		Refs:       []Ref{{"hostedZoneId", Zone}, {"keyManagementServiceArn", Key}},
		Plain:      paths("name"),
	},
	Record: {
		EdgeRegion: true,
		Import:     Import{Key: "{zoneId}_{name}_{type}{_setIdentifier}"},
		Refs:       []Ref{{"healthCheckId", HealthCheck}},
		IDs:        paths("fqdn name"),
		Names:      []Ref{{"zoneId", Zone}, {"aliases[].name", Record}, {"aliases[].name", Distribution}, {"aliases[].zoneId", Zone}, {"records[]", Certificate}},
		Declared:   paths("aliases[].name aliases[].zoneId records[] zoneId"),
		Fixed:      []Setting{{Path: "aliases[].zoneId", Allowed: []any{"Z2FDTNDATAQYW2"}}},
		Plain: paths(`
			aliases[].evaluateTargetHealth failoverRoutingPolicies[].type geolocationRoutingPolicies[].country name
			setIdentifier ttl type weightedRoutingPolicies[].weight
		`),
	},
	// A health check requests a host over HTTPS, or calculates its status from other checks of the
	// stack. Checks of other types read alarms or routing controls.
	HealthCheck: {
		EdgeRegion: true,
		Import:     byARN(`:route53:::healthcheck/(.*)$`),
		Refs:       []Ref{{"childHealthchecks[]", HealthCheck}},
		Declared:   paths("fqdn"),
		Fixed:      []Setting{{Path: "type", Allowed: []any{"HTTPS", "CALCULATED"}}},
		Plain:      paths("childHealthThreshold enableSni failureThreshold invertHealthcheck port requestInterval resourcePath"),
	},
}
