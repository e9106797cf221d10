package driver

// Spec is what is wanted of a resource: a *Network, *Key, *Database, *ObjectStore
// or *EdgeCache. The provider has checked it against its Rules.
type Spec interface {
	Kind() Kind
	Base() *Common
	Rules(site string) []Rule
}

// Common is what every resource has.
type Common struct {
	Name               string `pulumi:"name" provider:"replaceOnChanges"`
	DeletionProtection *bool  `pulumi:"deletionProtection,optional"`
	// Driver and Endpoint follow from the provider's configuration.
	Driver   string `pulumi:"driver,optional"`
	Endpoint string `pulumi:"endpoint,optional"`
}

// Base returns the part of a Spec that every resource has.
func (c *Common) Base() *Common { return c }

// Protected reports whether data may not be lost. That is so unless somebody says otherwise.
func (c *Common) Protected() bool { return c.DeletionProtection == nil || *c.DeletionProtection }

// Network is a private network that spans halls, with a way to the internet.
type Network struct {
	Common
	CidrBlock string `pulumi:"cidrBlock" provider:"replaceOnChanges"`
	Halls     int    `pulumi:"halls"`
	Uplinks   int    `pulumi:"uplinks"`
}

// Key encrypts data at rest, and never leaves the site.
type Key struct {
	Common
	Purpose      string `pulumi:"purpose" provider:"replaceOnChanges"`
	RotationDays int    `pulumi:"rotationDays"`
}

// Database is a PostgreSQL server with copies in other halls, on port 5432 of its endpoint.
type Database struct {
	Common
	Engine              string `pulumi:"engine" provider:"replaceOnChanges"`
	EngineVersion       string `pulumi:"engineVersion"`
	DatabaseName        string `pulumi:"databaseName" provider:"replaceOnChanges"`
	Username            string `pulumi:"username" provider:"replaceOnChanges"`
	Password            string `pulumi:"password" provider:"secret"`
	VCPUs               int    `pulumi:"vcpus"`
	MemoryGiB           int    `pulumi:"memoryGiB"`
	StorageGiB          int    `pulumi:"storageGiB"`
	MaxStorageGiB       int    `pulumi:"maxStorageGiB"`
	Copies              int    `pulumi:"copies"`
	BackupRetentionDays int    `pulumi:"backupRetentionDays"`
	Network             string `pulumi:"network" provider:"replaceOnChanges"`
	Key                 string `pulumi:"key" provider:"replaceOnChanges"`
	TLSRequired         *bool  `pulumi:"tlsRequired,optional"`
}

// ObjectStore is private storage for objects, over HTTPS on its endpoint.
type ObjectStore struct {
	Common
	CapacityTiB   int    `pulumi:"capacityTiB"`
	Versioning    *bool  `pulumi:"versioning,optional"`
	Key           string `pulumi:"key" provider:"replaceOnChanges"`
	TLSMinVersion string `pulumi:"tlsMinVersion"`
}

// EdgeCache serves an object store to viewers, over HTTPS on its endpoint.
type EdgeCache struct {
	Common
	Origin        string `pulumi:"origin"`
	CapacityGbps  int    `pulumi:"capacityGbps"`
	TLSMinVersion string `pulumi:"tlsMinVersion"`
}

// Kind is KindNetwork.
func (*Network) Kind() Kind { return KindNetwork }

// Kind is KindKey.
func (*Key) Kind() Kind { return KindKey }

// Kind is KindDatabase.
func (*Database) Kind() Kind { return KindDatabase }

// Kind is KindObjectStore.
func (*ObjectStore) Kind() Kind { return KindObjectStore }

// Kind is KindEdgeCache.
func (*EdgeCache) Kind() Kind { return KindEdgeCache }

// NewSpec returns an empty Spec of a kind.
func NewSpec(kind Kind) Spec {
	switch kind {
	case KindNetwork:
		return &Network{}
	case KindKey:
		return &Key{}
	case KindDatabase:
		return &Database{}
	case KindObjectStore:
		return &ObjectStore{}
	default:
		return &EdgeCache{}
	}
}
