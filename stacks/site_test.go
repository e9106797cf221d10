package stacks_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/golden"
	"example.com/multisite/register"
)

// newProject returns a project for a site of the provider.
func newProject(t *testing.T, provider string) *engine.Project {
	t.Helper()
	if provider == "localdc" {
		return engine.NewLocal(t)
	}
	return engine.New(t)
}

// TestSite creates every site, compares its resources with a golden file, checks that nothing
// changes in a second update, and deletes the site.
func TestSite(t *testing.T) {
	reg, err := register.Default()
	require.NoError(t, err)
	for stack, site := range reg.Sites {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, site.Provider)
			p.Up(stack)
			if site.Provider == register.ProviderAWS {
				p.Up("global") // the records of the certificates
				p.Up(stack)
			}
			state := p.State(stack)
			golden.Equal(t, filepath.Join("testdata", stack+".golden"), tree(state))
			assert.Empty(t, p.Preview(stack), "a second up changes nothing")
			assert.Empty(t, p.Preview(stack, "--refresh"), "nothing drifts by itself")
			for name, r := range state {
				checkPlace(t, name, r, stack, site.Region)
			}
			checkOutputs(t, state["pulumi:pulumi:Stack multisite-"+stack].Outputs, site.Provider)
			if site.Provider == register.ProviderAWS {
				checkEntry(t, state, stack)
				takeDown(t, p, "global")
			}
			takeDown(t, p, stack)
			assert.Empty(t, p.Account())
		})
	}
}

// checkPlace checks that a resource has its site's region and tags.
func checkPlace(t *testing.T, name string, r engine.Resource, stack, region string) {
	t.Helper()
	if !strings.HasPrefix(r.Type, "aws:") {
		return
	}
	edge := strings.Contains(r.Provider, "::"+stack+"-edge::")
	assert.Equal(t, isEdge(name, stack), edge, "%s: only the CDN, its monitoring and the site status are in us-east-1", name)
	if edge {
		region = "us-east-1"
	}
	if arn, ok := r.Outputs["arn"].(string); ok && strings.Count(arn, ":") >= 5 && strings.Split(arn, ":")[3] != "" {
		assert.Equal(t, region, strings.Split(arn, ":")[3], name)
	}
	if tags, ok := r.Outputs["tagsAll"].(map[string]any); ok {
		assert.Subset(t, tags, map[string]any{"Project": "multisite", "Site": stack, "ManagedBy": "pulumi"}, name)
	}
}

// isEdge reports whether a resource must be in CloudFront's region, us-east-1.
func isEdge(name, stack string) bool {
	typ, own, _ := strings.Cut(name, " ")
	if strings.HasPrefix(own, stack+"-entry") {
		return false
	}
	for _, service := range []string{"aws:cloudfront:", "aws:wafv2:", "aws:acm:", "aws:route53:", "aws:cloudwatch:LogDelivery"} {
		if strings.HasPrefix(typ, service) {
			return true
		}
	}
	return strings.HasPrefix(own, stack+"-edge-") || strings.HasPrefix(own, stack+"-cdn-") && strings.HasPrefix(typ, "aws:cloudwatch:MetricAlarm") || own == stack+"-directory"
}

// takeDown deletes a site in two steps: an update that removes the protection, and a destroy.
func takeDown(t *testing.T, p *engine.Project, stack string) {
	t.Helper()
	before := p.Account()
	output, err := p.Try("destroy", "--stack", stack, "--yes") // with a preview
	require.Error(t, err)
	assert.Contains(t, output, "it is protected")
	assert.Equal(t, before, p.Account(), "a refused destroy deletes nothing")

	p.Edit(stack, func(raw map[string]any) { raw["multisite:deletionProtection"] = false })
	p.Up(stack)
	p.Pulumi("destroy", "--stack", stack, "--yes", "--skip-preview")
}

// tree lists resources, each with its parent and its provider.
func tree(state map[string]engine.Resource) string {
	var lines []string
	for name, r := range state {
		line := name
		if r.Parent != "" {
			line += " < " + engine.Name(r.Parent)
		}
		if r.Provider != "" {
			line += " @ " + engine.Name(r.Provider[:strings.LastIndex(r.Provider, "::")])
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
