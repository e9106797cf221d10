package awstypes

// Types of local data centres, whose resources the plugin localdc manages.
const (
	LocalNetwork     = "localdc:index:Network"
	LocalKey         = "localdc:index:Key"
	LocalDatabase    = "localdc:index:Database"
	LocalObjectStore = "localdc:index:ObjectStore"
	LocalEdgeCache   = "localdc:index:EdgeCache"
)

var local = map[string]Type{
	LocalNetwork: {
		Stateful: true,
	},
	LocalKey: {
		Stateful: true,
	},
	LocalDatabase: {
		Stateful:      true,
		Holds:         Database,
		Readers:       AtEndpoint,
		KeyProperties: []KeyProperty{{Path: "key"}},
	},
	LocalObjectStore: {
		Stateful:      true,
		Holds:         Objects,
		Readers:       AtEndpoint,
		KeyProperties: []KeyProperty{{Path: "key"}},
	},
	LocalEdgeCache: {},
}
