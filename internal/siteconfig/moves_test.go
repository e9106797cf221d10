package siteconfig

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components/migration"
	"example.com/multisite/internal/phases"
	"example.com/multisite/register/residency"
)

var noon = time.Date(2014, 10, 22, 12, 0, 0, 0, time.UTC)

// measured returns evidence that allows any step to a phase.
func measured(to phases.Phase, edit func(*phases.Evidence)) phases.Evidence {
	zero, rows := 0, 1200
	e := phases.Evidence{
		For: to, HomeEmpty: true, WritesForwarded: true, SequencesAdvanced: true, Restarted: true, ConnectionsTested: true,
		Measured: "2014-10-21", LagSeconds: &zero, RowsAtOrigin: &rows, RowsAtHome: &rows, ObjectsMissing: &zero, ErrorsPerMillion: &zero,
		WritesPaused: true, SignedOffBy: "head of e-commerce", SignedOff: "2014-10-22",
	}
	edit(&e)
	return e
}

// moving returns a site with one market that moves.
func moving(phase phases.Phase, evidence phases.Evidence, exceptions ...Exception) *Site {
	return &Site{Name: "singapore", Exceptions: exceptions, Services: map[string]Service{
		"ecommerce": {Markets: []string{"SG"}, Moves: map[string]phases.Move{"SG": {Phase: phase, Evidence: evidence, WayBack: true}}},
	}}
}

// TestStepsLeadToNeighbours tries every pair of phases, with all evidence.
// TestALargerShareNeedsFacts checks that more users are sent to the home only once the entry's
// errors were measured with those it has.
func TestALargerShareNeedsFacts(t *testing.T) {
	for _, row := range []struct {
		before   any
		share    int
		measured bool
		message  string
	}{
		{10.0, 50, false, "found nothing; allowed: at most 1000 requests of a million, to raise sharePercent from 10 to 50"},
		{10.0, 50, true, ""},
		{10.0, 10, false, ""},
		{50.0, 10, false, ""}, // fewer users
		{nil, 50, false, ""},  // before the share was recorded
	} {
		site := moving(phases.Canary, measured(phases.Canary, func(e *phases.Evidence) {
			if !row.measured {
				e.ErrorsPerMillion = nil
			}
		}))
		move := site.Services["ecommerce"].Moves["SG"]
		move.SharePercent = row.share
		site.Services["ecommerce"].Moves["SG"] = move
		_, err := CheckSteps(site, map[string]any{"ecommerce.phase.SG": "canary", "ecommerce.sharePercent.SG": row.before}, noon)
		if row.message == "" {
			assert.NoError(t, err, "%v", row)
		} else {
			assert.ErrorContains(t, err, "markets.SG.facts.errorsPerMillion: "+row.message)
		}
	}
}

func TestStepsLeadToNeighbours(t *testing.T) {
	for i, from := range phases.Phases {
		for j, to := range phases.Phases {
			_, err := CheckSteps(moving(to, measured(to, func(*phases.Evidence) {})), map[string]any{"ecommerce.phase.SG": string(from)}, noon)
			switch {
			case from == phases.Done && to != phases.Done:
				require.ErrorContains(t, err, "migration.services.ecommerce.markets.SG.phase: found \""+string(to)+"\"; allowed: done, which no step leaves", "%s to %s", from, to)
			case j-i > 1 || i-j > 1:
				require.ErrorContains(t, err, "allowed: "+string(from)+", which the stack is in, or one step from there", "%s to %s", from, to)
			default:
				assert.NoError(t, err, "%s to %s", from, to)
			}
		}
	}
}

