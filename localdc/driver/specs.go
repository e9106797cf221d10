package driver

// Spec is a resource's wanted properties: a *Network, *Key, *Database, *ObjectStore or
// *EdgeCache. The provider checks it against its Rules before it calls the driver.
type Spec interface {
	Kind() Kind
	Base() *Common
	Rules(site string) []Rule
}

// Common holds the properties that every resource has.
type Common struct {
	Name               string `pulumi:"name" provider:"replaceOnChanges"`
	DeletionProtection *bool  `pulumi:"deletionProtection,optional"`
	// Driver and Endpoint are set by the provider from its configuration.
	Driver   string `pulumi:"driver,optional"`
	Endpoint string `pulumi:"endpoint,optional"`
}

// Base returns the properties that every resource has.
func (c *Common) Base() *Common { return c }

// Protected reports whether the resource's deletion is refused. The default is true.
func (c *Common) Protected() bool { return c.DeletionProtection == nil || *c.DeletionProtection }

// Network is a private network that spans halls, with access to the internet.
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

// Kind returns KindNetwork.
func (*Network) Kind() Kind { return KindNetwork }

// Kind returns KindKey.
func (*Key) Kind() Kind { return KindKey }

// Kind returns KindDatabase.
func (*Database) Kind() Kind { return KindDatabase }

// Kind returns KindObjectStore.
func (*ObjectStore) Kind() Kind { return KindObjectStore }

// Kind returns KindEdgeCache.
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
