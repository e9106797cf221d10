package acceptance_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/state/permissions"
)

// unsigned excludes DNSSEC, which the emulator does not support.
var unsigned = []string{"--exclude", "**KeySigningKey**", "--exclude-dependents"}

// TestGlobal creates the routes to one site, adds another site, and deletes the routes, with
// the real provider.
func TestGlobal(t *testing.T) {
	t.Parallel()
	const stack = "global"
	p, simulated := emulated(t), engine.New(t)
	up := func(p *engine.Project) {
		p.Pulumi(append([]string{"up", "--stack", stack, "--yes", "--skip-preview"}, unsigned...)...)
	}
	calls := newRecorder(t, p, permissions.KindGlobal, stack, edgeRegion)
	publishStatus(t, p, simulated, "singapore")
	up(p)
	calls.phase(permissions.PhaseCreate)
	assert.Empty(t, p.Preview(stack, unsigned...), "a second up changes nothing")
	publishStatus(t, p, simulated, "california")
	steps := p.Preview(stack, unsigned...)
	assert.Contains(t, steps["update"], "aws:route53:Record global-ecommerce-mx-home")
	assert.Contains(t, steps["create"], "aws:route53:Record global-ecommerce-static-at-singapore-or-california-failover")
	calls.phase(permissions.PhasePreview)
	up(p)
	calls.phase(permissions.PhaseChange)
	state := p.State(stack)
	p.Pulumi("refresh", "--stack", stack, "--yes", "--skip-preview")
	calls.phase(permissions.PhaseRefresh)
	expectNoChanges(t, p, stack, true, unsigned...)
	up(simulated)
	compare(t, state, simulated.State(stack))

	p.Edit(stack, func(config map[string]any) {
		config["multisite:deletionProtection"] = false
		config["multisite:tags"] = map[string]any{"CostCenter": "42"}
	})
	calls.phase(permissions.PhasePreview)
	up(p)
	calls.phase(permissions.PhaseChange)
	p.Pulumi("destroy", "--stack", stack, "--yes", "--skip-preview")
	calls.phase(permissions.PhaseDestroy)
	zones, err := newAccount(t, p, edgeRegion).route53.ListHostedZones(t.Context(), &route53.ListHostedZonesInput{})
	require.NoError(t, err)
	assert.Empty(t, zones.HostedZones)
}

// publishStatus brings a site up in the simulated cloud, and publishes its status in the emulated one.
func publishStatus(t *testing.T, p, simulated *engine.Project, site string) {
	t.Helper()
	simulated.Up(site)
	status := simulated.State(site)["aws:ssm:Parameter "+site+"-directory"].Outputs["insecureValue"]
	newAccount(t, p, edgeRegion).post("ssm", "AmazonSSM.PutParameter", map[string]any{"Name": "/multisite/sites/" + site, "Type": "String", "Value": status}, nil)
}
