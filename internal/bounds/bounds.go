// Package bounds states the limits of databases, stores and networks once: for the
// components, the configuration, the guardrails and the provider of local data centres.
package bounds

// PostgreSQL.
const (
	// DefaultEngineVersion is the major version that all client libraries in use support.
	DefaultEngineVersion = "16"
	// MinStorageGiB is the minimum for PostgreSQL on RDS.
	MinStorageGiB = 20
	// MaxStorageGiB is the maximum on RDS.
	MaxStorageGiB = 65536
	// MaxReadReplicas is the maximum per PostgreSQL server on RDS.
	MaxReadReplicas = 15
	// MinBackupDays is the minimum retention of backups that the guardrails accept.
	MinBackupDays = 7
	// MaxBackupDays is the longest retention of automated backups on RDS.
	MaxBackupDays = 35
)

// EngineVersions are the accepted major versions of PostgreSQL. AWS chooses the minor
// version and upgrades it; Pulumi reports no difference for a minor upgrade.
var EngineVersions = []string{"15", "16", "17"}

// CanGrow reports whether storage may grow from one size to another, in GiB: RDS requires a
// maximum of at least a tenth above the initial size.
func CanGrow(storageGiB, maxStorageGiB int) bool { return 10*maxStorageGiB >= 11*storageGiB }

// Rate limits of firewalls, in requests of one client in five minutes.
const (
	// MinRateLimit is the minimum of AWS WAF.
	MinRateLimit = 10
	// MaxRateLimit is the maximum of AWS WAF.
	MaxRateLimit = 2_000_000_000
)

// Local data centres.
const (
	// MinRedundancy is the minimum of halls, uplinks and copies of a database.
	MinRedundancy = 2
	// MaxRedundancy is the maximum of each.
	MaxRedundancy = 8
	// MaxVCPUs is the maximum of a database.
	MaxVCPUs = 128
	// MinMemoryGiB is the minimum of a database.
	MinMemoryGiB = 2
	// MaxMemoryGiB is the maximum of a database.
	MaxMemoryGiB = 4096
	// MaxCapacityTiB is the maximum of an object store.
	MaxCapacityTiB = 10240
	// MaxCapacityGbps is the maximum of an edge cache or a load balancer.
	MaxCapacityGbps = 1000
	// MinRotationDays is the shortest time between rotations of a key.
	MinRotationDays = 90
	// MaxRotationDays is the longest time between rotations, the default of AWS KMS.
	MaxRotationDays = 365
)
