package stacks_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// takeOut removes a market from a service of Singapore.
func takeOut(p *engine.Project, service, market string) {
	p.Edit("singapore", func(raw map[string]any) {
		entry := engine.Object(raw, "multisite:services", service)
		entry["markets"] = slices.DeleteFunc(entry["markets"].([]any), func(listed any) bool { return listed == market })
	})
}

// TestAMarketWithoutAHomeIsRefused checks that neither a site nor the stack global is created or
// updated while the register has a market that no site lists, and no reason for it.
func TestAMarketWithoutAHomeIsRefused(t *testing.T) {
	t.Parallel()
	for name, services := range map[string][]string{
		"one service": {"mi-account"}, "a market that nothing serves": {"cloud-messaging", "ecommerce", "mi-account", "mi-cloud"},
	} {
		p := engine.New(t)
		for _, service := range services {
			takeOut(p, service, "PH")
		}
		for _, stack := range []string{"singapore", "oregon", "global"} {
			for _, command := range [][]string{{"preview"}, {"up", "--yes", "--skip-preview"}} {
				output, err := p.Try(append(command, "--stack", stack)...)
				require.Error(t, err, "%s: %s %s", name, command, stack)
				for _, service := range services {
					assert.Contains(t, output, "register/register.yaml: markets.PH: found no site that serves it with "+service+"; allowed: a site that lists it in multisite:services."+service+
						".markets or publicMarkets, or the reason in markets.PH.unserved."+service)
				}
			}
		}
		assert.Empty(t, p.Account())
	}
}

// TestUnservedUsersReachNoSite checks the records of a market that the register lists as unserved, of
// the rest of the world, and of a service that no site hosts.
func TestUnservedUsersReachNoSite(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Program = engine.Build(t, "example.com/multisite/stacks/testdata/unserved")
	try := func(unserved string, args ...string) (string, error) {
		command := p.Command(append([]string{"pulumi", "--color=never", "--non-interactive"}, args...)...)
		command.Env = append(os.Environ(), "UNSERVED="+unserved)
		output, err := command.CombinedOutput()
		return string(output), err
	}
	const reason = `{"PH": {"mi-account": "not sold there before 2027"}}`
	output, err := try(reason, "up", "--stack", "global", "--yes", "--skip-preview")
	require.Error(t, err)
	assert.Contains(t, output, `Pulumi.singapore.yaml: multisite:services.mi-account.markets: found "PH"; allowed: markets that register/register.yaml does not list as unserved: not sold there before 2027`)

	takeOut(p, "mi-account", "PH")
	output, err = try(reason, "up", "--stack", "global", "--yes", "--skip-preview")
	require.NoError(t, err, output)
	state := p.State("global")
	inputs := func(record string) map[string]any { return state["aws:route53:Record global-"+record].Inputs }
	target := func(record string) any { return inputs(record)["aliases"].([]any)[0].(map[string]any)["name"] }
	assert.Equal(t, "ph.market.mi-account.multisite.example", target("mi-account-from-ph"))
	assert.Equal(t, []any{"unserved.mi-account.multisite.example"}, inputs("mi-account-ph-home")["records"])
	assert.Equal(t, []any{map[string]any{"country": "*"}}, inputs("mi-account-from-elsewhere")["geolocationRoutingPolicies"])
	assert.Equal(t, "zz.market.mi-account.multisite.example", target("mi-account-from-elsewhere"))
	assert.Equal(t, "oregon.site.mi-account.multisite.example", target("mi-account-zz-home"))
	assert.Equal(t, []any{"unserved.mi-account.multisite.example"}, inputs("mi-account-from-cn")["records"])
	for name, r := range state {
		if policies, _ := r.Inputs["geolocationRoutingPolicies"].([]any); len(policies) > 0 {
			assert.NotContains(t, r.Inputs, "healthCheckId", "%s: Route 53 would answer from the record of the rest of the world", name)
		}
		if r.Type == "aws:route53/record:Record" && strings.Contains(name, "global-ecommerce") {
			for _, host := range append(records(r.Inputs["records"]), "unserved.") {
				assert.Regexp(t, `^unserved\.`, host, "%s: no site that hosts e-commerce is up", name)
			}
		}
	}
}

func records(value any) []any {
	list, _ := value.([]any)
	return list
}
