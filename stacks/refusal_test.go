package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestBadInput checks that the program reports every problem of an invalid configuration, and
// creates no resource.
func TestBadInput(t *testing.T) {
	for name, row := range map[string]struct {
		stack    string
		edit     func(raw map[string]any)
		messages []string
	}{
		"a zone that is not offered": {"california", func(raw map[string]any) {
			engine.Object(raw, "multisite:network")["zones"] = []string{"us-west-1a", "us-west-1b"}
		}, []string{`Pulumi.california.yaml: multisite:network.zones: found "us-west-1b"; allowed: zones that us-west-1 offers this account, ["us-west-1a" "us-west-1c"]`}},
		"several problems": {"oregon", func(raw map[string]any) {
			raw["multisite:region"] = "us-east-1"
			raw["multisite:regoin"] = "us-west-2"
			engine.Object(raw, "multisite:network")["cidrBlock"] = "10.16.0.0/33"
			engine.Object(raw, "multisite:services", "mi-cloud")["markets"] = []string{"CN"}
		}, []string{
			`Pulumi.oregon.yaml: multisite:region: found "us-east-1"; allowed: us-west-2`,
			`Pulumi.oregon.yaml: multisite:regoin: unknown key; allowed: region, network, services, entry, maintenance, migration, cdn, logs, alarms, tags, deletionProtection, exceptions`,
			`Pulumi.oregon.yaml: multisite:network.cidrBlock: found "10.16.0.0/33"; allowed: 10.16.0.0/16`,
			`Pulumi.oregon.yaml: multisite:services.mi-cloud.markets[0]: found "CN"; allowed: one of BR`,
		}},
		"a stack without a site": {"tokyo", func(raw map[string]any) {
			raw["multisite:region"] = "ap-northeast-1"
		}, []string{`Pulumi.tokyo.yaml: the stack's name: found "tokyo"; allowed: a site of register/register.yaml: brazil, california, india, oregon, singapore`}},
		"more zones than the region offers": {"california", func(raw map[string]any) {
			engine.Object(raw, "multisite:network")["zones"] = 3
		}, []string{`Pulumi.california.yaml: multisite:network.zones: found 3; allowed: at most 2, since us-west-1 offers this account ["us-west-1a" "us-west-1c"]`}},
		"several problems of a local site": {"india", func(raw map[string]any) {
			raw["multisite:region"] = "ap-south-1"
			raw["multisite:country"] = "BR"
			raw["multisite:encryption"] = false
			engine.Object(raw, "multisite:network")["cidrBlock"] = "10.16.0.0/16"
			engine.Object(raw, "multisite:partner")["plannedDate"] = "2015-02-30"
			engine.Object(raw, "multisite:services", "mi-cloud", "database")["vcpus"] = 0
			engine.Object(raw, "multisite:services", "mi-cloud", "buckets", "photos")["capacityTiB"] = 0
			delete(engine.Object(raw, "multisite:services", "ecommerce"), "standIn")
		}, []string{
			`Pulumi.india.yaml: multisite:region: unknown key; allowed: provider, country, domain, partner, network, cdn, entry, services, deletionProtection`,
			`Pulumi.india.yaml: multisite:country: found "BR"; allowed: IN, as in register/register.yaml`,
			`Pulumi.india.yaml: multisite:encryption: unknown key`,
			`Pulumi.india.yaml: multisite:network.cidrBlock: found "10.16.0.0/16"; allowed: 10.64.0.0/16`,
			`Pulumi.india.yaml: multisite:partner.plannedDate: found "2015-02-30"; allowed: a date`,
			`Pulumi.india.yaml: multisite:services.mi-cloud.database.vcpus: found 0; allowed: a whole number from 1 to 128`,
			`Pulumi.india.yaml: multisite:services.mi-cloud.buckets.photos.capacityTiB: found 0; allowed: a whole number from 1 to 10240`,
		}},
		"a market that another site serves": {"india", func(raw map[string]any) {
			delete(engine.Object(raw, "multisite:services", "ecommerce"), "standIn")
		}, []string{`multisite:services.ecommerce.markets: found "IN"; allowed: markets that singapore does not serve; or singapore as the standIn`}},
		"sites for the rest of the world in the global file": {"global", func(raw map[string]any) {
			raw["multisite:elsewhere"] = map[string]any{"mi-cloud": "oregon"}
		}, []string{`Pulumi.global.yaml: multisite:elsewhere: found {"mi-cloud":"oregon"}; allowed: none: the site that serves a service for the rest of the world lists ZZ in multisite:services.SERVICE.markets`}},
		"an unknown driver": {"india", func(raw map[string]any) {
			engine.Object(raw, "multisite:partner")["driver"] = "unknown"
		}, []string{`found "unknown"; allowed: one of folder, placeholder`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := engine.NewLocal(t)
			p.Edit(row.stack, row.edit)
			for _, command := range [][]string{{"preview"}, {"up", "--yes", "--skip-preview"}} {
				output, err := p.Try(append(command, "--stack", row.stack)...)
				require.Error(t, err)
				for _, message := range row.messages {
					assert.Contains(t, output, message)
				}
				assert.Empty(t, p.Account())
				assert.Empty(t, resources(p.State(row.stack)))
			}
		})
	}
}

// TestMarketsChangeByConfiguration checks that a change of the configuration is enough to
// serve another set of markets.
func TestMarketsChangeByConfiguration(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "california")
	p.Edit("california", func(raw map[string]any) {
		engine.Object(raw, "multisite:services", "ecommerce")["markets"] = []string{"MX", "ZZ"}
	})
	p.Edit("brazil", func(raw map[string]any) {
		delete(engine.Object(raw, "multisite:services", "ecommerce"), "standIn")
	})
	assert.Equal(t, map[string][]string{"update": {"aws:cloudfront:Distribution california-cdn"}}, p.Preview("california"),
		"without Brazil, a price class with fewer edge locations is enough")
}
