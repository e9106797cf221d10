package localdc

// What the plugin accepts, for programs that check all of a site at once.
const (
	// MinRedundancy and MaxRedundancy are the bounds of halls, uplinks and copies.
	MinRedundancy, MaxRedundancy = 2, 8
	// MaxVCPUs is the most virtual processors of a database.
	MaxVCPUs = 128
	// MinMemoryGiB and MaxMemoryGiB are the bounds of a database's memory.
	MinMemoryGiB, MaxMemoryGiB = 2, 4096
	// MaxCapacityTiB is the most that an object store has.
	MaxCapacityTiB = 10240
	// MaxCapacityGbps is the most that an edge cache serves.
	MaxCapacityGbps = 1000
)
