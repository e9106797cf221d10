package siteconfig

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components"
	"example.com/multisite/register"
)

// valid returns a complete configuration of Oregon, as the Pulumi engine passes it.
func valid() map[string]string {
	return map[string]string{
		"multisite:region":  "us-west-2",
		"multisite:network": `{"cidrBlock": "10.16.0.0/16", "zones": 3, "natGateways": "single"}`,
		"multisite:services": `{"mi-cloud": {"markets": ["BR", "MX"], "buckets": {"photos": {}},
			"database": {"instanceClass": "db.m7g.large", "storageGiB": 100, "maxStorageGiB": 200}}}`,
		"multisite:maintenance":            `{"backupWindow": "09:00-09:30", "maintenanceWindow": "sun:10:00-sun:11:00"}`,
		"multisite:tags":                   `{"CostCenter": "42"}`,
		"pulumi:disable-default-providers": `["*"]`,
	}
}

// secondary, database and bucket return values with one option that valid does not set.
func secondary(block string) string {
	return `{"cidrBlock": "10.16.0.0/16", "zones": 2, "secondaryCidrBlocks": ["` + block + `"]}`
}

func database(option string) string {
	return `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "db.m7g.large", "storageGiB": 20, "maxStorageGiB": 22, ` + option + `}}}`
}

func bucket(option string) string {
	return `{"mi-cloud": {"markets": ["BR"], "buckets": {"photos": {` + option + `}}}}`
}

func loadRegister(t *testing.T) *register.Register {
	t.Helper()
	r, err := register.Default()
	require.NoError(t, err)
	return r
}

func TestLoadAWSSite(t *testing.T) {
	site, err := Load("oregon", valid(), loadRules(t))
	require.NoError(t, err)
	assert.Equal(t, &Site{
		Name: "oregon", Provider: "aws", Region: "us-west-2",
		Network: Network{CidrBlock: "10.16.0.0/16", IPFamily: components.IPv4, Zones: 3, NatGateways: components.NatSingle},
		Services: map[string]Service{"mi-cloud": {
			Markets: []string{"BR", "MX"},
			Entry:   components.EntryService{Port: 8443, Protocol: "https", LivePath: "/live"},
			Database: &components.DatabaseArgs{
				EngineVersion: "16", InstanceClass: "db.m7g.large", StorageGiB: 100, MaxStorageGiB: 200,
				BackupWindow: "09:00-09:30", MaintenanceWindow: "sun:10:00-sun:11:00",
			},
			Buckets: map[string]components.BucketArgs{"photos": {StorageClass: components.Standard, Deletion: components.NeverDelete}},
		}},
		Cdn:                components.CdnArgs{PriceClass: components.PriceClassAll /* for Brazil */, Deletion: components.NeverDelete},
		Logs:               components.LogBucketArgs{RetentionDays: 365, Deletion: components.NeverDelete},
		Tags:               map[string]string{"CostCenter": "42"},
		DeletionProtection: true,
	}, site)
}

// tooManyCertificates returns a migration with more certificates than DataSync accepts for an object
// store.
func tooManyCertificates(t *testing.T) string {
	t.Helper()
	authorities, err := register.DefaultAuthorities()
	require.NoError(t, err)
	migration, err := json.Marshal(map[string]any{
		"certificates": strings.Repeat(authorities["us-west-2"].Certificate, 30),
		"services":     map[string]any{"mi-cloud": map[string]any{"markets": map[string]any{"BR": map[string]any{"phase": "copying"}}}},
	})
	require.NoError(t, err)
	return string(migration)
}

func TestLoadRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		key, value string
		message    string
	}{
		"an unknown key":                              {"multisite:servces", `{}`, `Pulumi.oregon.yaml: multisite:servces: unknown key; allowed: region, network, services, entry, maintenance, migration, cdn, logs, alarms, tags, deletionProtection`},
		"an unknown nested key":                       {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 3, "nat": "none"}`, `multisite:network.nat: unknown key; allowed: cidrBlock, ipFamily, secondaryCidrBlocks, zones, natGateways, egress, interfaceEndpoints`},
		"a long path":                                 {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "entry": {"livePath": "/` + strings.Repeat("a", 50) + `"}}}`, `allowed: a path such as /live, at most 50 characters`},
		"no certificate":                              {"multisite:migration", `{"certificates": "-----BEGIN CERTIFICATE-----"}`, `multisite:migration.certificates: found "-----BEGIN CERTIFICATE-----"; allowed: certificates in PEM form`},
		"an old replication engine":                   {"multisite:migration", `{"replication": {"instanceClass": "dms.c6i.large", "engineVersion": "3.6", "originCidrBlocks": ["203.0.113.0/28"]}}`, `multisite:migration.replication.engineVersion: found "3.6"; allowed: a version such as 3.6.1`},
		"an engine for older servers":                 {"multisite:migration", `{"replication": {"engineVersion": "3.5.1"}, "services": {"mi-cloud": {"markets": {"BR": {"phase": "copying"}}}}}`, `multisite:migration.replication.engineVersion: found "3.5.1"; allowed: 3.5.3 and later, for PostgreSQL 16`},
		"too many certificates":                       {"multisite:migration", tooManyCertificates(t), `multisite:migration.certificates: found "43320 bytes"; allowed: at most 32768 bytes while objects are copied`},
		"no schedule":                                 {"multisite:migration", `{"services": {"mi-cloud": {"origin": {"objects": {"schedule": "rate(1 hour)"}}, "markets": {"BR": {"phase": "copying"}}}}}`, `multisite:migration.services.mi-cloud.origin.objects.schedule: found "rate(1 hour)"; allowed: a cron expression of AWS's, in UTC`},
		"a database of another origin":                {"multisite:migration", `{"services": {"mi-cloud": {"origin": {"database": {"host": "db.example.com"}}}}}`, `multisite:migration.services.mi-cloud.origin.database.host: found "db.example.com"; allowed: the name of a host of the origin: beijing.example, or a host in one of these domains (register/register.yaml)`},
		"an object store of another origin":           {"multisite:migration", `{"services": {"mi-cloud": {"origin": {"objects": {"host": "beijing.example.com"}}}}}`, `multisite:migration.services.mi-cloud.origin.objects.host: found "beijing.example.com"; allowed: the name of a host of the origin`},
		"another namespace":                           {"aws:region", "us-east-1", `aws:region: found "us-east-1"; allowed: keys that begin with multisite:`},
		"another region":                              {"multisite:region", "us-east-1", `multisite:region: found "us-east-1"; allowed: us-west-2, as in register/register.yaml`},
		"another block":                               {"multisite:network", `{"cidrBlock": "10.32.0.0/16", "zones": 3}`, `multisite:network.cidrBlock: found "10.32.0.0/16"; allowed: 10.16.0.0/16, as in register/register.yaml`},
		"a bad block":                                 {"multisite:network", `{"cidrBlock": "10.16.0.0/33", "zones": 3}`, `multisite:network.cidrBlock: found "10.16.0.0/33"; allowed: 10.16.0.0/16`},
		"one zone":                                    {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 1}`, `multisite:network.zones: found 1; allowed: a whole number from 2 to 8`},
		"zones as text":                               {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": "three"}`, `multisite:network.zones: found "three"; allowed: a whole number`},
		"a fraction of a zone":                        {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 2.5}`, `multisite:network.zones: found 2.5; allowed: a whole number`},
		"one zone by name":                            {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": ["us-west-2a"]}`, `multisite:network.zones: found ["us-west-2a"]; allowed: a list of at least 2 names, each once`},
		"a zone twice":                                {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": ["us-west-2a", "us-west-2a"]}`, `allowed: a list of at least 2 names, each once`},
		"an unknown kind of NAT":                      {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 2, "natGateways": "two"}`, `multisite:network.natGateways: found "two"; allowed: one of none, single, per-zone`},
		"a network that is text":                      {"multisite:network", `10.16.0.0/16`, `multisite:network: found "10.16.0.0/16"; allowed: an object`},
		"an unknown service":                          {"multisite:services", `{"mi-pay": {"markets": ["BR"]}}`, `multisite:services.mi-pay: unknown key; allowed: cloud-messaging, ecommerce, mi-account, mi-cloud`},
		"no service":                                  {"multisite:services", `{}`, `multisite:services: found nothing; allowed: at least one of cloud-messaging`},
		"an unknown market":                           {"multisite:services", `{"mi-cloud": {"markets": ["BR", "CN"]}}`, `multisite:services.mi-cloud.markets[1]: found "CN"; allowed: one of BR, HK`},
		"a market twice":                              {"multisite:services", `{"mi-cloud": {"markets": ["BR", "BR"]}}`, `multisite:services.mi-cloud.markets[1]: found "BR"; allowed: one of BR, HK, ID, IN, MX, MY, PH, SG, TW, ZZ, each once`},
		"no market":                                   {"multisite:services", `{"mi-cloud": {}}`, `multisite:services.mi-cloud.markets: found nothing; allowed: a list of at least one of BR`},
		"an instance class of EC2":                    {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "m7g.large", "storageGiB": 20, "maxStorageGiB": 22}}}`, `database.instanceClass: found "m7g.large"; allowed: an RDS instance class`},
		"too little storage":                          {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "db.m7g.large", "storageGiB": 10, "maxStorageGiB": 22}}}`, `database.storageGiB: found 10; allowed: a whole number from 20 to 65536`},
		"no room to grow":                             {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "db.m7g.large", "storageGiB": 100, "maxStorageGiB": 109}}}`, `database.maxStorageGiB: found 109; allowed: at least a tenth above storageGiB`},
		"a bucket with capitals":                      {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "buckets": {"Photos": {}}}}`, `multisite:services.mi-cloud.buckets: found "Photos"; allowed: names of up to 20 lower-case letters`},
		"an option that buckets lack":                 {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "buckets": {"photos": {"public": true}}}}`, `multisite:services.mi-cloud.buckets.photos.public: unknown key; allowed: storageClass, expireAfterDays, objectLock, replication, deletion`},
		"a tag that the program sets":                 {"multisite:tags", `{"Site": "x"}`, `multisite:tags: found "Site"; allowed: tags other than aws:* and ManagedBy`},
		"a tag that is no text":                       {"multisite:tags", `{"CostCenter": 42}`, `multisite:tags.CostCenter: found 42; allowed: text`},
		"an unknown family of addresses":              {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 2, "ipFamily": "ipv6"}`, `multisite:network.ipFamily: found "ipv6"; allowed: one of ipv4, dual-stack`},
		"a public secondary block":                    {"multisite:network", secondary("52.0.0.0/16"), `multisite:network.secondaryCidrBlocks: found "52.0.0.0/16"; allowed: blocks from /16 to /22 of 100.64.0.0/10, or of the private range of 10.16.0.0/16`},
		"a secondary block of another range":          {"multisite:network", secondary("192.168.0.0/16"), `found "192.168.0.0/16"; allowed: blocks from /16 to /22`},
		"a secondary block within the first":          {"multisite:network", secondary("10.16.0.0/20"), `found "10.16.0.0/20"; allowed: blocks from /16 to /22`},
		"secondary blocks that overlap":               {"multisite:network", secondary(`100.64.0.0/16", "100.64.0.0/17`), `found "100.64.0.0/17"; allowed: blocks apart from 100.64.0.0/16`},
		"an interface for a gateway's service":        {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 2, "interfaceEndpoints": ["s3"]}`, `multisite:network.interfaceEndpoints: found "s3"; allowed: services other than s3 and dynamodb`},
		"a reserved tag in another case":              {"multisite:tags", `{"project": "x"}`, `multisite:tags: found "project"; allowed: tags other than`},
		"a tag twice in different case":               {"multisite:tags", `{"Team": "x", "team": "y"}`, `multisite:tags: found "team"; allowed: each tag once, ignoring case`},
		"a secondary block of another site":           {"multisite:network", secondary("10.32.0.0/16"), `multisite:network.secondaryCidrBlocks: found "10.32.0.0/16"; allowed: blocks apart from singapore's, 10.32.0.0/16`},
		"no windows":                                  {"multisite:maintenance", `{}`, `multisite:maintenance.backupWindow: found nothing; allowed: at least 30 minutes a day, in UTC`},
		"a short backup window":                       {"multisite:maintenance", `{"backupWindow": "09:00-09:20", "maintenanceWindow": "sun:10:00-sun:11:00"}`, `backupWindow: found "09:00-09:20"; allowed: at least 30 minutes`},
		"maintenance during backups":                  {"multisite:maintenance", `{"backupWindow": "23:30-00:30", "maintenanceWindow": "sun:23:45-mon:00:45"}`, `maintenanceWindow: found "sun:23:45-mon:00:45"; allowed: 30 minutes to a day, in UTC and apart from backupWindow`},
		"a maintenance window without a day":          {"multisite:maintenance", `{"backupWindow": "09:00-09:30", "maintenanceWindow": "10:00-11:00"}`, `maintenanceWindow: found "10:00-11:00"`},
		"an old engine":                               {"multisite:services", database(`"engineVersion": "12"`), `database.engineVersion: found "12"; allowed: one of 15, 16, 17`},
		"too many replicas":                           {"multisite:services", database(`"readReplicas": 16`), `database.readReplicas: found 16; allowed: a whole number from 0 to 15`},
		"a database without a final snapshot":         {"multisite:services", database(`"deletion": "with-objects"`), `database.deletion: found "with-objects"; allowed: one of never, with-snapshot`},
		"an unknown storage class":                    {"multisite:services", bucket(`"storageClass": "glacier"`), `photos.storageClass: found "glacier"; allowed: one of standard, intelligent-tiering`},
		"expiry at once":                              {"multisite:services", bucket(`"expireAfterDays": 0`), `photos.expireAfterDays: found 0; allowed: a whole number from 1`},
		"a lock without a mode":                       {"multisite:services", bucket(`"objectLock": {"days": 30}`), `photos.objectLock.mode: found nothing; allowed: one of`},
		"a lock for no time":                          {"multisite:services", bucket(`"objectLock": {"mode": "governance", "days": 0}`), `photos.objectLock.days: found 0; allowed: a whole number from 1 to 36500`},
		"deletion of locked objects":                  {"multisite:services", bucket(`"objectLock": {"mode": "governance", "days": 1}, "deletion": "with-objects"`), `photos.deletion: found "with-objects"; allowed: never or when-empty, together with objectLock`},
		"a copy in China":                             {"multisite:services", bucket(`"replication": {"bucket": "x-copy", "keyArn": "arn:aws-cn:kms:cn-north-1:123456789012:key/1"}`), `photos.replication.keyArn: found "arn:aws-cn:`},
		"a copy without a bucket":                     {"multisite:services", bucket(`"replication": {"keyArn": "arn:aws:kms:us-west-1:123456789012:key/1"}`), `photos.replication.bucket: found nothing; allowed: the name of a bucket`},
		"a domain with a scheme":                      {"multisite:cdn", `{"domain": {"name": "https://cdn.example.com", "hostedZoneId": "Z1"}}`, `multisite:cdn.domain.name: found "https://cdn.example.com"; allowed: a DNS name`},
		"a zone's ARN":                                {"multisite:cdn", `{"domain": {"name": "cdn.example.com", "hostedZoneId": "arn:aws:route53:::hostedzone/Z1"}}`, `multisite:cdn.domain.hostedZoneId: found`},
		"a rate limit below the minimum":              {"multisite:cdn", `{"rateLimit": 9}`, `multisite:cdn.rateLimit: found 9; allowed: a whole number from 10 to 2000000000`},
		"a policy of two lines":                       {"multisite:cdn", `{"contentSecurityPolicy": "a\nb"}`, `multisite:cdn.contentSecurityPolicy: found`},
		"countries allowed and blocked":               {"multisite:cdn", `{"geoRestriction": {"allow": ["SG"], "block": ["CN"]}}`, `multisite:cdn.geoRestriction: found {"allow":["SG"],"block":["CN"]}; allowed: either allow or block`},
		"a country by name":                           {"multisite:cdn", `{"geoRestriction": {"allow": ["Singapore"]}}`, `multisite:cdn.geoRestriction.allow: found ["Singapore"]; allowed: a list of at least 1 names`},
		"a failover to another host":                  {"multisite:cdn", `{"failoverOrigin": "example.com"}`, `multisite:cdn.failoverOrigin: found "example.com"; allowed: BUCKET.s3.REGION.amazonaws.com`},
		"an error page for success":                   {"multisite:cdn", `{"errorPages": {"200": "/ok.html"}}`, `multisite:cdn.errorPages: found "200"; allowed: the codes [400 403`},
		"an error page of another host":               {"multisite:cdn", `{"errorPages": {"404": "https://example.com"}}`, `multisite:cdn.errorPages.404: found "https://example.com"; allowed: a path such as /404.html`},
		"logs for two days":                           {"multisite:logs", `{"retentionDays": 2}`, `multisite:logs.retentionDays: found 2; allowed: one of [1 3 5`},
		"alarms to no address":                        {"multisite:alarms", `{"emails": ["ops"]}`, `multisite:alarms.emails: found ["ops"]`},
		"a protection that is neither true nor false": {"multisite:deletionProtection", `no`, `multisite:deletionProtection: found "no"; allowed: true or false`},
	} {
		t.Run(name, func(t *testing.T) {
			raw := valid()
			raw[row.key] = row.value
			_, err := Load("oregon", raw, loadRules(t))
			assert.ErrorContains(t, err, row.message)
		})
	}
}

