package simulation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/awstypes"
)

const (
	zone        = "aws:route53/zone:Zone"
	record      = "aws:route53/record:Record"
	healthCheck = "aws:route53/healthCheck:HealthCheck"
	signingKey  = "aws:route53/keySigningKey:KeySigningKey"
	zoneSigning = "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec"
)

// policies are the routing policies; a record has at most one of them.
var policies = []string{"failoverRoutingPolicies", "geolocationRoutingPolicies", "latencyRoutingPolicies", "weightedRoutingPolicies"}

func init() {
	model(map[string]*Type{
		zone: {
			ID: "Z{upper20}", Global: true, Tagged: true, Name: "name",
			Missing: "NoSuchHostedZone", InUse: "HostedZoneNotEmpty",
			Outputs: map[string]any{
				"zoneId": "{id}", "arn": "arn:aws:route53:::hostedzone/{id}", "comment": "Managed by Pulumi", "forceDestroy": false,
				"nameServers":       []any{"ns-1.example.com", "ns-2.example.net", "ns-3.example.org", "ns-4.example.co.uk"},
				"primaryNameServer": "ns-1.example.com", "delegationSetId": "", "vpcs": []any{},
			},
			Replace: []string{"name", "delegationSetId"},
			Put: func(_ *Account, r *Resource) error {
				if r.Created.IsZero() {
					r.Created = time.Now()
				}
				return nil
			},
		},
		// Records in a zone of another account are not checked.
		record: {
			ID: "{zoneId}_{name}_{type}{_setIdentifier}", Global: true,
			Missing: "NoSuchHostedZone", Taken: "InvalidChangeBatch",
			Outputs: map[string]any{
				"fqdn":                                   func(r *Resource) any { return strings.TrimSuffix(text(r.Properties, "name"), ".") },
				"geolocationRoutingPolicies[].continent": "", "geolocationRoutingPolicies[].subdivision": "",
				"aliases": []any{}, "failoverRoutingPolicies": []any{}, "geolocationRoutingPolicies": []any{}, "latencyRoutingPolicies": []any{},
				"weightedRoutingPolicies": []any{}, "ttl": 0, "healthCheckId": "", "setIdentifier": "", "multivalueAnswerRoutingPolicy": false,
			},
			Replace: []string{"zoneId", "name"},
			Valid: map[string]Rule{
				"type":                             oneOf("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"),
				"weightedRoutingPolicies[].weight": between(0, 255),
				"failoverRoutingPolicies[].type":   oneOf("PRIMARY", "SECONDARY"),
			},
			Check: checkRecord,
			Put:   putRecord,
		},
		healthCheck: {
			ID: "{uuid}", Global: true, Tagged: true,
			Missing: "NoSuchHealthCheck", InUse: "HealthCheckInUse",
			Outputs: map[string]any{
				"arn": "arn:aws:route53:::healthcheck/{id}", "invertHealthcheck": false, "measureLatency": false, "disabled": false, "triggers": map[string]any{},
				"childHealthThreshold": 0, "insufficientDataHealthStatus": "", "ipAddress": "", "routingControlArn": "", "searchString": "",
			},
			Replace: []string{"type", "requestInterval", "measureLatency", "ipAddress", "referenceName"},
			Valid: map[string]Rule{
				"requestInterval": oneOf("10", "30"), "failureThreshold": between(1, 10), "port": between(1, 65535),
				"type":                 oneOf("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP", "CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"),
				"childHealthThreshold": between(0, 256),
			},
			Put: putHealthCheck,
		},
		signingKey: {
			ID: "{hostedZoneId},{name}", Global: true,
			Missing: "NoSuchKeySigningKey", Taken: "KeySigningKeyAlreadyExists", InUse: "KeySigningKeyInParentDSRecord",
			Outputs: map[string]any{
				"status": "ACTIVE", "digestAlgorithmMnemonic": "SHA-256", "digestAlgorithmType": 2, "digestValue": "{hex64}", "flag": 257,
				"keyTag": 12345, "publicKey": "{lower64}", "signingAlgorithmMnemonic": "ECDSAP256SHA256", "signingAlgorithmType": 13,
				"dnskeyRecord": func(r *Resource) any { return "257 3 13 " + r.output("publicKey", "{lower64}").(string) },
				"dsRecord":     func(r *Resource) any { return "12345 13 2 " + r.output("digestValue", "{hex64}").(string) },
			},
			Replace: []string{"hostedZoneId", "name"},
			Valid:   map[string]Rule{"name": match(`^[A-Za-z0-9_]{3,128}$`, "only alphanumeric characters and underscores are allowed")},
			Put:     putSigningKey,
			Delete: func(a *Account, r *Resource) error {
				if len(signingKeys(a, r)) == 1 && a.find(zoneSigning, Global, r.Properties["hostedZoneId"]) != nil {
					return apiError("KeySigningKeyInUse", "%s is the only active key-signing key of a signed zone", r.ID)
				}
				return nil
			},
		},
		zoneSigning: {
			ID: "{hostedZoneId}", Global: true,
			Missing: "DNSSECNotFound", Taken: "InvalidArgument",
			Outputs: map[string]any{"signingStatus": "SIGNING"},
			Replace: []string{"hostedZoneId"},
			Put: func(a *Account, r *Resource) error {
				if len(signingKeys(a, r)) == 0 {
					return apiError("KeySigningKeyWithActiveStatusNotFound", "%v has no active key signing key", r.Properties["hostedZoneId"])
				}
				return nil
			},
		},
	})
}

