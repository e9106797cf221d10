package rfq

import (
	"fmt"
	"net/netip"

	"example.com/multisite/components"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// Requirements are what the partner of a local site is asked to quote on. They
// follow from the configuration alone.
type Requirements struct {
	Site    string `json:"site"`
	Country string `json:"country"`
	// Facility, City, Contact and PlannedDate are what is settled with the partner.
	Facility    string        `json:"facility"`
	City        string        `json:"city"`
	Contact     string        `json:"contact"`
	PlannedDate string        `json:"plannedDate"`
	Network     NetworkNeeds  `json:"network"`
	Databases   []ServerNeeds `json:"databases"`
	Storage     []StoreNeeds  `json:"storage"`
	Totals      Totals        `json:"totals"`
	// Terms hold for all of it.
	Terms []Term      `json:"terms"`
	Laws  []MarketLaw `json:"laws"`
}

// NetworkNeeds are the network's, and those of the cache at its edge.
type NetworkNeeds struct {
	Halls       int           `json:"halls"`
	Uplinks     int           `json:"uplinks"`
	CdnGbps     int           `json:"cdnGbps"`
	Domain      string        `json:"domain"`
	CidrBlock   string        `json:"cidrBlock"`
	AddressPlan []AddressPart `json:"addressPlan"`
}

// AddressPart is a tier's part of the address block, of which each hall takes an eighth.
type AddressPart struct {
	Tier  string `json:"tier"`
	Block string `json:"block"`
}

// ServerNeeds are those of one database. VCPUs to MaxStorageGiB are of each copy.
type ServerNeeds struct {
	Service       string `json:"service"`
	Engine        string `json:"engine"`
	Copies        int    `json:"copies"`
	VCPUs         int    `json:"vcpus"`
	MemoryGiB     int    `json:"memoryGiB"`
	StorageGiB    int    `json:"storageGiB"`
	MaxStorageGiB int    `json:"maxStorageGiB"`
}

// StoreNeeds are those of one object store.
type StoreNeeds struct {
	Purpose     string `json:"purpose"`
	CapacityTiB int    `json:"capacityTiB"`
}

// Totals are over all databases, with their copies, and all stores.
type Totals struct {
	VCPUs         int `json:"vcpus"`
	MemoryGiB     int `json:"memoryGiB"`
	StorageGiB    int `json:"storageGiB"`
	MaxStorageGiB int `json:"maxStorageGiB"`
	CapacityTiB   int `json:"capacityTiB"`
}

// Term is a condition in plain words.
type Term struct {
	Topic string `json:"topic"`
	Text  string `json:"text"`
}

// MarketLaw is the law of a market that the site serves.
type MarketLaw struct {
	Market string `json:"market"`
	register.Law
}

// NewRequirements derives what a local site needs.
func NewRequirements(site *siteconfig.Site, reg *register.Register) Requirements {
	local := site.Local
	r := Requirements{
		Site: site.Name, Country: reg.Markets[local.Country].Name,
		Facility: local.Partner.Facility, City: local.Partner.City, Contact: local.Partner.Contact, PlannedDate: local.Partner.PlannedDate,
		Network: NetworkNeeds{
			Halls: local.Halls, Uplinks: local.Uplinks, CdnGbps: local.CdnGbps, Domain: local.Domain, CidrBlock: site.Network.CidrBlock,
		},
		Storage: []StoreNeeds{{"public content of the CDN", local.ContentTiB}},
		Totals:  Totals{CapacityTiB: local.ContentTiB},
		Terms:   terms,
	}
	block := netip.MustParsePrefix(site.Network.CidrBlock)
	for _, tier := range components.Tiers {
		r.Network.AddressPlan = append(r.Network.AddressPlan, AddressPart{string(tier), components.TierBlock(block, tier).String()})
	}
	markets := map[string]bool{}
	for _, name := range ordered.Keys(site.Services) {
		service, title := site.Services[name], reg.Services[name].Name
		for _, code := range service.Markets {
			markets[code] = true
		}
		if d := service.Local.Database; d != nil {
			r.Databases = append(r.Databases, ServerNeeds{title, "PostgreSQL " + d.EngineVersion, d.Copies, d.VCPUs, d.MemoryGiB, d.StorageGiB, d.MaxStorageGiB})
			r.Totals.VCPUs += d.Copies * d.VCPUs
			r.Totals.MemoryGiB += d.Copies * d.MemoryGiB
			r.Totals.StorageGiB += d.Copies * d.StorageGiB
			r.Totals.MaxStorageGiB += d.Copies * d.MaxStorageGiB
		}
		for _, purpose := range ordered.Keys(service.Local.Buckets) {
			capacity := service.Local.Buckets[purpose].CapacityTiB
			r.Storage = append(r.Storage, StoreNeeds{title + ": " + purpose, capacity})
			r.Totals.CapacityTiB += capacity
		}
	}
	for _, code := range ordered.Keys(markets) {
		r.Laws = append(r.Laws, MarketLaw{reg.Markets[code].Name, reg.Markets[code].Law})
	}
	return r
}

// terms are what AWS gives the other sites. The targets are those of its service
// level agreements: that a local site must be as good is an assumption.
var terms = []Term{
	{"halls", "Each hall has power and cooling of its own. The copies of a database and of every object are in different halls, and the loss of one hall loses no data and stops no service."},
	{"uplinks", "Each uplink is another carrier's, and enters the building elsewhere."},
	{"encryption", fmt.Sprintf("All storage and all backups are encrypted, with keys that are ours alone, never leave the site and are rotated every %d days. There is one key for databases and buckets and one for public content.", bounds.MaxRotationDays)},
	{"connections", "Databases refuse connections without TLS; object storage and CDN refuse TLS below " + siteconfig.LocalTLS + ". Nothing but the CDN is reachable from the internet."},
	{"certificates", "The endpoints are under our domain. Their certificates are from a public authority, renewed without us, and their private keys stay at the site."},
	{"database retention", fmt.Sprintf("Databases can be restored to any second of the last %d days. A deleted one leaves a last backup.", bounds.MaxBackupDays)},
	{"object retention", fmt.Sprintf("Replaced and deleted objects can be restored for %d days.", components.NoncurrentDays)},
	{"logs", fmt.Sprintf("Access to databases, objects and the CDN, and all traffic of the network, is logged, and the logs are kept at the site for %d days.", components.DefaultLogRetention)},
	{"deletion", "Nothing that holds data is deleted without our word in writing. What is deleted for good cannot be read from the disks any more."},
	{"location", "Data, backups, logs and keys stay in the country."},
	{"availability of databases", "99.95 % a month, as Amazon RDS with Multi-AZ (https://aws.amazon.com/rds/sla/)."},
	{"availability of objects", "99.9 % a month, as Amazon S3 (https://aws.amazon.com/s3/sla/)."},
	{"availability of the CDN", "99.9 % a month, as Amazon CloudFront (https://aws.amazon.com/cloudfront/sla/)."},
	{"assumptions", "The site is to be as available as the AWS sites, so the targets are those of AWS. Databases are as large as those of the site that stands in; the capacity of storage and CDN is an estimate, to be measured before an order."},
}
