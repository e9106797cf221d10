package acceptance_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/state/permissions"
)

// TestEntry creates a site without names, then gives its services names in the passes of
// `make up STACK=all`, follows a request of a user to a target, and deletes the site.
func TestEntry(t *testing.T) {
	t.Parallel()
	const site, service, global = "california", "ecommerce", "global"
	region := allRegions(t)[site]
	p, simulated := emulated(t), engine.New(t)
	options := map[string][]string{global: unsigned}
	calls := map[string]*recorder{}
	up := func(stack string) {
		for _, q := range []*engine.Project{p, simulated} {
			q.Pulumi(append([]string{"up", "--stack", stack, "--yes", "--skip-preview", "--parallel", "100"}, options[stack]...)...)
		}
		calls[stack].phase(permissions.PhaseCreate)
	}
	preview := func(stack string) map[string][]string {
		steps := p.Preview(stack, options[stack]...)
		calls[stack].phase(permissions.PhasePreview)
		return steps
	}

	var names []byte
	for _, q := range []*engine.Project{p, simulated} {
		file := filepath.Join(q.Dir, siteconfig.GlobalFile)
		var err error
		names, err = os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.Remove(file))
		only(t, q, site)
		q.Edit(site, func(config map[string]any) {
			engine.Object(config, "multisite:network")["ipFamily"] = "dual-stack"
			delete(engine.Object(config, "multisite:services", service), "database") // takes minutes
		})
	}
	// The emulator starts here, with copies of the configuration.
	calls[site], calls[global] = newRecorder(t, p, permissions.KindAWS, site, region), newRecorder(t, p, permissions.KindGlobal, global, edgeRegion)
	up(site)
	before := p.State(site)
	assert.Empty(t, newAccount(t, p, region).certificates(), "a project without names needs no certificate")
	for _, q := range []*engine.Project{p, simulated} {
		require.NoError(t, os.WriteFile(filepath.Join(q.Dir, siteconfig.GlobalFile), names, 0o600))
	}

	up(global)
	steps := preview(site)
	assert.Contains(t, steps["create"], "aws:lb:LoadBalancer "+site+"-entry")
	assert.NotContains(t, steps["create"], "aws:lb:Listener "+site+"-entry-https", "no certificate is issued")
	delete(steps, "create")
	delete(steps, "update")
	assert.Empty(t, steps, "a site that is up gets an entry without a replacement")
	up(site)
	up(global)
	steps = preview(site)
	assert.Contains(t, steps["create"], "aws:lb:ListenerRule "+site+"-entry-"+service)
	up(site)
	up(global)
	state, routes := p.State(site), p.State(global)
	compare(t, state, simulated.State(site))
	compare(t, routes, simulated.State(global))
	for name, r := range before {
		assert.Equal(t, r.ID, state[name].ID, "%s is the same resource", name)
	}
	for _, stack := range []string{site, global} {
		expectNoChanges(t, p, stack, false, options[stack]...)
		calls[stack].phase(permissions.PhasePreview)
		p.Pulumi("refresh", "--stack", stack, "--yes", "--skip-preview")
		calls[stack].phase(permissions.PhaseRefresh)
		expectNoChanges(t, p, stack, true, options[stack]...)
		calls[stack].phase(permissions.PhasePreview)
	}

	a := newAccount(t, p, region)
	a.inspectEntry(site)
	a.answers(service+".multisite.example", "MX")
	a.answers(service+"."+site+".multisite.example", "MX")
	host := a.resolve(service+".multisite.example", "MX")
	unknown := a.request(host, "www.example.com")
	assert.Equal(t, "404", aws.ToString(unknown.FixedResponseConfig.StatusCode), "names of no service")
	assert.Equal(t, "unserved."+service+".multisite.example", a.resolve(service+".multisite.example", "CN"), "mainland China")
	assert.Equal(t, hostname(state["aws:cloudfront:Distribution "+site+"-cdn"].Outputs["domainName"].(string)), a.resolve("static."+site+".multisite.example", "MX"))

	p.Edit(site, func(config map[string]any) {
		config["multisite:tags"] = map[string]any{"CostCenter": "42"}
		config["multisite:entry"] = map[string]any{"rateLimitAction": "block"}
		engine.Object(config, "multisite:services", service)["entry"] = map[string]any{"livePath": "/alive"}
	})
	unprotect(p, site)
	calls[site].phase(permissions.PhaseChange)
	for id, tags := range a.inventory() {
		assert.Equal(t, "42", tags["CostCenter"], id)
	}
	p.Pulumi("destroy", "--stack", site, "--yes", "--skip-preview")
	calls[site].phase(permissions.PhaseDestroy)
	assert.Empty(t, a.inventory())
	assert.Empty(t, newAccount(t, p, edgeRegion).certificates())
}

// only deletes the configuration of all other sites.
func only(t *testing.T, p *engine.Project, site string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.Dir, "Pulumi.?*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		if filepath.Base(file) != "Pulumi."+site+".yaml" {
			require.NoError(t, os.Remove(file))
		}
	}
}

// answers requires that a user's request for a host reaches a target that registers.
func (a *account) answers(host, country string) {
	a.t.Helper()
	action := a.request(a.resolve(host, country), host)
	require.Equal(a.t, elbtypes.ActionTypeEnumForward, action.Type, host)
	targets := []elbtypes.TargetDescription{{Id: aws.String("10.48.16.10")}}
	_, err := a.elb.RegisterTargets(a.ctx, &elasticloadbalancingv2.RegisterTargetsInput{TargetGroupArn: action.TargetGroupArn, Targets: targets})
	require.NoError(a.t, err)
	health, err := a.elb.DescribeTargetHealth(a.ctx, &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: action.TargetGroupArn})
	require.NoError(a.t, err)
	require.Len(a.t, health.TargetHealthDescriptions, 1, host)
	assert.Equal(a.t, elbtypes.TargetHealthStateEnumHealthy, health.TargetHealthDescriptions[0].TargetHealth.State)
	_, err = a.elb.DeregisterTargets(a.ctx, &elasticloadbalancingv2.DeregisterTargetsInput{TargetGroupArn: action.TargetGroupArn, Targets: targets})
	require.NoError(a.t, err)
}
