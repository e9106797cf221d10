package siteconfig

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components"
	"example.com/multisite/components/localdc"
)

// validLocal returns a complete configuration of India, as the Pulumi engine passes it.
func validLocal() map[string]string {
	return map[string]string{
		"multisite:provider": "localdc",
		"multisite:country":  "IN",
		"multisite:partner": `{"driver": "placeholder", "facility": "Facility 1", "city": "not chosen yet", "contact": "head of procurement",
			"plannedDate": "2015-12-31", "settings": {"token": "t"}}`,
		"multisite:network": `{"cidrBlock": "10.64.0.0/16", "halls": 2, "uplinks": 3}`,
		"multisite:cdn":     `{"capacityGbps": 10, "contentTiB": 4}`,
		"multisite:services": `{"mi-cloud": {"markets": ["IN"], "standIn": "singapore", "buckets": {"photos": {"capacityTiB": 50}},
			"database": {"vcpus": 4, "memoryGiB": 16, "storageGiB": 100, "maxStorageGiB": 200}}}`,
	}
}

func TestLoadLocalSite(t *testing.T) {
	site, err := Load("india", validLocal(), loadRules(t))
	require.NoError(t, err)
	assert.Equal(t, &Site{
		Name: "india", Provider: "localdc", DeletionProtection: true,
		Network: Network{CidrBlock: "10.64.0.0/16"},
		Local: &Local{
			Country: "IN", Domain: "sites.example.com", Halls: 2, Uplinks: 3, CdnGbps: 10, ContentTiB: 4,
			Entry: localdc.LoadBalancerArgs{CapacityGbps: 10, RateLimit: 2000, RateLimitAction: "count", TLSMinVersion: "1.2"},
			Partner: Partner{
				Driver: "placeholder", Facility: "Facility 1", City: "not chosen yet", Contact: "head of procurement", PlannedDate: "2015-12-31",
				Settings: map[string]string{"token": "t"},
			},
		},
		Services: map[string]Service{"mi-cloud": {
			Markets: []string{"IN"}, StandIn: "singapore",
			Entry: components.EntryService{Port: 8443, Protocol: "https", LivePath: "/live"},
			Local: &LocalService{
				Database: &localdc.DatabaseArgs{
					EngineVersion: "16", Username: "multisite", VCPUs: 4, MemoryGiB: 16, StorageGiB: 100, MaxStorageGiB: 200, Copies: 2, BackupRetentionDays: 35,
				},
				Buckets: map[string]localdc.ObjectStoreArgs{"photos": {CapacityTiB: 50, TLSMinVersion: "1.2"}},
			},
		}},
	}, site)
}

func TestLoadEntryOfALocalSite(t *testing.T) {
	raw := validLocal()
	raw["multisite:entry"] = `{"capacityGbps": 40, "rateLimit": 5000, "rateLimitAction": "block"}`
	site, err := Load("india", raw, loadRules(t))
	require.NoError(t, err)
	assert.Equal(t, localdc.LoadBalancerArgs{CapacityGbps: 40, RateLimit: 5000, RateLimitAction: "block", TLSMinVersion: "1.2"}, site.Local.Entry)
}

