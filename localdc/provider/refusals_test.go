package provider_test

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/driver"
)

var nothing = property.Value{}

// TestRefusals changes one property of a valid resource at a time.
func TestRefusals(t *testing.T) {
	const label = "up to 40 lower-case letters, digits and hyphens, a letter first"
	const services = "at least one service, each with another name, at least one DNS name in hostnames that no other service has, " +
		"a port from 1 to 65535, a protocol of https, http, and a livePath such as /live"
	for _, row := range []struct {
		kind   driver.Kind
		key    string
		value  property.Value
		reason string
	}{
		{driver.KindKey, "name", property.New("Data"), `found "Data"; allowed: ` + label},
		{driver.KindKey, "name", nothing, `found nothing; allowed: ` + label},
		{driver.KindKey, "driver", property.New("folder"), `found "folder"; allowed: none: the provider sets it from its configuration`},
		{driver.KindKey, "endpoint", property.New("localhost"), `found "localhost"; allowed: none: the provider sets it from its configuration`},
		{driver.KindKey, "purpose", property.New(""), `found ""; allowed: any text`},
		{driver.KindKey, "rotationDays", property.New(366.0), `found 366; allowed: 90 to 365`},
		{driver.KindKey, "rotationDays", property.New("never"), `found "never"; allowed: 90 to 365`},
		{driver.KindNetwork, "cidrBlock", property.New("10.0.0.0/15"), `found "10.0.0.0/15"; allowed: a private IPv4 block (RFC 1918) from /16 to /22, such as 10.64.0.0/16`},
		{driver.KindNetwork, "cidrBlock", property.New("11.0.0.0/16"), `found "11.0.0.0/16"; allowed: a private IPv4 block (RFC 1918) from /16 to /22, such as 10.64.0.0/16`},
		{driver.KindNetwork, "halls", property.New(1.0), `found 1; allowed: 2 to 8`},
		{driver.KindNetwork, "uplinks", property.New(1.0), `found 1; allowed: 2 to 8`},
		{driver.KindDatabase, "engine", property.New("mysql"), `found "mysql"; allowed: one of postgres`},
		{driver.KindDatabase, "engineVersion", property.New("9.6"), `found "9.6"; allowed: one of 15, 16, 17`},
		{driver.KindDatabase, "databaseName", property.New("mi-account"), `found "mi-account"; allowed: lower-case letters, digits and underscores, a letter first`},
		{driver.KindDatabase, "username", property.New("1"), `found "1"; allowed: lower-case letters, digits and underscores, a letter first`},
		{driver.KindDatabase, "password", property.New("short"), `found a secret; allowed: 16 to 128 printable ASCII characters without spaces`},
		{driver.KindDatabase, "vcpus", nothing, `found nothing; allowed: 1 to 128`},
		{driver.KindDatabase, "memoryGiB", property.New(1.0), `found 1; allowed: 2 to 4096`},
		{driver.KindDatabase, "storageGiB", property.New(19.0), `found 19; allowed: 20 to 65536`},
		{driver.KindDatabase, "maxStorageGiB", property.New(219.0), `found 219; allowed: from a tenth above storageGiB to 65536`},
		{driver.KindDatabase, "maxStorageGiB", property.New(65537.0), `found 65537; allowed: from a tenth above storageGiB to 65536`},
		{driver.KindDatabase, "copies", property.New(1.0), `found 1; allowed: 2 to 8`},
		{driver.KindDatabase, "backupRetentionDays", property.New(0.0), `found 0; allowed: 7 to 35`},
		{driver.KindDatabase, "network", property.New("elsewhere/network/main"), `found "elsewhere/network/main"; allowed: testland/network/NAME`},
		{driver.KindDatabase, "key", property.New(""), `found ""; allowed: testland/key/NAME`},
		{driver.KindDatabase, "key", nothing, `found nothing; allowed: testland/key/NAME`},
		{driver.KindDatabase, "tlsRequired", property.New(false), `found false; allowed: true`},
		{driver.KindObjectStore, "capacityTiB", property.New(0.0), `found 0; allowed: 1 to 10240`},
		{driver.KindObjectStore, "key", property.New("testland/db/data"), `found "testland/db/data"; allowed: testland/key/NAME`},
		{driver.KindObjectStore, "tlsMinVersion", property.New("1.1"), `found "1.1"; allowed: one of 1.2, 1.3`},
		{driver.KindEdgeCache, "origin", property.New("photos"), `found "photos"; allowed: testland/objects/NAME`},
		{driver.KindEdgeCache, "capacityGbps", property.New(-1.0), `found -1; allowed: 1 to 1000`},
		{driver.KindLoadBalancer, "network", property.New("testland/key/main"), `found "testland/key/main"; allowed: testland/network/NAME`},
		{driver.KindLoadBalancer, "tlsMinVersion", property.New("1.1"), `found "1.1"; allowed: one of 1.2, 1.3`},
		{driver.KindLoadBalancer, "redirectHttp", property.New(false), `found false; allowed: true`},
		{driver.KindLoadBalancer, "rateLimit", property.New(9.0), `found 9; allowed: 10 to 2000000000`},
		{driver.KindLoadBalancer, "rateLimitAction", property.New("captcha"), `found "captcha"; allowed: one of count, block`},
		{driver.KindLoadBalancer, "capacityGbps", nothing, `found nothing; allowed: 1 to 1000`},
		{driver.KindLoadBalancer, "services", nothing, "found nothing; allowed: " + services},
		{driver.KindEdgeCache, "tlsMinVersion", nothing, `found nothing; allowed: one of 1.2, 1.3`},
	} {
		t.Run(string(row.kind)+" "+row.reason, func(t *testing.T) {
			in := inputs(t, row.kind).Set(row.key, row.value)
			if row.value.IsNull() {
				in = in.Delete(row.key)
			}
			assert.Equal(t, []p.CheckFailure{{Property: row.key, Reason: row.reason}}, failures(t, row.kind, in))
		})
	}
}

