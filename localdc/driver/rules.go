package driver

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/bounds"
)

// Rule describes a property and its accepted values.
type Rule struct {
	Property string
	Field    any // a pointer to the property's field
	Meaning  string
	Accepted string
	// OK is true if the field's value is accepted.
	OK bool
	// Secret is true if messages must not show the value.
	Secret bool
	// Default is the value of an absent property. It is nil if the property is required.
	Default any
}

const engine = "postgres"

var (
	tlsVersions = []string{"1.2", "1.3"}
	// overLimit lists what happens to requests above a rate limit: they are counted and forwarded,
	// or answered with the status 429.
	overLimit = []string{"count", "block"}
	protocols = []string{"https", "http"}

	label        = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$`)
	domain       = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$`)
	path         = regexp.MustCompile(`^/[\w./-]*$`)
	databaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	password     = regexp.MustCompile(`^[!-~]{16,128}$`)
)

const (
	aLabel = "up to 40 lower-case letters, digits and hyphens, a letter first"
	filled = "none: the provider sets it from its configuration"
)

// Rules returns the rules of the provider's configuration.
func (c *Config) Rules(drivers []string) []Rule {
	return []Rule{
		{Property: "driver", Field: &c.Driver, Meaning: "driver of the facility", Accepted: "one of " + strings.Join(drivers, ", "), OK: slices.Contains(drivers, c.Driver)},
		{Property: "site", Field: &c.Site, Meaning: "name of the site", Accepted: aLabel, OK: label.MatchString(c.Site)},
		{Property: "domain", Field: &c.Domain, Meaning: "domain that endpoints are under, as NAME.KIND.SITE.DOMAIN", Accepted: "a domain such as example.com", OK: domain.MatchString(c.Domain)},
		{Property: "facility", Field: &c.Facility, Meaning: "the partner's name for the facility", Accepted: "any text", OK: c.Facility != ""},
		{Property: "city", Field: &c.City, Meaning: "city of the facility", Accepted: "any text", OK: c.City != ""},
	}
}

// rules returns the rules of the properties that every resource has.
func (c *Common) rules() []Rule {
	return []Rule{
		{Property: "name", Field: &c.Name, Meaning: "name of the resource, which cannot change", Accepted: aLabel, OK: label.MatchString(c.Name)},
		{Property: "driver", Field: &c.Driver, Meaning: "driver that manages the resource", Accepted: filled, OK: true},
		{Property: "endpoint", Field: &c.Endpoint, Meaning: "host name at which the resource serves, NAME.KIND.SITE.DOMAIN", Accepted: filled, OK: true},
		{Property: "deletionProtection", Field: &c.DeletionProtection, Meaning: "whether deletion of the active resource is refused, and its disappearance is an error", Accepted: "true, false", OK: true, Default: true},
	}
}

// Rules returns the rules of a network.
func (n *Network) Rules(string) []Rule {
	block, err := netip.ParsePrefix(n.CidrBlock)
	private := err == nil && block.Addr().Is4() && block.Addr().IsPrivate() && block == block.Masked() && block.Bits() >= 16 && block.Bits() <= 22
	return append(n.rules(),
		Rule{Property: "cidrBlock", Field: &n.CidrBlock, Meaning: "address block of the network", Accepted: "a private IPv4 block (RFC 1918) from /16 to /22, such as 10.64.0.0/16", OK: private},
		between("halls", &n.Halls, "rooms with separate power and cooling that the network spans", bounds.MinRedundancy, bounds.MaxRedundancy),
		between("uplinks", &n.Uplinks, "connections to the internet, each of another carrier", bounds.MinRedundancy, bounds.MaxRedundancy),
	)
}

// Rules returns the rules of a key.
func (k *Key) Rules(string) []Rule {
	return append(k.rules(),
		Rule{Property: "purpose", Field: &k.Purpose, Meaning: "the data that the key encrypts", Accepted: "any text", OK: k.Purpose != ""},
		between("rotationDays", &k.RotationDays, "days between rotations", bounds.MinRotationDays, bounds.MaxRotationDays),
	)
}

// Rules returns the rules of a database.
func (d *Database) Rules(site string) []Rule {
	return append(d.rules(),
		oneOf("engine", &d.Engine, "database engine", []string{engine}),
		oneOf("engineVersion", &d.EngineVersion, "major version", bounds.EngineVersions),
		Rule{Property: "databaseName", Field: &d.DatabaseName, Meaning: "name of the first database", Accepted: "lower-case letters, digits and underscores, a letter first", OK: databaseName.MatchString(d.DatabaseName)},
		Rule{Property: "username", Field: &d.Username, Meaning: "the owner of the first database", Accepted: "lower-case letters, digits and underscores, a letter first", OK: databaseName.MatchString(d.Username)},
		Rule{Property: "password", Field: &d.Password, Meaning: "the owner's password", Accepted: "16 to 128 printable ASCII characters without spaces", OK: password.MatchString(d.Password), Secret: true},
		between("vcpus", &d.VCPUs, "virtual processors", 1, bounds.MaxVCPUs),
		between("memoryGiB", &d.MemoryGiB, "memory, GiB", bounds.MinMemoryGiB, bounds.MaxMemoryGiB),
		between("storageGiB", &d.StorageGiB, "initial storage, GiB; cannot decrease on an active database", bounds.MinStorageGiB, bounds.MaxStorageGiB),
		Rule{
			Property: "maxStorageGiB", Field: &d.MaxStorageGiB, Meaning: "maximum of the automatic growth of storage, GiB",
			Accepted: fmt.Sprintf("from a tenth above storageGiB to %d", bounds.MaxStorageGiB),
			OK:       bounds.CanGrow(d.StorageGiB, d.MaxStorageGiB) && d.MaxStorageGiB <= bounds.MaxStorageGiB,
		},
		between("copies", &d.Copies, "servers with all of the data, each in another hall", bounds.MinRedundancy, bounds.MaxRedundancy),
		between("backupRetentionDays", &d.BackupRetentionDays, "days that backups are kept", bounds.MinBackupDays, bounds.MaxBackupDays),
		reference("network", &d.Network, "ID of the network", site, KindNetwork),
		reference("key", &d.Key, "ID of the key that encrypts storage and backups; required", site, KindKey),
		Rule{Property: "tlsRequired", Field: &d.TLSRequired, Meaning: "whether the server refuses connections without TLS", Accepted: "true", OK: d.TLSRequired == nil || *d.TLSRequired, Default: true},
	)
}