func TestLoadRefusesForALocalSite(t *testing.T) {
	service := func(rest string) string { return `{"mi-cloud": {"markets": ["IN"], ` + rest + `}}` }
	partner := func(key, value string) string { return `{"` + key + `": ` + value + `}` }
	for name, row := range map[string]struct{ key, value, message string }{
		"another provider":          {"multisite:provider", "aws", `Pulumi.india.yaml: multisite:provider: found "aws"; allowed: localdc, as in register/register.yaml`},
		"a key of AWS":              {"multisite:alarms", `{"emails": ["ops@example.com"]}`, `multisite:alarms: unknown key; allowed: provider, country`},
		"zones":                     {"multisite:network", `{"cidrBlock": "10.64.0.0/16", "zones": 3}`, `multisite:network.zones: unknown key; allowed: cidrBlock, halls, uplinks`},
		"an instance class":         {"multisite:services", service(`"database": {"instanceClass": "db.m7g.large"}`), `database.instanceClass: unknown key; allowed: engineVersion, vcpus, memoryGiB, storageGiB, maxStorageGiB`},
		"encryption off":            {"multisite:services", service(`"database": {"encrypted": false}`), `database.encrypted: unknown key`},
		"a storage class":           {"multisite:services", service(`"buckets": {"photos": {"storageClass": "standard"}}`), `photos.storageClass: unknown key; allowed: capacityTiB`},
		"no halls":                  {"multisite:network", `{"cidrBlock": "10.64.0.0/16", "halls": 0}`, `multisite:network.halls: found 0; allowed: a whole number from 2 to 8`},
		"one uplink":                {"multisite:network", `{"cidrBlock": "10.64.0.0/16", "uplinks": 1}`, `multisite:network.uplinks: found 1; allowed: a whole number from 2 to 8`},
		"a public block":            {"multisite:network", `{"cidrBlock": "49.64.0.0/16"}`, `multisite:network.cidrBlock: found "49.64.0.0/16"; allowed: 10.64.0.0/16`},
		"a cache without capacity":  {"multisite:cdn", `{"capacityGbps": 0}`, `multisite:cdn.capacityGbps: found 0; allowed: a whole number from 1 to 1000`},
		"no capacity for content":   {"multisite:cdn", `{"contentTiB": 0}`, `multisite:cdn.contentTiB: found 0; allowed: a whole number from 1 to 10240`},
		"an entry without capacity": {"multisite:entry", `{"capacityGbps": 0}`, `multisite:entry.capacityGbps: found 0; allowed: a whole number from 1 to 1000`},
		"a low rate limit":          {"multisite:entry", `{"rateLimit": 9}`, `multisite:entry.rateLimit: found 9; allowed: a whole number from 10 to 2000000000`},
		"an action of WAF":          {"multisite:entry", `{"rateLimitAction": "captcha"}`, `multisite:entry.rateLimitAction: found "captcha"; allowed: one of count, block`},
		"AWS's rules":               {"multisite:entry", `{"managedRulesAction": "block"}`, `multisite:entry.managedRulesAction: unknown key; allowed: capacityGbps, rateLimit, rateLimitAction`},
		"a port that is too high":   {"multisite:services", service(`"entry": {"port": 65536}`), `multisite:services.mi-cloud.entry.port: found 65536; allowed: a whole number from 1 to 65535`},
		"no memory":                 {"multisite:services", service(`"database": {"memoryGiB": 0}`), `database.memoryGiB: found 0; allowed: a whole number from 2 to 4096`},
		"no storage":                {"multisite:services", service(`"database": {"storageGiB": 0}`), `database.storageGiB: found 0; allowed: a whole number from 20 to 65536`},
		"no room to grow":           {"multisite:services", service(`"database": {"storageGiB": 100, "maxStorageGiB": 100}`), `database.maxStorageGiB: found 100; allowed: at least a tenth above storageGiB`},
		"a bucket with capitals":    {"multisite:services", service(`"buckets": {"Photos": {"capacityTiB": 1}}`), `buckets: found "Photos"; allowed: names of up to 20`},
		"a domain with a scheme":    {"multisite:domain", "https://example.com", `multisite:domain: found "https://example.com"; allowed: a domain`},
		"a day that does not exist": {"multisite:partner", partner("plannedDate", `"2015-13-01"`), `multisite:partner.plannedDate: found "2015-13-01"; allowed: a date in quotes`},
		"a date without a day":      {"multisite:partner", partner("plannedDate", `2015`), `multisite:partner.plannedDate: found 2015; allowed: a date in quotes`},
		"a person as the contact":   {"multisite:partner", partner("contact", `"someone@example.com"`), `multisite:partner.contact: found "someone@example.com"; allowed: a role`},
		"no facility":               {"multisite:partner", partner("city", `"Pune"`), `multisite:partner.facility: found nothing; allowed: text`},
		"another city":              {"multisite:partner", partner("city", `"Pune"`), `multisite:partner.city: found "Pune"; allowed: not chosen yet, as in register/register.yaml`},
		"a driver with a path":      {"multisite:partner", partner("driver", `"../driver"`), `multisite:partner.driver: found "../driver"; allowed: the name of a driver`},
		"a setting that is no text": {"multisite:partner", partner("settings", `{"port": 1}`), `multisite:partner.settings.port: found 1; allowed: text`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := validLocal()
			raw[row.key] = row.value
			_, err := Load("india", raw, loadRules(t))
			assert.ErrorContains(t, err, row.message)
		})
	}
}

func TestLoadRefusesLocalKeysForAnAWSSite(t *testing.T) {
	raw := valid()
	raw["multisite:partner"] = `{}`
	raw["multisite:network"] = `{"cidrBlock": "10.16.0.0/16", "zones": 3, "halls": 3}`
	_, err := Load("oregon", raw, loadRules(t))
	require.ErrorContains(t, err, `multisite:partner: unknown key; allowed: region, `)
	assert.ErrorContains(t, err, `multisite:network.halls: unknown key`)
}
