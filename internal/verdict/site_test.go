package verdict

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/command"
	"example.com/multisite/internal/engine"
)

// TestRealPreviews reads previews that the real engine makes of a site with every option.
func TestRealPreviews(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.EveryOption("california") // so that the preview has every type
	p.Edit("california", func(config map[string]any) { config["multisite:deletionProtection"] = false })
	got := verdictOn(p.Pulumi("preview", "--stack", "california", "--json"), "california")
	assert.Equal(t, command.Success, got.exit)
	assert.Contains(t, got.out, "no update, no replacement, no deletion")

	p.Up("california")
	for name, r := range p.State("california") {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			assert.True(t, awstypes.Has(r.Type), "%s: internal/awstypes has no row for %s: docs/new-resource-type.md describes how to add it", name, r.Type)
		}
	}
	p.Edit("california", func(config map[string]any) {
		services := config["multisite:services"].(map[string]any)
		delete(services["ecommerce"].(map[string]any), "database")
	})
	got = verdictOn(p.Pulumi("preview", "--stack", "california", "--json"), "california")
	assert.Equal(t, command.Failure, got.exit)
	assert.Contains(t, got.out, "> - delete `aws:rds:Instance california-ecommerce`\n")

	plan := p.Plan("california")
	assert.Equal(t, "[secret]", plan["aws:rds:Instance california-ecommerce"].OldState.Inputs["password"], "the engine masks secrets in its JSON")
	assert.Equal(t, "[secret]", plan["random:index:RandomPassword california-ecommerce"].OldState.Outputs["result"])
}