func TestLoadRefusesAStackWithoutASite(t *testing.T) {
	_, err := Load("origon", valid(), loadRules(t))
	assert.EqualError(t, err, `Pulumi.origon.yaml: the stack's name: found "origon"; allowed: a site of register/register.yaml: brazil, california, india, oregon, singapore`)
}

func TestLoadReportsMissingKeys(t *testing.T) {
	_, err := Load("oregon", nil, loadRules(t))
	for _, key := range []string{"region", "network.cidrBlock", "network.zones", "services"} {
		assert.ErrorContains(t, err, "Pulumi.oregon.yaml: multisite:"+key+": found nothing; allowed: ")
	}
}

func TestLoadReportsAllProblemsAtOnce(t *testing.T) {
	raw := maps.Clone(valid())
	raw["multisite:region"] = "cn-north-1"
	raw["multisite:network"] = `{"cidrBlock": 10, "zones": true, "natGateways": []}`
	raw["multisite:colour"] = "red"
	_, err := Load("oregon", raw, loadRules(t))
	for _, key := range []string{"region", "network.cidrBlock", "network.zones", "network.natGateways", "colour"} {
		assert.ErrorContains(t, err, "multisite:"+key+": ")
	}
}

func TestPriceClassCoversEveryMarket(t *testing.T) {
	for markets, class := range map[string]components.PriceClass{
		`["MX"]`:                          components.PriceClass100,
		`["MX", "SG"]`:                    components.PriceClass200,
		`["MX"], "publicMarkets": ["SG"]`: components.PriceClass200,
		`["SG", "MX"]`:                    components.PriceClass200,
		`["MX", "SG", "BR"]`:              components.PriceClassAll,
	} {
		raw := valid()
		raw["multisite:services"] = `{"mi-cloud": {"markets": ` + markets + `}}`
		site, err := Load("oregon", raw, loadRules(t))
		require.NoError(t, err)
		assert.Equal(t, class, site.Cdn.PriceClass, markets)
	}
}
