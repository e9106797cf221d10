package stacks

import (
	"encoding/json"
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"multisite/components"
)

// valid is a complete configuration of Oregon, as the engine hands it over.
func valid() map[string]string {
	return map[string]string{
		"multisite:region":  "us-west-2",
		"multisite:network": `{"cidrBlock": "10.16.0.0/16", "zones": 3, "natGateways": "single"}`,
		"multisite:services": `{"mi-cloud": {"markets": ["BR", "MX"], "buckets": {"photos": {}},
			"database": {"instanceClass": "db.m7g.large", "storageGiB": 100, "maxStorageGiB": 200}}}`,
		"multisite:tags":                   `{"CostCenter": "42"}`,
		"pulumi:disable-default-providers": `["*"]`,
	}
}

func register(t *testing.T) *Register {
	t.Helper()
	r, err := DefaultRegister()
	require.NoError(t, err)
	return r
}

func TestLoadSite(t *testing.T) {
	site, err := LoadSite("oregon", valid(), register(t))
	require.NoError(t, err)
	assert.Equal(t, &Site{
		Name: "oregon", Region: "us-west-2",
		Network: Network{CidrBlock: "10.16.0.0/16", Zones: 3, NatGateways: components.NatSingle},
		Services: map[string]Service{"mi-cloud": {
			Markets:  []string{"BR", "MX"},
			Database: &Database{InstanceClass: "db.m7g.large", StorageGiB: 100, MaxStorageGiB: 200},
			Buckets:  []string{"photos"},
		}},
		Tags:               map[string]string{"CostCenter": "42"},
		DeletionProtection: true,
		PriceClass:         components.PriceClassAll, // for Brazil
	}, site)
}

func TestLoadSiteRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		key, value string
		message    string
	}{
		"an unknown key":                 {"multisite:servces", `{}`, `Pulumi.oregon.yaml: multisite:servces: unknown key; allowed: region, network, services, tags, deletionProtection`},
		"an unknown nested key":          {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 3, "nat": "none"}`, `multisite:network.nat: unknown key; allowed: cidrBlock, zones, natGateways`},
		"another namespace":              {"aws:region", "us-east-1", `aws:region: found "us-east-1"; allowed: keys that begin with multisite:`},
		"another region":                 {"multisite:region", "us-east-1", `multisite:region: found "us-east-1"; allowed: us-west-2, as in stacks/register.yaml`},
		"another block":                  {"multisite:network", `{"cidrBlock": "10.32.0.0/16", "zones": 3}`, `multisite:network.cidrBlock: found "10.32.0.0/16"; allowed: 10.16.0.0/16, as in stacks/register.yaml`},
		"a bad block":                    {"multisite:network", `{"cidrBlock": "10.16.0.0/33", "zones": 3}`, `multisite:network.cidrBlock: found "10.16.0.0/33"; allowed: 10.16.0.0/16`},
		"one zone":                       {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 1}`, `multisite:network.zones: found 1; allowed: a whole number from 2 to 8`},
		"zones as text":                  {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": "three"}`, `multisite:network.zones: found "three"; allowed: a whole number`},
		"half a zone":                    {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 2.5}`, `multisite:network.zones: found 2.5; allowed: a whole number`},
		"one zone by name":               {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": ["us-west-2a"]}`, `multisite:network.zones: found ["us-west-2a"]; allowed: a list of at least 2 names, each once`},
		"a zone twice":                   {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": ["us-west-2a", "us-west-2a"]}`, `allowed: a list of at least 2 names, each once`},
		"an unknown kind of NAT":         {"multisite:network", `{"cidrBlock": "10.16.0.0/16", "zones": 2, "natGateways": "two"}`, `multisite:network.natGateways: found "two"; allowed: one of none, single, per-zone`},
		"a network that is text":         {"multisite:network", `10.16.0.0/16`, `multisite:network: found "10.16.0.0/16"; allowed: an object`},
		"an unknown service":             {"multisite:services", `{"mi-pay": {"markets": ["BR"]}}`, `multisite:services.mi-pay: unknown key; allowed: cloud-messaging, ecommerce, mi-account, mi-cloud`},
		"no service":                     {"multisite:services", `{}`, `multisite:services: found nothing; allowed: at least one of cloud-messaging`},
		"an unknown market":              {"multisite:services", `{"mi-cloud": {"markets": ["BR", "CN"]}}`, `multisite:services.mi-cloud.markets[1]: found "CN"; allowed: one of BR, HK`},
		"a market twice":                 {"multisite:services", `{"mi-cloud": {"markets": ["BR", "BR"]}}`, `multisite:services.mi-cloud.markets[1]: found "BR"; allowed: one of BR, HK, ID, IN, MX, MY, PH, SG, TW, each once`},
		"no market":                      {"multisite:services", `{"mi-cloud": {}}`, `multisite:services.mi-cloud.markets: found nothing; allowed: a list of at least one of BR`},
		"an instance class of EC2":       {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "m7g.large", "storageGiB": 20, "maxStorageGiB": 22}}}`, `database.instanceClass: found "m7g.large"; allowed: an RDS instance class`},
		"too little storage":             {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "db.m7g.large", "storageGiB": 10, "maxStorageGiB": 22}}}`, `database.storageGiB: found 10; allowed: a whole number from 20 to 65536`},
		"no room to grow":                {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "database": {"instanceClass": "db.m7g.large", "storageGiB": 100, "maxStorageGiB": 109}}}`, `database.maxStorageGiB: found 109; allowed: at least a tenth above storageGiB`},
		"a bucket with capitals":         {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "buckets": {"Photos": {}}}}`, `multisite:services.mi-cloud.buckets: found "Photos"; allowed: names of up to 20 lower-case letters`},
		"an option that buckets lack":    {"multisite:services", `{"mi-cloud": {"markets": ["BR"], "buckets": {"photos": {"public": true}}}}`, `multisite:services.mi-cloud.buckets.photos.public: unknown key; allowed: none`},
		"a tag that the program sets":    {"multisite:tags", `{"Site": "x"}`, `multisite:tags: found "Site"; allowed: tags other than aws:* and ManagedBy`},
		"a tag that is no text":          {"multisite:tags", `{"CostCenter": 42}`, `multisite:tags.CostCenter: found 42; allowed: text`},
		"a protection neither on or off": {"multisite:deletionProtection", `no`, `multisite:deletionProtection: found "no"; allowed: true or false`},
	} {
		t.Run(name, func(t *testing.T) {
			config := valid()
			config[row.key] = row.value
			_, err := LoadSite("oregon", config, register(t))
			assert.ErrorContains(t, err, row.message)
		})
	}
}

