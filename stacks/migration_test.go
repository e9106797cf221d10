package stacks_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/register/residency"
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

// signed makes a project use a register with more flows.
func signed(t *testing.T, p *engine.Project, flows ...residency.Flow) {
	t.Helper()
	addToRegister(t, p, properties{"flows": flows})
}

// addToRegister makes a project use a register with more hosts and flows.
func addToRegister(t *testing.T, p *engine.Project, added properties) {
	t.Helper()
	content, err := json.Marshal(added)
	require.NoError(t, err)
	p.Program, p.Env = engine.Build(t, "example.com/multisite/stacks/testdata/signed"), []string{"SIGNED=" + string(content)}
}

// wayBack returns a flow of a market's shop to the origin that ends in some days.
func wayBack(site, market string, days int) residency.Flow {
	day := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	return residency.Flow{
		From: site, To: "origin", Classes: []string{"orders", "public-content"}, Markets: []string{market},
		Reason: "a way back for the shop", SignedBy: "general counsel", Signed: day(-7), Until: day(days),
	}
}

// TestMigration moves a market from the origin to its home site, including steps back.
func TestMigration(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	signed(t, p, wayBack("california", "MX", 30))
	p.MoveShop()
	p.Up("california")
	p.Up("global")
	p.Up("california") // with certificates
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

// TestMigrationWithoutAWayBack moves a market that has no flow to the origin. The program warns of
// it from the start, copies nothing to the origin, and refuses the step back.
func TestMigrationWithoutAWayBack(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		site, market string
		flows        []residency.Flow
		why          string
	}{
		"no flow":                     {"california", "MX", nil, "no flow to the origin has its orders, public-content (register/residency/residency.yaml; LFPDPPP of 2025)"},
		"a flow that has expired":     {"california", "MX", []residency.Flow{wayBack("california", "MX", -1)}, "no flow to the origin has its orders, public-content"},
		"a flow of another market":    {"california", "MX", []residency.Flow{wayBack("california", "BR", 30)}, "no flow to the origin has its orders, public-content"},
		"a flow that the law forbids": {"singapore", "TW", []residency.Flow{wayBack("singapore", "TW", 30)}, "no flow to the origin has its orders, public-content (register/residency/residency.yaml; PDPA art. 21, order of the NCC of 2012)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := engine.New(t)
			signed(t, p, row.flows...)
			p.MoveShopTo(row.site, row.market)
			stack, task := "pulumi:pulumi:Stack multisite-"+row.site, fmt.Sprintf("aws:dms:ReplicationTask %s-ecommerce-copy-%s", row.site, strings.ToLower(row.market))
			step := func(phase string) map[string]engine.Resource {
				p.StepOf(row.site, row.market, phase)
				output, err := p.Try("preview", "--stack", row.site)
				require.NoError(t, err)
				assert.Equal(t, phase != "origin" && phase != "done", strings.Contains(output, "warning: one-way: ecommerce: "+row.market+" is "+phase+
					": in the phase serving nothing is replicated to the origin, and the way back is a restore: "+row.why), output)
				p.Up(row.site)
				return p.State(row.site)
			}
			untouched := step("origin")
			for _, phase := range []string{"copying", "canary"} {
				state := step(phase)
				assert.Contains(t, state, task)
				assert.NotContains(t, state, "aws:dms:Endpoint "+row.site+"-ecommerce-copy-origin-target", "no endpoint writes to the origin")
			}
			state := step("serving")
			assert.Equal(t, slices.Sorted(maps.Keys(untouched)), slices.Sorted(maps.Keys(state)), "nothing connects to the origin")
			assert.Equal(t, true, state[stack].Outputs["ecommerce.oneWay."+row.market])

			signed(t, p, wayBack(row.site, row.market, 30))
			assert.Empty(t, p.Preview(row.site), "a flow that is signed later does not bring the writes to the origin")
			p.StepOf(row.site, row.market, "canary")
			for _, command := range [][]string{{"preview"}, {"up", "--yes", "--skip-preview"}} {
				output, err := p.Try(append(command, "--stack", row.site)...)
				require.Error(t, err)
				assert.Contains(t, output, "markets."+row.market+`.phase: found "canary"; allowed: serving or done: the origin lacks what was written since the cut-over`)
			}
			p.StepOf(row.site, row.market, "done")
			p.Up(row.site)
			assert.NotContains(t, p.State(row.site)[stack].Outputs, "ecommerce.oneWay."+row.market)
		})
	}
}

// TestAWayBackExpires updates a site that replicates to the origin after the flow's last day:
// replication ends, and so does the way back.
func TestAWayBackExpires(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	signed(t, p, wayBack("california", "MX", 1))
	p.MoveShop()
	for _, phase := range []string{"origin", "copying", "canary", "serving"} {
		p.Step(phase)
		p.Up("california")
	}
	require.Contains(t, p.State("california"), shopTask)
	signed(t, p, wayBack("california", "MX", -1))
	p.Up("california")
	assert.Empty(t, copied(p.State("california")))
	p.Step("canary")
	_, err := p.Try("preview", "--stack", "california")
	require.Error(t, err)
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
