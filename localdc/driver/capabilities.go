package driver

import (
	"maps"
	"slices"
)

// Capability is a feature that the AWS sites use and a facility may lack.
type Capability string

// Support describes a driver's support of a capability.
type Support struct {
	// Local describes how the facility provides the capability. Empty if it does not.
	Local string
	// Remark describes the consequences, or a replacement.
	Remark string
}

// onAWS maps every capability to a description of how the AWS sites provide it.
var onAWS = map[Capability]string{
	"access-logs":              "for buckets, CDN, entry and firewall, in a separate bucket",
	"alarms":                   "CloudWatch, with notifications through an encrypted topic",
	"automatic-minor-upgrades": "RDS, in its maintenance window",
	"certificate-renewal":      "ACM, with an alarm before a certificate expires",
	"connection-draining":      "load balancer, before a target is removed",
	"credential-store":         "Secrets Manager, read through IAM",
	"database-monitoring":      "RDS Performance Insights and enhanced monitoring",
	"ddos-protection":          "Shield Standard",
	"edge-locations":           "CloudFront, in the price class for the site's markets",
	"final-backup":             "a final snapshot of a deleted database",
	"flow-logs":                "all traffic of the VPC, kept for a year",
	"health-checks":            "load balancer, of each target",
	"http-2":                   "load balancer and CloudFront",
	"identity-authentication":  "IAM, for databases and buckets",
	"key-deletion-window":      "KMS, 30 days",
	"key-rotation":             "KMS, every year",
	"multi-hall":               "at least two availability zones",
	"network-tiers":            "public, private and data subnets, with security groups",
	"object-versioning":        "S3",
	"point-in-time-recovery":   "RDS, to any second of 35 days",
	"private-endpoints":        "VPC endpoints",
	"read-replicas":            "RDS, up to 15 per database",
	"slow-start":               "load balancer, for new targets",
	"storage-autoscaling":      "RDS, up to maxStorageGiB",
	"synchronous-replication":  "RDS Multi-AZ",
	"tls-1.3":                  "load balancer and CloudFront, in addition to TLS 1.2",
	"web-firewall":             "WAF at CDN and entry, with AWS's managed rules and a rate limit",
}

// AllCapabilities lists every capability, sorted.
var AllCapabilities = slices.Sorted(maps.Keys(onAWS))

// Gap is a capability of the AWS sites that a driver lacks.
type Gap struct {
	Capability string `pulumi:"capability"`
	AWS        string `pulumi:"aws"`
	Remark     string `pulumi:"remark"`
}

// Gaps returns the capabilities that a driver lacks, sorted by name.
func Gaps(d Driver) []Gap {
	gaps, has := []Gap{}, d.Capabilities()
	for _, c := range AllCapabilities {
		if has[c].Local == "" {
			gaps = append(gaps, Gap{string(c), onAWS[c], has[c].Remark})
		}
	}
	return gaps
}