func TestLoadSiteRefusesAStackWithoutASite(t *testing.T) {
	_, err := LoadSite("origon", valid(), register(t))
	assert.EqualError(t, err, `Pulumi.origon.yaml: the stack's name: found "origon"; allowed: a site of stacks/register.yaml: california, oregon, singapore`)
}

func TestLoadSiteNamesWhatIsMissing(t *testing.T) {
	_, err := LoadSite("oregon", nil, register(t))
	for _, key := range []string{"region", "network.cidrBlock", "network.zones", "services"} {
		assert.ErrorContains(t, err, "Pulumi.oregon.yaml: multisite:"+key+": found nothing; allowed: ")
	}
}

func TestLoadSiteReportsEverythingAtOnce(t *testing.T) {
	config := maps.Clone(valid())
	config["multisite:region"] = "cn-north-1"
	config["multisite:network"] = `{"cidrBlock": 10, "zones": true, "natGateways": []}`
	config["multisite:colour"] = "red"
	_, err := LoadSite("oregon", config, register(t))
	for _, key := range []string{"region", "network.cidrBlock", "network.zones", "network.natGateways", "colour"} {
		assert.ErrorContains(t, err, "multisite:"+key+": ")
	}
}

func TestPriceClassCoversEveryMarket(t *testing.T) {
	for markets, class := range map[string]components.PriceClass{
		`["MX"]`:             components.PriceClass100,
		`["MX", "SG"]`:       components.PriceClass200,
		`["SG", "MX"]`:       components.PriceClass200,
		`["MX", "SG", "BR"]`: components.PriceClassAll,
	} {
		config := valid()
		config["multisite:services"] = `{"mi-cloud": {"markets": ` + markets + `}}`
		site, err := LoadSite("oregon", config, register(t))
		require.NoError(t, err)
		assert.Equal(t, class, site.PriceClass, markets)
	}
}

func TestLoadRegisterRefuses(t *testing.T) {
	site := func(fields string) string {
		return `{"sites": {"a": {"provider": "aws", "region": "us-west-2", "cidrBlock": "10.0.0.0/16"}, "b": ` + fields + `}}`
	}
	for name, row := range map[string]struct{ register, message string }{
		"an unknown field":                         {`{"site": {}}`, "field site not found"},
		"an unknown provider":                      {site(`{"provider": "gcp", "region": "us-west-1", "cidrBlock": "10.1.0.0/16"}`), `sites.b.provider: found "gcp"; allowed: aws`},
		"a region in China":                        {site(`{"provider": "aws", "region": "cn-north-1", "cidrBlock": "10.1.0.0/16"}`), `sites.b.region: found "cn-north-1"; allowed: an AWS region outside of China`},
		"no region":                                {site(`{"provider": "aws", "cidrBlock": "10.1.0.0/16"}`), `sites.b.region: found nothing`},
		"a public block":                           {site(`{"provider": "aws", "region": "us-west-1", "cidrBlock": "52.0.0.0/16"}`), `sites.b.cidrBlock: found "52.0.0.0/16"; allowed: a private IPv4 block`},
		"a block that cannot be planned":           {site(`{"provider": "aws", "region": "us-west-1", "cidrBlock": "10.128.0.0/9"}`), `sites.b.cidrBlock: found "10.128.0.0/9"; allowed: a private IPv4 block from /16 to /22`},
		"a site with a long name":                  {`{"sites": {"a-site-far-too-long": {"provider": "aws", "region": "us-west-1", "cidrBlock": "10.1.0.0/16"}}}`, `sites: found "a-site-far-too-long"; allowed: names of up to 14`},
		"a service whose name begins with a digit": {`{"services": {"2nd-shop": {"name": "Shop"}}}`, `services: found "2nd-shop"; allowed: names of up to 19`},
		"blocks that overlap":                      {site(`{"provider": "aws", "region": "us-west-1", "cidrBlock": "10.0.128.0/17"}`), `sites.b.cidrBlock: found "10.0.128.0/17"; allowed: a block apart from a's, 10.0.0.0/16`},
		"a market without class":                   {`{"markets": {"ID": {"name": "Indonesia"}}}`, `markets.ID.priceClass: found nothing; allowed: one of ["100" "200" "All"]`},
	} {
		t.Run(name, func(t *testing.T) {
			require.True(t, json.Valid([]byte(row.register)))
			_, err := LoadRegister([]byte(row.register))
			assert.ErrorContains(t, err, row.message)
		})
	}
}
