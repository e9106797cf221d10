package driver

import (
	"maps"
	"slices"
)

// Capability is something that the AWS sites rely on and a facility may lack.
type Capability string

// Support is what a driver has of a capability.
type Support struct {
	// Local says how, empty if it has nothing of the kind.
	Local string
	// Remark says what follows, or what is done instead.
	Remark string
}

// onAWS is every capability, with what the AWS sites have of it.
var onAWS = map[Capability]string{
	"access-logs":              "of buckets, CDN and firewall, in a bucket of their own",
	"alarms":                   "CloudWatch, told by an encrypted topic",
	"automatic-minor-upgrades": "RDS, in its maintenance window",
	"credential-store":         "Secrets Manager, read through IAM",
	"database-monitoring":      "RDS Performance Insights and enhanced monitoring",
	"ddos-protection":          "Shield Standard",
	"edge-locations":           "CloudFront, as the site's markets need",
	"final-backup":             "a last snapshot of a deleted database",
	"flow-logs":                "all traffic of the VPC, for a year",
	"identity-authentication":  "IAM, for databases and buckets",
	"key-deletion-window":      "KMS, 30 days",
	"key-rotation":             "KMS, every year",
	"multi-hall":               "at least two availability zones",
	"network-tiers":            "public, private and data subnets, with security groups",
	"object-versioning":        "S3",
	"point-in-time-recovery":   "RDS, to any second of 35 days",
	"private-endpoints":        "VPC endpoints",
	"read-replicas":            "RDS, up to 15 of a database",
	"storage-autoscaling":      "RDS, up to maxStorageGiB",
	"synchronous-replication":  "RDS Multi-AZ",
	"web-firewall":             "WAF, with AWS's managed rules and a rate limit",
}

// AllCapabilities lists every capability, sorted.
var AllCapabilities = slices.Sorted(maps.Keys(onAWS))

// Gap is a capability of the AWS sites that a driver lacks.
type Gap struct {
	Capability string `pulumi:"capability"`
	AWS        string `pulumi:"aws"`
	Remark     string `pulumi:"remark"`
}

// Gaps lists what a driver lacks, sorted by capability.
func Gaps(d Driver) []Gap {
	gaps, has := []Gap{}, d.Capabilities()
	for _, c := range AllCapabilities {
		if has[c].Local == "" {
			gaps = append(gaps, Gap{string(c), onAWS[c], has[c].Remark})
		}
	}
	return gaps
}