// checkRecord requires records or aliases but not both, and at most one routing policy. A
// routing policy requires a set identifier.
func checkRecord(p Properties) (problems []Problem) {
	if p["records"] != nil && p["aliases"] != nil || p["records"] == nil && p["aliases"] == nil {
		problems = append(problems, Problem{"records", "one of `alias,records` must be specified"})
	}
	given := policiesOf(p)
	if len(given) > 1 {
		problems = append(problems, Problem{given[1], fmt.Sprintf("conflicts with %s", given[0])})
	}
	if len(given) > 0 && p["setIdentifier"] == nil {
		problems = append(problems, Problem{given[0], "all of `" + given[0] + ",set_identifier` must be specified"})
	}
	return problems
}

func policiesOf(p Properties) []string {
	return slices.DeleteFunc(slices.Clone(policies), func(policy string) bool {
		list, _ := p[policy].([]any)
		return len(list) == 0
	})
}

// putRecord returns Route 53's error if a record conflicts with its zone: a name outside the
// zone, a name and type that another record has, or an alias for a missing record.
func putRecord(a *Account, r *Resource) error {
	home := a.find(zone, r.Region, r.Properties["zoneId"])
	if home == nil {
		return nil
	}
	name, kind := r.Properties["name"], r.Properties["type"]
	apex := text(home.Properties, "name")
	if host := text(r.Properties, "name"); kind == "CNAME" && host == apex || host != apex && !strings.HasSuffix(host, "."+apex) {
		return apiError("InvalidChangeBatch", "RRSet with DNS name %s and type %v is not permitted in zone %s", host, kind, apex)
	}
	for _, other := range a.All(func(o *Resource) bool {
		return o.Type == record && o.ID != r.ID && o.Properties["zoneId"] == r.Properties["zoneId"] && o.Properties["name"] == name && o.Properties["type"] == kind
	}) {
		if !slices.Equal(policiesOf(other.Properties), policiesOf(r.Properties)) || len(policiesOf(r.Properties)) == 0 {
			return apiError("InvalidChangeBatch", "RRSet with DNS name %v, type %v cannot be created as other RRSets exist with the same name and type", name, kind)
		}
	}
	for _, value := range at(r.Properties, "aliases[]") {
		alias := value.(map[string]any)
		if alias["zoneId"] != r.Properties["zoneId"] {
			continue
		}
		if len(a.All(func(o *Resource) bool {
			return o.Type == record && o.Properties["zoneId"] == alias["zoneId"] && o.Properties["fqdn"] == alias["name"] && o.Properties["type"] == kind
		})) == 0 {
			return apiError("InvalidChangeBatch", "tried to create an alias that targets %v, type %v in zone %v, but the alias target name does not exist", alias["name"], kind, alias["zoneId"])
		}
	}
	return nil
}

// putHealthCheck refuses a calculated health check without children or with the settings of an
// endpoint, and an endpoint's health check without a host
// (https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html).
func putHealthCheck(_ *Account, r *Resource) error {
	calculated := r.Properties["type"] == "CALCULATED"
	if calculated && len(at(r.Properties, "childHealthchecks[]")) == 0 {
		return apiError("InvalidInput", "ChildHealthChecks must be specified for health checks of type CALCULATED")
	}
	for _, setting := range []string{"fqdn", "port", "resourcePath", "requestInterval", "failureThreshold"} {
		if calculated && r.Properties[setting] != nil {
			return apiError("InvalidInput", "%s cannot be specified for health checks of type CALCULATED", setting)
		}
	}
	if r.Properties["type"] == "HTTPS" && text(r.Properties, "fqdn") == "" && text(r.Properties, "ipAddress") == "" {
		return apiError("InvalidInput", "Invalid parameter : Either FullyQualifiedDomainName or IPAddress must be specified")
	}
	return nil
}

// signingKeys returns the key-signing keys of a resource's zone.
func signingKeys(a *Account, r *Resource) []*Resource {
	return a.All(func(k *Resource) bool {
		return k.Type == signingKey && k.Properties["hostedZoneId"] == r.Properties["hostedZoneId"]
	})
}

// putSigningKey requires a KMS key that DNSSEC supports, and at most two keys in a zone.
func putSigningKey(a *Account, r *Resource) error {
	if len(signingKeys(a, r)) >= 2 && a.Get(r.Type, r.Region, r.ID) == nil {
		return apiError("TooManyKeySigningKeys", "a hosted zone has at most 2 key-signing keys")
	}
	key := a.find(kmsKey, awstypes.EdgeRegion, r.Properties["keyManagementServiceArn"])
	if key == nil || key.Properties["customerMasterKeySpec"] != "ECC_NIST_P256" || key.Properties["keyUsage"] != "SIGN_VERIFY" {
		return apiError("InvalidKMSArn", "%v is not an ECC_NIST_P256 key for SIGN_VERIFY in us-east-1", r.Properties["keyManagementServiceArn"])
	}
	return nil
}
