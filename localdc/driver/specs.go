package driver

// Spec is a resource's wanted properties: a *Network, *Key, *Database, *ObjectStore, *EdgeCache
// or *LoadBalancer. The provider checks it against its Rules before it calls the driver.
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

// ServedService is a service behind a LoadBalancer.
type ServedService struct {
	Name      string   `pulumi:"name"`
	Hostnames []string `pulumi:"hostnames"`
	Port      int      `pulumi:"port"`
	Protocol  string   `pulumi:"protocol"`
	LivePath  string   `pulumi:"livePath"`
}

// LoadBalancer answers the public names of a site's services over HTTPS, on port 443 of its
// endpoint and of every name, and forwards requests to the services' targets. Before a service is
// in Result.Ready, its names need not be answered.
//
// A request of a name that no service has gets the status 404. Targets are the addresses that
// workloads register with the service's target pool (ID.TargetPool), as the facility's documentation
// states. A target is healthy while requests of LivePath get a status from 200 to 299. Requests go
// to healthy targets alone if there are any. The load balancer adds the client's address to
// X-Forwarded-For, keeps no session at a target, and stores no request except in the access log,
// which stays at the site.
type LoadBalancer struct {
	Common
	Network         string          `pulumi:"network" provider:"replaceOnChanges"`
	Services        []ServedService `pulumi:"services"`
	TLSMinVersion   string          `pulumi:"tlsMinVersion"`
	RedirectHTTP    *bool           `pulumi:"redirectHttp,optional"`
	RateLimit       int             `pulumi:"rateLimit"`
	RateLimitAction string          `pulumi:"rateLimitAction"`
	CapacityGbps    int             `pulumi:"capacityGbps"`
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

// Kind returns KindLoadBalancer.
func (*LoadBalancer) Kind() Kind { return KindLoadBalancer }

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
	case KindEdgeCache:
		return &EdgeCache{}
	default:
		return &LoadBalancer{}
	}
}