// Rules returns the rules of an object store.
func (o *ObjectStore) Rules(site string) []Rule {
	return append(o.rules(),
		between("capacityTiB", &o.CapacityTiB, "capacity, TiB", 1, bounds.MaxCapacityTiB),
		Rule{Property: "versioning", Field: &o.Versioning, Meaning: "whether previous versions of objects are kept for a time", Accepted: "true, false", OK: true, Default: true},
		reference("key", &o.Key, "ID of the key that encrypts objects; required", site, KindKey),
		oneOf("tlsMinVersion", &o.TLSMinVersion, "oldest version of TLS", tlsVersions),
	)
}

// Rules returns the rules of an edge cache.
func (e *EdgeCache) Rules(site string) []Rule {
	return append(e.rules(),
		reference("origin", &e.Origin, "ID of the object store that it serves", site, KindObjectStore),
		between("capacityGbps", &e.CapacityGbps, "capacity, Gbit/s", 1, bounds.MaxCapacityGbps),
		oneOf("tlsMinVersion", &e.TLSMinVersion, "oldest version of TLS", tlsVersions),
	)
}

// Rules returns the rules of a load balancer.
func (l *LoadBalancer) Rules(site string) []Rule {
	return append(l.rules(),
		reference("network", &l.Network, "ID of the network", site, KindNetwork),
		Rule{
			Property: "services", Field: &l.Services, Meaning: "services that it answers; an active, protected load balancer loses none",
			Accepted: fmt.Sprintf("at least one service, each with another name, at least one DNS name in hostnames that no other service has, "+
				"a port from 1 to 65535, a protocol of %s, and a livePath such as /live", strings.Join(protocols, ", ")),
			OK: validServices(l.Services),
		},
		oneOf("tlsMinVersion", &l.TLSMinVersion, "oldest version of TLS", tlsVersions),
		Rule{Property: "redirectHttp", Field: &l.RedirectHTTP, Meaning: "whether port 80 answers with a redirect (301) to the same address over HTTPS, and with nothing else", Accepted: "true", OK: l.RedirectHTTP == nil || *l.RedirectHTTP, Default: true},
		between("rateLimit", &l.RateLimit, "requests that one client may send in five minutes; a client is an address together with a TLS fingerprint", bounds.MinRateLimit, bounds.MaxRateLimit),
		oneOf("rateLimitAction", &l.RateLimitAction, "what happens to requests above rateLimit: count forwards them, block answers with the status 429", overLimit),
		between("capacityGbps", &l.CapacityGbps, "capacity, Gbit/s", 1, bounds.MaxCapacityGbps),
	)
}

// validServices reports whether services are complete, and share neither names nor hostnames.
func validServices(services []ServedService) bool {
	taken := map[string]bool{}
	for _, s := range services {
		if !label.MatchString(s.Name) || taken[s.Name] || len(s.Hostnames) == 0 || s.Port < 1 || s.Port > 65535 ||
			!slices.Contains(protocols, s.Protocol) || !path.MatchString(s.LivePath) {
			return false
		}
		taken[s.Name] = true // a label, so no hostname
		for _, name := range s.Hostnames {
			if !domain.MatchString(name) || taken[name] {
				return false
			}
			taken[name] = true
		}
	}
	return len(services) > 0
}

func between(property string, field *int, meaning string, least, most int) Rule {
	return Rule{Property: property, Field: field, Meaning: meaning, Accepted: fmt.Sprintf("%d to %d", least, most), OK: *field >= least && *field <= most}
}

func oneOf(property string, field *string, meaning string, values []string) Rule {
	return Rule{Property: property, Field: field, Meaning: meaning, Accepted: "one of " + strings.Join(values, ", "), OK: slices.Contains(values, *field)}
}

// reference requires the ID of a resource of the same site: sites share no resources.
func reference(property string, field *string, meaning, site string, kind Kind) Rule {
	id, err := ParseID(*field)
	return Rule{
		Property: property, Field: field, Meaning: meaning, Accepted: ID{site, kind, "NAME"}.String(),
		OK: err == nil && id.Site == site && id.Kind == kind,
	}
}