// TestServicesOfALoadBalancer changes one property of a valid service at a time.
func TestServicesOfALoadBalancer(t *testing.T) {
	const kind = driver.KindLoadBalancer
	first := inputs(t, kind).Get("services").AsArray().Get(0).AsMap()
	with := func(services ...property.Map) []p.CheckFailure {
		list := []property.Value{}
		for _, service := range services {
			list = append(list, property.New(service))
		}
		return failures(t, kind, inputs(t, kind).Set("services", property.New(list)))
	}
	names := func(list ...string) property.Value {
		values := []property.Value{}
		for _, name := range list {
			values = append(values, property.New(name))
		}
		return property.New(values)
	}
	other := first.Set("name", property.New("other"))
	assert.Empty(t, with(first, other.Set("hostnames", names("other.example.com"))))
	for name, services := range map[string][]property.Map{
		"no service":                 {},
		"a name with a dot":          {first.Set("name", property.New("mi.account"))},
		"two services of a name":     {first, first.Set("hostnames", names("other.example.com"))},
		"no hostname":                {first.Set("hostnames", names())},
		"a wildcard":                 {first.Set("hostnames", names("*.example.com"))},
		"a hostname of two services": {first, other},
		"a hostname twice":           {first.Set("hostnames", names("a.example.com", "a.example.com"))},
		"port 0":                     {first.Set("port", property.New(0.0))},
		"a port that does not exist": {first.Set("port", property.New(65536.0))},
		"another protocol":           {first.Set("protocol", property.New("tcp"))},
		"a path without a slash":     {first.Set("livePath", property.New("live"))},
		"a path with a query":        {first.Set("livePath", property.New("/live?deep"))},
	} {
		if found := with(services...); assert.Len(t, found, 1, name) {
			assert.Equal(t, "services", found[0].Property, name)
		}
	}
	unknown := first.Set("hostnames", property.New([]property.Value{property.New(property.Computed)}))
	assert.Empty(t, with(unknown), "an unknown hostname is not wrong")
}

func failures(t *testing.T, kind driver.Kind, in property.Map) []p.CheckFailure {
	t.Helper()
	resp, err := open(t, "placeholder").server.Check(p.CheckRequest{Urn: urn(kind), Inputs: in})
	require.NoError(t, err)
	return resp.Failures
}

// TestAllProblemsAtOnce checks that each wrong or misspelt property is reported once.
func TestAllProblemsAtOnce(t *testing.T) {
	var found []string
	in := inputs(t, driver.KindDatabase).Set("storageGiB", property.New(1.0)).Set("tlsRequired", property.New(false)).
		Set("copies", property.New("two")).Set("keys", property.New("k")).Delete("key")
	for _, f := range failures(t, driver.KindDatabase, in) {
		found = append(found, f.Property)
	}
	assert.ElementsMatch(t, []string{"storageGiB", "tlsRequired", "copies", "keys", "key"}, found)
}

// TestUnknownIsNotWrong checks that a preview accepts unknown values.
func TestUnknownIsNotWrong(t *testing.T) {
	for _, kind := range driver.Kinds {
		for key := range inputs(t, kind).All {
			in := inputs(t, kind).Set(key, property.New(property.Computed))
			assert.Empty(t, failures(t, kind, in), "%s %s", kind, key)
		}
		s := open(t, "placeholder")
		assert.True(t, s.check(kind, inputs(t, kind).Set("name", property.New(property.Computed))).Get("endpoint").IsComputed())
	}
}

// TestConfigurationIsChecked checks the failures for the provider's own configuration.
func TestConfigurationIsChecked(t *testing.T) {
	server := newServer(t)
	good := configuration("placeholder", "")
	for key, row := range map[string]struct {
		value  property.Value
		reason string
	}{
		"driver":   {property.New("acme"), `found "acme"; allowed: one of folder, placeholder`},
		"site":     {property.New("in/dia"), `found "in/dia"; allowed: up to 40 lower-case letters, digits and hyphens, a letter first`},
		"domain":   {property.New("example"), `found "example"; allowed: a domain such as example.com`},
		"facility": {nothing, `found nothing; allowed: any text`},
		"city":     {property.New(""), `found ""; allowed: any text`},
	} {
		in := good.Set(key, row.value)
		if row.value.IsNull() {
			in = in.Delete(key)
		}
		resp, err := server.CheckConfig(p.CheckRequest{Urn: resource.URN("urn:pulumi:s::p::pulumi:providers:localdc::p"), Inputs: in})
		require.NoError(t, err)
		assert.Equal(t, []p.CheckFailure{{Property: key, Reason: row.reason}}, resp.Failures)
	}
	for key, kind := range map[string]p.DiffKind{"driver": p.Update, "domain": p.Update, "settings": p.Update, "site": p.UpdateReplace} {
		diff, err := server.DiffConfig(p.DiffRequest{State: good, Inputs: good.Set(key, property.New("other"))})
		require.NoError(t, err)
		assert.Equal(t, map[string]p.PropertyDiff{key: {Kind: kind}}, diff.DetailedDiff)
	}
}
