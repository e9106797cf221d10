// Package rfq derives the request for quotation of a local site from its configuration.
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

// Requirements is the content of a local site's request for quotation. It is derived from the
// configuration alone. The stack's output requirements has it as JSON.
type Requirements struct {
	Site string `json:"site"`
	// Country is the country's name.
	Country string `json:"country"`
	// Facility, City, Contact and PlannedDate are agreed with the partner (siteconfig.Partner).
	Facility    string        `json:"facility"`
	City        string        `json:"city"`
	Contact     string        `json:"contact"`
	PlannedDate string        `json:"plannedDate"`
	Network     NetworkNeeds  `json:"network"`
	Databases   []ServerNeeds `json:"databases"`
	Storage     []StoreNeeds  `json:"storage"`
	// Entry is nil if the services have no names.
	Entry  *EntryNeeds `json:"entry,omitempty"`
	Totals Totals      `json:"totals"`
	// Terms are conditions that apply to the whole site.
	Terms []Term `json:"terms"`
	// Laws are the laws of the markets that the site serves.
	Laws []MarketLaw `json:"laws"`
}

// NetworkNeeds describes the network and the CDN. CdnGbps is in Gbit/s.
type NetworkNeeds struct {
	Halls       int           `json:"halls"`
	Uplinks     int           `json:"uplinks"`
	CdnGbps     int           `json:"cdnGbps"`
	Domain      string        `json:"domain"`
	CidrBlock   string        `json:"cidrBlock"`
	AddressPlan []AddressPart `json:"addressPlan"`
}

// AddressPart is a tier's part of the site's address block. Each hall uses an eighth of it.
type AddressPart struct {
	Tier  string `json:"tier"`
	Block string `json:"block"`
}

// ServerNeeds describes one database. VCPUs, MemoryGiB, StorageGiB and MaxStorageGiB are for each
// copy.
type ServerNeeds struct {
	Service       string `json:"service"`
	Engine        string `json:"engine"`
	Copies        int    `json:"copies"`
	VCPUs         int    `json:"vcpus"`
	MemoryGiB     int    `json:"memoryGiB"`
	StorageGiB    int    `json:"storageGiB"`
	MaxStorageGiB int    `json:"maxStorageGiB"`
}

// StoreNeeds describes one object store. Its capacity is without copies.
type StoreNeeds struct {
	Purpose     string `json:"purpose"`
	CapacityTiB int    `json:"capacityTiB"`
}

// EntryNeeds describes the load balancer. Gbps is in Gbit/s, and RateLimit in requests of one client
// in five minutes. RateLimitAction is count or block.
type EntryNeeds struct {
	Gbps            int            `json:"gbps"`
	RateLimit       int            `json:"rateLimit"`
	RateLimitAction string         `json:"rateLimitAction"`
	Services        []EntryService `json:"services"`
}

// EntryService describes how the load balancer answers one service: its names, and the port,
// protocol and health check of its targets.
type EntryService struct {
	Service   string   `json:"service"`
	Hostnames []string `json:"hostnames"`
	Port      int      `json:"port"`
	Protocol  string   `json:"protocol"`
	LivePath  string   `json:"livePath"`
}

// Totals are the sums over all databases with their copies, and over all object stores without.
type Totals struct {
	VCPUs         int `json:"vcpus"`
	MemoryGiB     int `json:"memoryGiB"`
	StorageGiB    int `json:"storageGiB"`
	MaxStorageGiB int `json:"maxStorageGiB"`
	CapacityTiB   int `json:"capacityTiB"`
}

// Term is a condition of the quotation, as text.
type Term struct {
	Topic string `json:"topic"`
	Text  string `json:"text"`
}

// MarketLaw is the law of a market that the site serves. Market is the market's name.
type MarketLaw struct {
	Market string `json:"market"`
	register.Law
}

// NewRequirements returns the requirements of a local site.
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
	if site.Domain != "" {
		r.Entry = &EntryNeeds{Gbps: local.Entry.CapacityGbps, RateLimit: local.Entry.RateLimit, RateLimitAction: local.Entry.RateLimitAction}
	}
	markets := map[string]bool{}
	for _, name := range ordered.Keys(site.Services) {
		service, title := site.Services[name], reg.Services[name].Name
		for _, code := range service.Markets {
			markets[code] = true
		}
		if r.Entry != nil {
			e := service.Entry
			r.Entry.Services = append(r.Entry.Services, EntryService{title, site.Hostnames(name), e.Port, string(e.Protocol), e.LivePath})
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

// terms are the conditions of the quotation: what the AWS sites provide too. The availability
// targets are the targets of AWS's service level agreements. That a local site must meet them is
// an assumption.
var terms = []Term{
	{"halls", "Each hall has separate power and cooling. The copies of a database and of every object are in different halls, and the loss of one hall loses no data and stops no service."},
	{"uplinks", "Each uplink has a different carrier and a different path into the building."},
	{"encryption", fmt.Sprintf("All storage and all backups are encrypted, with keys that only we control, that never leave the site, and that are rotated every %d days. Databases and buckets share one key; public content has another.", bounds.MaxRotationDays)},
	{"connections", "Databases refuse connections without TLS; object storage, CDN and entry refuse TLS below " + siteconfig.LocalTLS + "; CDN and entry offer TLS 1.3 and HTTP/2. Only the CDN and the entry are reachable from the internet."},
	{"certificates", "The endpoints are under our domain, and the entry answers names under our domain. A public authority issues their certificates, which are renewed without our help; we get an alarm for a certificate that expires within 30 days. Their private keys stay at the site. The authority proves control of the names of the entry by CNAME records that we create once; their names must be the site's own where several sites answer a name (ACME account labels)."},
	{"entry", "The entry is a load balancer in all halls. It answers each service under its names, and redirects port 80 to HTTPS. We register targets with it, and remove them, through an interface of yours. It requests the path of the health check of each target, sends requests to healthy targets alone, sends a new target a growing share of requests, and lets the requests to a removed target end. It limits the requests of one client: an address together with a TLS fingerprint. We read requests, errors, latency and unhealthy targets as metrics."},
	{"database retention", fmt.Sprintf("Databases can be restored to any second of the last %d days. The deletion of a database leaves a final backup.", bounds.MaxBackupDays)},
	{"object retention", fmt.Sprintf("Replaced and deleted objects can be restored for %d days.", components.NoncurrentDays)},
	{"logs", fmt.Sprintf("Access to databases, objects, the CDN and the entry, and all network traffic, are logged. The logs are kept at the site for %d days.", components.DefaultLogRetention)},
	{"deletion", "Databases, objects and backups are deleted only with our consent in writing. After final deletion, data cannot be read from the disks."},
	{"location", "Data, backups, logs and keys stay in the country."},
	{"availability of databases", "99.95 % a month, as Amazon RDS with Multi-AZ (https://aws.amazon.com/rds/sla/)."},
	{"availability of objects", "99.9 % a month, as Amazon S3 (https://aws.amazon.com/s3/sla/)."},
	{"availability of the CDN", "99.9 % a month, as Amazon CloudFront (https://aws.amazon.com/cloudfront/sla/)."},
	{"availability of the entry", "99.99 % a month, as Elastic Load Balancing in several zones (https://aws.amazon.com/elasticloadbalancing/sla/)."},
	{"assumptions", "The site must be as available as the AWS sites, so it has the targets of AWS. Its databases are as large as the databases of its stand-in site. The capacity of storage, CDN and entry is an estimate, which we measure before an order."},
}
