package siteconfig

import (
	"regexp"
	"time"

	"example.com/multisite/components"
	"example.com/multisite/components/localdc"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/config"
	"example.com/multisite/register"
)

// Local is the configuration of a local site, in place of an AWS region.
type Local struct {
	// Country is the market that the data centre is in.
	Country string
	// Domain is the domain of the site's endpoints.
	Domain  string
	Partner Partner
	// Halls and Uplinks are the numbers of the network's halls and uplinks.
	Halls, Uplinks int
	// CdnGbps is the capacity of the edge cache in Gbit/s, and ContentTiB the capacity of the
	// bucket behind it in TiB.
	CdnGbps, ContentTiB int
	// Entry are the settings of the load balancer.
	Entry localdc.LoadBalancerArgs
}

// LocalService is the configuration of a service at a local site.
type LocalService struct {
	Database *localdc.DatabaseArgs // nil if the service has no database
	Buckets  map[string]localdc.ObjectStoreArgs
}

// Partner is the company that runs the data centre of a local site.
type Partner struct {
	// Driver is the driver of the plugin localdc that provisions at the partner.
	Driver         string
	Facility, City string
	// Contact is a role and never a person, since people change jobs.
	Contact string
	// PlannedDate is the date from which the site will serve, such as 2015-12-31.
	PlannedDate string
	// Settings are settings of the driver.
	Settings map[string]string
}

const (
	// Placeholder is the driver of planned sites: it provisions nothing.
	Placeholder = "placeholder"
	// LocalTLS is the lowest TLS version of buckets, the CDN and the load balancer, as at AWS
	// sites.
	LocalTLS = "1.2"

	// defaultDomain is under a domain that is reserved for examples (RFC 2606).
	defaultDomain = "sites.example.com"
	// databaseCopies is the number of copies that RDS has with Multi-AZ.
	databaseCopies = 2
	// defaultEntryGbps is the default capacity of the load balancer in Gbit/s. It is assumed;
	// load balancers of AWS sites grow with their load.
	defaultEntryGbps = 10
	// defaultEntryRateLimit is the default of AWS sites.
	defaultEntryRateLimit = 2000
)

var (
	anyLine    = regexp.MustCompile(`^\S.*$`)
	driverName = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
)

// IsLocal reports whether the site is in a local data centre.
func (s *Site) IsLocal() bool { return s.Local != nil }

// Planned reports whether the site is local and its driver provisions nothing.
func (s *Site) Planned() bool { return s.Local != nil && s.Local.Partner.Driver == Placeholder }

// loadLocal reads the configuration of a local site.
func loadLocal(root config.Node, site *Site, reg *register.Register) {
	root.Fields("provider", "country", "domain", "partner", "network", "cdn", "entry", "services", "deletionProtection", "exceptions")
	entry := reg.Sites[site.Name]
	pinned(root.Field("provider"), entry.Provider)
	network, cdn := root.Field("network"), root.Field("cdn")
	network.Fields("cidrBlock", "halls", "uplinks")
	cdn.Fields("capacityGbps", "contentTiB")
	site.Network.CidrBlock = pinned(network.Field("cidrBlock"), entry.CidrBlock)
	site.Local = &Local{
		Country: pinned(root.Field("country"), entry.Country),
		Domain:  root.Field("domain").TextOr(defaultDomain, components.Hostname, "a domain such as "+defaultDomain),
		Partner: loadPartner(root.Field("partner"), entry.City),
		Halls:   network.Field("halls").Number(bounds.MinRedundancy, bounds.MaxRedundancy),
		Uplinks: network.Field("uplinks").Number(bounds.MinRedundancy, bounds.MaxRedundancy),
		CdnGbps: cdn.Field("capacityGbps").Number(1, bounds.MaxCapacityGbps),

		ContentTiB: cdn.Field("contentTiB").Number(1, bounds.MaxCapacityTiB),
		Entry:      loadLocalEntry(root.Field("entry")),
	}
	loadServices(root.Field("services"), site, reg, loadLocalService)
}

// loadLocalEntry reads multisite:entry, the settings of a local site's load balancer.
func loadLocalEntry(n config.Node) localdc.LoadBalancerArgs {
	n.Fields("capacityGbps", "rateLimit", "rateLimitAction")
	return localdc.LoadBalancerArgs{
		CapacityGbps:    n.Field("capacityGbps").NumberOr(defaultEntryGbps, 1, bounds.MaxCapacityGbps),
		RateLimit:       n.Field("rateLimit").NumberOr(defaultEntryRateLimit, components.MinRateLimit, components.MaxRateLimit),
		RateLimitAction: string(config.Choice(n.Field("rateLimitAction"), components.CountRequests, components.RateLimitActions)),
		TLSMinVersion:   LocalTLS,
	}
}

func loadPartner(n config.Node, city string) Partner {
	n.Fields("driver", "facility", "city", "contact", "plannedDate", "settings")
	date := n.Field("plannedDate")
	planned, _ := date.Value.(string)
	if _, err := time.Parse(time.DateOnly, planned); err != nil {
		date.Problem(`a date in quotes, such as "2015-12-31"`)
	}
	partner := Partner{
		Driver:      n.Field("driver").Match(driverName, "the name of a driver, such as placeholder"),
		Facility:    n.Field("facility").Match(anyLine, "text, in one line"),
		City:        pinned(n.Field("city"), city),
		Contact:     n.Field("contact").Match(config.Role, "a role such as head of procurement, never a person"),
		PlannedDate: planned,
		Settings:    map[string]string{},
	}
	settings := n.Field("settings")
	for _, name := range settings.Children() {
		partner.Settings[name] = settings.Field(name).Text()
	}
	return partner
}

func loadLocalService(n config.Node, service *Service) {
	service.Local = &LocalService{Buckets: map[string]localdc.ObjectStoreArgs{}}
	if database := n.Field("database"); database.Value != nil {
		service.Local.Database = loadLocalDatabase(database)
	}
	for _, name := range bucketNames(n) {
		bucket := n.Field("buckets").Field(name)
		bucket.Fields("capacityTiB")
		service.Local.Buckets[name] = localdc.ObjectStoreArgs{
			CapacityTiB: bucket.Field("capacityTiB").Number(1, bounds.MaxCapacityTiB), TLSMinVersion: LocalTLS,
		}
	}
}

func loadLocalDatabase(n config.Node) *localdc.DatabaseArgs {
	n.Fields("engineVersion", "vcpus", "memoryGiB", "storageGiB", "maxStorageGiB")
	database := &localdc.DatabaseArgs{
		EngineVersion:       n.Field("engineVersion").OneOf(bounds.DefaultEngineVersion, bounds.EngineVersions...),
		VCPUs:               n.Field("vcpus").Number(1, bounds.MaxVCPUs),
		MemoryGiB:           n.Field("memoryGiB").Number(bounds.MinMemoryGiB, bounds.MaxMemoryGiB),
		Copies:              databaseCopies,
		BackupRetentionDays: bounds.MaxBackupDays,
		Username:            components.MasterUser,
	}
	database.StorageGiB, database.MaxStorageGiB = loadStorage(n)
	return database
}
