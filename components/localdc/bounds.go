package localdc

// What the plugin accepts, for programs that check all of a site at once.
const (
	// MinRedundancy is the fewest halls, uplinks or copies.
	MinRedundancy = 2
	// MaxRedundancy is the most of each.
	MaxRedundancy = 8
	// MaxVCPUs is the most virtual processors of a database.
	MaxVCPUs = 128
	// MinMemoryGiB is the least memory of a database.
	MinMemoryGiB = 2
	// MaxMemoryGiB is the most.
	MaxMemoryGiB = 4096
	// MaxCapacityTiB is the most that an object store has.
	MaxCapacityTiB = 10240
	// MaxCapacityGbps is the most that an edge cache serves.
	MaxCapacityGbps = 1000
)

// KeyRotationDays is how often keys are rotated, in days: as often as AWS KMS rotates by default.
const KeyRotationDays = 365