// TestStepsRequireEvidence leaves out all evidence, or changes one value at a time.
func TestStepsRequireEvidence(t *testing.T) {
	none, some := func(f *phases.Evidence) { *f = phases.Evidence{} }, 1201
	for name, row := range map[string]struct {
		from, to phases.Phase
		edit     func(*phases.Evidence)
		refused  []string
	}{
		"no evidence for copying":                {phases.AtOrigin, phases.Copying, none, []string{"for", "measured", "homeEmpty"}},
		"no evidence for a step back to copying": {phases.Canary, phases.Copying, none, nil},
		"no evidence for a step back to origin":  {phases.Copying, phases.AtOrigin, none, nil},
		"no evidence for a canary":               {phases.Copying, phases.Canary, none, []string{"for", "measured", "lagSeconds", "objectsMissing", "writesForwarded", "signedOff"}},
		"no evidence for serving":                {phases.Canary, phases.Serving, none, []string{"for", "measured", "lagSeconds", "rowsAtHome", "objectsMissing", "errorsPerMillion", "writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOff"}},
		"no evidence for a step back to canary":  {phases.Serving, phases.Canary, none, []string{"for", "measured", "lagSeconds", "rowsAtHome", "objectsMissing", "writesPaused", "sequencesAdvanced", "writesForwarded", "connectionsTested"}},
		"no evidence for done":                   {phases.Serving, phases.Done, none, []string{"for", "measured", "objectsMissing", "errorsPerMillion", "signedOff"}},
		"evidence for the previous step":         {phases.Canary, phases.Serving, func(f *phases.Evidence) { f.For = phases.Canary }, []string{`for: found "canary"; allowed: serving`}},
		"a lag before serving":                   {phases.Canary, phases.Serving, func(f *phases.Evidence) { lag := 1; f.LagSeconds = &lag }, []string{"lagSeconds: found 1; allowed: at most 0 seconds"}},
		"a lag above the limit":                  {phases.Copying, phases.Canary, func(f *phases.Evidence) { lag := 61; f.LagSeconds = &lag }, []string{"lagSeconds: found 61; allowed: at most 60 seconds"}},
		"a row more than at the origin":          {phases.Canary, phases.Serving, func(f *phases.Evidence) { f.RowsAtHome = &some }, []string{"rowsAtHome: found 1201; allowed: as many rows as rowsAtOrigin, 1200"}},
		"a missing object":                       {phases.Copying, phases.Canary, func(f *phases.Evidence) { n := 1; f.ObjectsMissing = &n }, []string{"objectsMissing: found 1; allowed: at most 0 objects"}},
		"errors above the limit":                 {phases.Canary, phases.Serving, func(f *phases.Evidence) { n := 1001; f.ErrorsPerMillion = &n }, []string{"errorsPerMillion: found 1001; allowed: at most 1000 requests of a million"}},
		"writes that are not paused":             {phases.Canary, phases.Serving, func(f *phases.Evidence) { f.WritesPaused = false }, []string{"writesPaused: found false; allowed: true"}},
		"an old measurement":                     {phases.Copying, phases.Canary, func(f *phases.Evidence) { f.Measured = "2014-10-14" }, []string{`measured: found "2014-10-14"; allowed: a day of the last 7`}},
		"a measurement a week ago":               {phases.Copying, phases.Canary, func(f *phases.Evidence) { f.Measured = "2014-10-15" }, nil},
		"an approval in the future":              {phases.Copying, phases.Canary, func(f *phases.Evidence) { f.SignedOff = "2014-10-24" }, []string{`signedOff: found "2014-10-24"`}},
		"an approval before the measurement":     {phases.Serving, phases.Done, func(f *phases.Evidence) { f.SignedOff = "2014-10-20" }, []string{`signedOff: found "2014-10-20"`}},
		"an approval without a role":             {phases.Serving, phases.Done, func(f *phases.Evidence) { f.SignedOffBy = "" }, []string{"signedOff: found \"2014-10-22\"; allowed: a day of the last 7, not before measured, together with the role signedOffBy, to go from serving to done"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := CheckSteps(moving(row.to, measured(row.to, row.edit)), map[string]any{"ecommerce.phase.SG": string(row.from)}, noon)
			if row.refused == nil {
				assert.NoError(t, err)
				return
			}
			require.Error(t, err)
			for _, refused := range row.refused {
				assert.ErrorContains(t, err, "Pulumi.singapore.yaml: multisite:migration.services.ecommerce.markets.SG.facts."+refused)
			}
		})
	}
}

// TestAMarketWithoutARecordedPhase checks that it may only be in the phases origin and done.
func TestAMarketWithoutARecordedPhase(t *testing.T) {
	for _, to := range phases.Phases {
		_, err := CheckSteps(moving(to, measured(to, func(*phases.Evidence) {})), nil, noon)
		assert.Equal(t, to != phases.AtOrigin && to != phases.Done, err != nil, "%s: %v", to, err)
	}
}

// TestAMovingMarketIsNotRemoved removes a market in each phase from the site's list.
func TestAMovingMarketIsNotRemoved(t *testing.T) {
	site := moving(phases.Copying, phases.Evidence{})
	for phase, refused := range map[phases.Phase]bool{phases.AtOrigin: false, phases.Copying: true, phases.Canary: true, phases.Serving: true, phases.Done: false} {
		_, err := CheckSteps(site, map[string]any{"ecommerce.phase.SG": "copying", "ecommerce.phase.TW": string(phase)}, noon)
		assert.Equal(t, refused, err != nil, "%s: %v", phase, err)
	}
}

// TestAnExceptionAllowsAStep checks its rule, its market and its last day.
func TestAnExceptionAllowsAStep(t *testing.T) {
	recorded := map[string]any{"ecommerce.phase.SG": "done"}
	exception := Exception{Rule: phases.PhaseRule, Resource: "ecommerce SG", Reason: "the home lost rows", Until: "2014-10-22"}
	excepted, err := CheckSteps(moving(phases.Serving, phases.Evidence{}, exception), recorded, noon)
	require.NoError(t, err)
	assert.Equal(t, []Exception{exception}, excepted)
	for _, other := range []Exception{
		{Rule: phases.PhaseRule, Resource: "ecommerce TW", Until: "2014-10-22"},
		{Rule: LossRule, Resource: "ecommerce SG", Until: "2014-10-22"},
		{Rule: phases.PhaseRule, Resource: "ecommerce SG", Until: "2014-10-21"},
	} {
		_, err := CheckSteps(moving(phases.Serving, phases.Evidence{}, other), recorded, noon)
		assert.Error(t, err, "%v", other)
	}
}

