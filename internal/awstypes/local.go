package awstypes

// Types of local data centres, whose resources the plugin localdc manages.
const (
	LocalNetwork      = "localdc:index:Network"
	LocalKey          = "localdc:index:Key"
	LocalDatabase     = "localdc:index:Database"
	LocalObjectStore  = "localdc:index:ObjectStore"
	LocalEdgeCache    = "localdc:index:EdgeCache"
	LocalLoadBalancer = "localdc:index:LoadBalancer"
)

// LocalPluginURL is the download URL of the plugin localdc, for the engine's error when the
// plugin is missing. The engine does not support its scheme, so the engine fails at once, and
// never downloads a plugin of this name from elsewhere.
const LocalPluginURL = "run-make-plugin://localdc"

var local = map[string]Type{
	LocalNetwork: {
		Stateful: true,
		Plain:    paths("cidrBlock deletionProtection driver endpoint halls name uplinks"),
	},
	LocalKey: {
		Stateful: true,
		Plain:    paths("deletionProtection driver endpoint name purpose rotationDays"),
	},
	LocalDatabase: {
		Stateful:      true,
		Holds:         Database,
		Readers:       AtEndpoint,
		KeyProperties: []KeyProperty{{Path: "key"}},
		Names:         []Ref{{"key", LocalKey}, {"network", LocalNetwork}},
		Plain: paths(`
			backupRetentionDays copies databaseName deletionProtection driver endpoint engine engineVersion
			maxStorageGiB memoryGiB name password storageGiB tlsRequired username vcpus
		`),
	},
	LocalObjectStore: {
		Stateful:      true,
		Holds:         Objects,
		Readers:       AtEndpoint,
		KeyProperties: []KeyProperty{{Path: "key"}},
		Names:         []Ref{{"key", LocalKey}},
		Plain:         paths("capacityTiB deletionProtection driver endpoint name tlsMinVersion versioning"),
	},
	LocalEdgeCache: {
		Names: []Ref{{"origin", LocalObjectStore}},
		Plain: paths("capacityGbps deletionProtection driver endpoint name tlsMinVersion"),
	},
	LocalLoadBalancer: {
		Names: []Ref{{"network", LocalNetwork}},
		Plain: paths(`
			capacityGbps deletionProtection driver endpoint name rateLimit rateLimitAction redirectHttp
			services[].hostnames[] services[].livePath services[].name services[].port services[].protocol tlsMinVersion
		`),
	},
}
