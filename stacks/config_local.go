package stacks

import (
	"regexp"
	"time"

	"multisite/components"
	"multisite/components/localdc"
)

// Local is what a site has in a local data centre instead of a region.
type Local struct {
	// Country is where it is, by the code of a market.
	Country string
	// Domain is what endpoints are under.
	Domain  string
	Partner Partner
	// Halls and Uplinks are the network's.
	Halls, Uplinks int
	// CdnGbps is the capacity of the edge cache, and ContentTiB that of the bucket behind it.
	CdnGbps, ContentTiB int
}

// IsLocal reports whether the site is in a local data centre.
func (s *Site) IsLocal() bool { return s.Local != nil }

// LocalService is what a service has there.
type LocalService struct {
	Database *localdc.DatabaseArgs // none if nil
	Buckets  map[string]localdc.ObjectStoreArgs
}

// Partner is whoever runs the data centre, as far as that is settled.
type Partner struct {
	// Driver provisions there; the plugin knows which there are.
	Driver         string
	Facility, City string
	// Contact is a role, since people change.
	Contact string
	// PlannedDate is when the site is to serve, such as 2015-12-31.
	PlannedDate string
	// Settings are the driver's own.
	Settings map[string]string
}

const (
	// defaultDomain is one that nobody can have (RFC 2606).
	defaultDomain = "sites.example.com"
	// databaseCopies are as many as RDS has with Multi-AZ.
	databaseCopies = 2
	// localTLS is what buckets and the CDN demand at least, as on AWS.
	localTLS = "1.2"
)

var (
	anyLine    = regexp.MustCompile(`^\S.*$`)
	driverName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// loadLocal loads a site of the localdc provider.
func loadLocal(root node, site *Site, register *Register) {
	root.fields("provider", "country", "domain", "partner", "network", "cdn", "services", "deletionProtection", "exceptions")
	entry := register.Sites[site.Name]
	pinned(root.field("provider"), entry.Provider)
	network, cdn := root.field("network"), root.field("cdn")
	network.fields("cidrBlock", "halls", "uplinks")
	cdn.fields("capacityGbps", "contentTiB")
	site.Network.CidrBlock = pinned(network.field("cidrBlock"), entry.CidrBlock)
	site.Local = &Local{
		Country: pinned(root.field("country"), entry.Country),
		Domain:  root.field("domain").textOr(defaultDomain, components.Hostname, "a domain such as "+defaultDomain),
		Partner: loadPartner(root.field("partner")),
		Halls:   network.field("halls").number(localdc.MinRedundancy, localdc.MaxRedundancy),
		Uplinks: network.field("uplinks").number(localdc.MinRedundancy, localdc.MaxRedundancy),
		CdnGbps: cdn.field("capacityGbps").number(1, localdc.MaxCapacityGbps),

		ContentTiB: cdn.field("contentTiB").number(1, localdc.MaxCapacityTiB),
	}
	loadServices(root.field("services"), site, register, loadLocalService)
}

func loadPartner(n node) Partner {
	n.fields("driver", "facility", "city", "contact", "plannedDate", "settings")
	date := n.field("plannedDate")
	planned, _ := date.value.(string)
	if _, err := time.Parse(time.DateOnly, planned); err != nil {
		date.problem(`a date in quotes, such as "2015-12-31"`)
	}
	partner := Partner{
		Driver:      n.field("driver").match(driverName, "the name of a driver, such as placeholder"),
		Facility:    n.field("facility").match(anyLine, "text, in one line"),
		City:        n.field("city").match(anyLine, "text, in one line"),
		Contact:     n.field("contact").match(role, "a role such as head of procurement, never a person"),
		PlannedDate: planned,
		Settings:    map[string]string{},
	}
	settings := n.field("settings")
	for _, name := range settings.children() {
		partner.Settings[name] = settings.field(name).text()
	}
	return partner
}

func loadLocalService(n node, service *Service) {
	service.Local = &LocalService{Buckets: map[string]localdc.ObjectStoreArgs{}}
	if database := n.field("database"); database.value != nil {
		service.Local.Database = loadLocalDatabase(database)
	}
	for _, name := range bucketNames(n) {
		bucket := n.field("buckets").field(name)
		bucket.fields("capacityTiB")
		service.Local.Buckets[name] = localdc.ObjectStoreArgs{
			CapacityTiB: bucket.field("capacityTiB").number(1, localdc.MaxCapacityTiB), TLSMinVersion: localTLS,
		}
	}
}

func loadLocalDatabase(n node) *localdc.DatabaseArgs {
	n.fields("engineVersion", "vcpus", "memoryGiB", "storageGiB", "maxStorageGiB")
	database := &localdc.DatabaseArgs{
		EngineVersion:       n.field("engineVersion").oneOf(components.DefaultEngineVersion, components.EngineVersions...),
		VCPUs:               n.field("vcpus").number(1, localdc.MaxVCPUs),
		MemoryGiB:           n.field("memoryGiB").number(localdc.MinMemoryGiB, localdc.MaxMemoryGiB),
		Copies:              databaseCopies,
		BackupRetentionDays: components.BackupDays,
		Username:            components.MasterUser,
	}
	database.StorageGiB, database.MaxStorageGiB = loadStorage(n)
	return database
}