// TestAMarketWithoutAWayBack takes every step without a flow to the origin: only the step back
// from serving is refused, and the step to serving needs no facts on replication to the origin.
func TestAMarketWithoutAWayBack(t *testing.T) {
	recorded := func(phase phases.Phase) map[string]any { return map[string]any{"ecommerce.phase.SG": string(phase)} }
	oneWay := func(phase phases.Phase, exceptions ...Exception) *Site {
		site := moving(phase, measured(phase, func(e *phases.Evidence) { e.Restarted, e.ConnectionsTested = false, false }), exceptions...)
		move := site.Services["ecommerce"].Moves["SG"]
		move.WayBack = false
		site.Services["ecommerce"].Moves["SG"] = move
		return site
	}
	for i, from := range phases.Phases[:len(phases.Phases)-1] {
		_, err := CheckSteps(oneWay(phases.Phases[i+1]), recorded(from), noon)
		require.NoError(t, err, "from %s", from)
	}
	_, err := CheckSteps(oneWay(phases.Canary), recorded(phases.Serving), noon)
	require.EqualError(t, err, `Pulumi.singapore.yaml: multisite:migration.services.ecommerce.markets.SG.phase: found "canary"; allowed: serving or done: `+
		`the origin lacks what was written since the cut-over, because the data may not flow there. Restore the home (docs/migration.md, "Without a way back"), or add an exception from the rule phase`)
	_, err = CheckSteps(oneWay(phases.Canary, Exception{Rule: phases.PhaseRule, Resource: "ecommerce SG", Until: "2014-10-22"}), recorded(phases.Serving), noon)
	require.NoError(t, err)
}

// TestNoWayBackAfterServingWithoutReplication signs a flow to the origin after the home has served
// without one: the origin lacks the market's writes for good.
func TestNoWayBackAfterServingWithoutReplication(t *testing.T) {
	site := moving(phases.Serving, phases.Evidence{})
	site.RestoreMoves(map[string]any{"ecommerce.phase.SG": "canary"})
	assert.Equal(t, map[string]migration.Direction{"SG": migration.ToOrigin}, site.Services["ecommerce"].Copied())
	assert.NotContains(t, site.MoveOutputs(), "ecommerce.oneWay.SG")

	site.RestoreMoves(map[string]any{"ecommerce.phase.SG": "serving", "ecommerce.oneWay.SG": true})
	assert.Empty(t, site.Services["ecommerce"].Copied())
	assert.Equal(t, map[string]any{"ecommerce.phase.SG": "serving", "ecommerce.oneWay.SG": true}, site.MoveOutputs())
	assert.Equal(t, []string{"one-way: ecommerce: SG is serving: in the phase serving nothing is replicated to the origin, and the way back is a restore: the home has served without replication"}, func() []string {
		rules := loadRules(t)
		rules.Flows = append(rules.Flows, residency.Flow{From: "singapore", To: "origin", Classes: []string{"orders", "public-content"}, Markets: []string{"SG"}, Until: "9999-12-31"})
		return site.NoWayBack(rules)
	}())
}

// TestCopyingNeedsAFlow loads a market in each phase without a flow from the origin.
func TestCopyingNeedsAFlow(t *testing.T) {
	for phase, refused := range map[phases.Phase]bool{phases.AtOrigin: false, phases.Copying: true, phases.Canary: true, phases.Serving: false, phases.Done: false} {
		rules, raw := loadRules(t), valid()
		raw["multisite:migration"] = `{"services": {"mi-cloud": {"markets": {"BR": {"phase": "` + string(phase) + `"}}}}}`
		const without = `residency: Pulumi.oregon.yaml: multisite:migration.services.mi-cloud.markets.BR.phase: found "`
		_, err := Load("oregon", raw, rules)
		assert.NotContains(t, fmt.Sprint(err), without, "the register has the flow")
		rules.Flows = nil
		_, err = Load("oregon", raw, rules)
		assert.Equal(t, refused, strings.Contains(fmt.Sprint(err), without+string(phase)+`"; allowed: flows that register/residency/residency.yaml has; `+
			`it has none from origin to oregon of user-storage of BR (LGPD art. 33, ANPD Resolution 19/2024)`), "%s: %v", phase, err)
	}
}

// TestOriginsAreOfTheRegister sets the origin of the stack global to a host that is not the
// origin's.
func TestOriginsAreOfTheRegister(t *testing.T) {
	for host, allowed := range map[string]bool{"shop.beijing.example": true, "beijing.example": true, "shop.example.net": false, "": false} {
		_, err := LoadGlobal(map[string]string{"multisite:domain": "multisite.example", "multisite:origins": `{"ecommerce": "` + host + `"}`}, loadRegister(t))
		assert.Equal(t, allowed, err == nil, "%s: %v", host, err)
		if !allowed {
			assert.ErrorContains(t, err, "Pulumi.global.yaml: multisite:origins.ecommerce: found ")
		}
	}
}
