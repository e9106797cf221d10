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
	},
	Record: {
		EdgeRegion: true,
		Import:     Import{Key: "{zoneId}_{name}_{type}{_setIdentifier}"},
		Refs:       []Ref{{"healthCheckId", HealthCheck}},
	},
	HealthCheck: {
		EdgeRegion: true,
		Import:     byARN(`:route53:::healthcheck/(.*)$`),
	},
}
