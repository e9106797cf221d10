package stacks_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// shares returns the weights of the market's records.
func shares(state map[string]engine.Resource) map[string]any {
	weights := map[string]any{}
	for _, to := range []string{"home", "origin"} {
		if record, known := state["aws:route53:Record global-ecommerce-mx-"+to]; known {
			weights[to] = record.Inputs["weightedRoutingPolicies"].([]any)[0].(map[string]any)["weight"]
		}
	}
	return weights
}

const shopTask = "aws:dms:ReplicationTask california-ecommerce-copy-mx"

// TestMigration moves a market from the origin to its home site, including steps back.
func TestMigration(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.MoveShop()
	p.Up("california")
	p.Up("global")
	untouched := p.State("california")
	assert.Empty(t, copied(untouched))
	assert.Equal(t, map[string]any{"origin": 100.0}, shares(p.State("global")))
	for i, row := range []struct {
		phase, migration string // migration is the task's type, or "" if the phase has no task
		weights          map[string]any
	}{
		{"copying", "full-load-and-cdc", map[string]any{"origin": 100.0}},
		{"origin", "", map[string]any{"origin": 100.0}},
		{"copying", "full-load-and-cdc", map[string]any{"origin": 100.0}},
		{"canary", "full-load-and-cdc", map[string]any{"home": 10.0, "origin": 90.0}},
		{"copying", "full-load-and-cdc", map[string]any{"origin": 100.0}},
		{"canary", "full-load-and-cdc", map[string]any{"home": 10.0, "origin": 90.0}},
		{"serving", "cdc", map[string]any{"home": 100.0, "origin": 0.0}},
		{"canary", "cdc", map[string]any{"home": 10.0, "origin": 90.0}},
		{"serving", "cdc", map[string]any{"home": 100.0, "origin": 0.0}},
		{"done", "", map[string]any{"home": 100.0}},
	} {
		before := p.State("california")[shopTask]
		p.Step(row.phase)
		p.Up("california")
		if !maps.Equal(row.weights, shares(p.State("global"))) {
			p.Up("global")
		}
		state := p.State("california")
		assert.Equal(t, row.phase, state["pulumi:pulumi:Stack multisite-california"].Outputs["ecommerce.phase.MX"], "step %d", i)
		assert.Equal(t, row.weights, shares(p.State("global")), "step %d, %s", i, row.phase)
		task := state[shopTask]
		assert.Equal(t, row.migration, or(task.Inputs["migrationType"]), "step %d, %s", i, row.phase)
		if task.ID != "" {
			reads := map[bool]string{true: "-copy-origin-source", false: "-copy-source"}[row.phase != "serving"]
			assert.Equal(t, state["aws:dms:Endpoint california-ecommerce"+reads].Outputs["endpointArn"], task.Inputs["sourceEndpointArn"], "step %d, %s", i, row.phase)
			if reads := before.Inputs["sourceEndpointArn"]; before.ID != "" && reads == task.Inputs["sourceEndpointArn"] {
				assert.Equal(t, before.ID, task.ID, "step %d: a step that does not reverse replication does not replace the task", i)
			}
		}
		if row.phase == "copying" {
			assert.NotEmpty(t, copied(state))
			assert.Contains(t, state["aws:ssm:Parameter california-directory"].Dependencies, task.URN, "the site status is published after the task is created")
		}
	}
	assert.Empty(t, p.Preview("california"))
	done := p.State("california")
	assert.Equal(t, slices.Sorted(maps.Keys(untouched)), slices.Sorted(maps.Keys(done)), "the migration leaves no resources")
	for name, r := range done {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		for _, host := range engine.OriginHosts {
			assert.NotContains(t, string(text), host, name)
		}
	}
	assert.NotContains(t, p.State("global"), "aws:route53:Record global-ecommerce-mx-origin")
}

// or returns a string, or "" if the value is absent.
func or(value any) string {
	text, _ := value.(string)
	return text
}

// copied returns the names of the resources of AWS DMS and AWS DataSync.
func copied(state map[string]engine.Resource) (names []string) {
	for name := range state {
		if strings.HasPrefix(name, "aws:dms:") || strings.HasPrefix(name, "aws:datasync:") {
			names = append(names, name)
		}
	}
	return names
}

// TestRefusedSteps checks that a refused step names the configuration key and changes
// nothing, and that an interrupted step can be repeated.
func TestRefusedSteps(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.MoveShop()
	p.Up("global")
	p.Up("california")
	refused := func(message string, edit func(markets map[string]any)) {
		t.Helper()
		q := engine.Copy(t, p)
		q.Edit("california", func(raw map[string]any) {
			edit(engine.Object(raw, "multisite:migration", "services", "ecommerce", "markets"))
		})
		output, err := q.Try("up", "--stack", "california", "--yes", "--skip-preview")
		require.Error(t, err)
		assert.Contains(t, output, message)
		assert.NotContains(t, output, "hidden-word")
		assert.Len(t, q.State("california"), len(p.State("california")))
	}
	to := func(phase string) func(map[string]any) {
		return func(markets map[string]any) { markets["MX"] = map[string]any{"phase": phase} }
	}
	refused(`Pulumi.california.yaml: multisite:migration.services.ecommerce.markets.MX.phase: found "serving"; allowed: origin, which the stack is in, or one step from there`, to("serving"))
	refused(`markets.MX.phase: found "done"; allowed: origin`, func(markets map[string]any) { delete(markets, "MX") })

	p.Step("copying")
	output, err := p.Command("--fault", "crash-before create resource=aws:dms:ReplicationTask*", "pulumi", "up", "--stack", "california", "--yes", "--skip-preview", "--non-interactive", "--parallel", "1").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(output), "california-ecommerce-copy-mx")
	state := p.State("california")
	assert.Equal(t, "origin", state["pulumi:pulumi:Stack multisite-california"].Outputs["ecommerce.phase.MX"], "the step is not recorded")
	assert.NotContains(t, p.Stored(state["aws:ssm:Parameter california-directory"])["insecureValue"], "copying", "the site status does not contain the step")
	p.Up("california") // repeats the step
	assert.Contains(t, p.State("california"), shopTask)
	refused(`markets.MX.facts.lagSeconds: found nothing; allowed: at most 60 seconds, to go from copying to canary`, func(markets map[string]any) {
		markets["MX"] = map[string]any{"phase": "canary", "sharePercent": 5}
	})
}
