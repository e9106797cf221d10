package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestATargetedUpdateTakesNoStep updates only one resource while the configuration has the
// next step of a migration. The step is not recorded, and the next full update takes it.
func TestATargetedUpdateTakesNoStep(t *testing.T) {
	t.Parallel()
	const topic = "aws:sns:Topic california-alarms"
	p := engine.New(t)
	p.MoveShop()
	p.Up("global")
	p.Up("california")
	target := func(step string) (string, error) {
		p.Step(step)
		p.Edit("california", func(raw map[string]any) { raw["multisite:tags"] = map[string]any{"Step": step} })
		return p.Try("up", "--stack", "california", "--yes", "--skip-preview", "--target", p.State("california")[topic].URN)
	}
	recorded := func(output string) any {
		return p.State("california")["pulumi:pulumi:Stack multisite-california"].Outputs["ecommerce."+output+".MX"]
	}

	output, err := target("copying")
	require.Error(t, err, "the copying resources refer to resources that --target leaves out")
	assert.Regexp(t, `--target leaves out \d+ resources that do not exist yet, such as aws:`, output)
	assert.Equal(t, "origin", recorded("phase"))
	p.Up("california")
	assert.Equal(t, "copying", recorded("phase"))

	output, err = target("canary")
	require.NoError(t, err, output)
	state := p.State("california")
	assert.Equal(t, "canary", state[topic].Outputs["tagsAll"].(map[string]any)["Step"], "the target is updated")
	assert.Equal(t, []any{"copying", nil}, []any{recorded("phase"), recorded("sharePercent")})
	assert.NotContains(t, p.Stored(state["aws:ssm:Parameter california-directory"])["insecureValue"], "canary")
	p.Up("california")
	assert.Equal(t, []any{"canary", 10.0}, []any{recorded("phase"), recorded("sharePercent")})
}
