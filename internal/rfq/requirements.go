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
	Totals      Totals        `json:"totals"`
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

// terms are the conditions of the quotation: what the AWS sites provide too. The availability
// targets are the targets of AWS's service level agreements. That a local site must meet them is
// an assumption.
var terms = []Term{
	{"halls", "Each hall has separate power and cooling. The copies of a database and of every object are in different halls, and the loss of one hall loses no data and stops no service."},
	{"uplinks", "Each uplink has a different carrier and a different entry into the building."},
	{"encryption", fmt.Sprintf("All storage and all backups are encrypted, with keys that only we control, that never leave the site, and that are rotated every %d days. Databases and buckets share one key; public content has another.", bounds.MaxRotationDays)},
	{"connections", "Databases refuse connections without TLS; object storage and CDN refuse TLS below " + siteconfig.LocalTLS + ". Only the CDN is reachable from the internet."},
	{"certificates", "The endpoints are under our domain. A public authority issues their certificates, which are renewed without our help. Their private keys stay at the site."},
	{"database retention", fmt.Sprintf("Databases can be restored to any second of the last %d days. The deletion of a database leaves a final backup.", bounds.MaxBackupDays)},
	{"object retention", fmt.Sprintf("Replaced and deleted objects can be restored for %d days.", components.NoncurrentDays)},
	{"logs", fmt.Sprintf("Access to databases, objects and the CDN, and all network traffic, are logged. The logs are kept at the site for %d days.", components.DefaultLogRetention)},
	{"deletion", "Databases, objects and backups are deleted only with our consent in writing. After final deletion, data cannot be read from the disks."},
	{"location", "Data, backups, logs and keys stay in the country."},
	{"availability of databases", "99.95 % a month, as Amazon RDS with Multi-AZ (https://aws.amazon.com/rds/sla/)."},
	{"availability of objects", "99.9 % a month, as Amazon S3 (https://aws.amazon.com/s3/sla/)."},
	{"availability of the CDN", "99.9 % a month, as Amazon CloudFront (https://aws.amazon.com/cloudfront/sla/)."},
	{"assumptions", "The site must be as available as the AWS sites, so it has the targets of AWS. Its databases are as large as the databases of its stand-in site. The capacity of storage and CDN is an estimate, which we measure before an order."},
}
