package siteconfig

import (
	"testing"
	"time"

	"example.com/multisite/internal/migration"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2014, 10, 22, 12, 0, 0, 0, time.UTC)

// measured are facts that let any step to a phase be taken.
func measured(to migration.Phase, edit func(*migration.Evidence)) migration.Evidence {
	zero, rows := 0, 1200
	f := migration.Evidence{
		For: to, HomeEmpty: true, WritesForwarded: true, SequencesAdvanced: true, Restarted: true, ConnectionsTested: true,
		Measured: "2014-10-21", LagSeconds: &zero, RowsAtOrigin: &rows, RowsAtHome: &rows, ObjectsMissing: &zero, ErrorsPerMillion: &zero,
		WritesPaused: true, SignedOffBy: "head of e-commerce", SignedOff: "2014-10-22",
	}
	edit(&f)
	return f
}

// moving is a site with one market that moves.
func moving(phase migration.Phase, facts migration.Evidence, exceptions ...Exception) *Site {
	return &Site{Name: "singapore", Exceptions: exceptions, Services: map[string]Service{
		"ecommerce": {Markets: []string{"SG"}, Moves: map[string]migration.Move{"SG": {Phase: phase, Evidence: facts}}},
	}}
}

// TestOnlyNeighboursFollowOneAnother tries every pair of phases, with all facts.
func TestOnlyNeighboursFollowOneAnother(t *testing.T) {
	for i, from := range migration.Phases {
		for j, to := range migration.Phases {
			_, err := CheckSteps(moving(to, measured(to, func(*migration.Evidence) {})), map[string]any{"ecommerce.phase.SG": string(from)}, noon)
			switch {
			case from == migration.Done && to != migration.Done:
				require.ErrorContains(t, err, "migration.services.ecommerce.markets.SG.phase: found \""+string(to)+"\"; allowed: done, which is not left", "%s to %s", from, to)
			case j-i > 1 || i-j > 1:
				require.ErrorContains(t, err, "allowed: "+string(from)+", which the stack is in, or one step from there", "%s to %s", from, to)
			default:
				assert.NoError(t, err, "%s to %s", from, to)
			}
		}
	}
}

// TestStepsTakeFacts leaves out, or spoils, one fact at a time.
func TestStepsTakeFacts(t *testing.T) {
	none, some := func(f *migration.Evidence) { *f = migration.Evidence{} }, 1201
	for name, row := range map[string]struct {
		from, to migration.Phase
		edit     func(*migration.Evidence)
		refused  []string
	}{
		"nothing, to copy":         {migration.AtOrigin, migration.Copying, none, []string{"for", "measured", "homeEmpty"}},
		"nothing, back to copying": {migration.Canary, migration.Copying, none, nil},
		"nothing, back to origin":  {migration.Copying, migration.AtOrigin, none, nil},
		"nothing, to a canary":     {migration.Copying, migration.Canary, none, []string{"for", "measured", "lagSeconds", "objectsMissing", "writesForwarded", "signedOff"}},
		"nothing, to serve":        {migration.Canary, migration.Serving, none, []string{"for", "measured", "lagSeconds", "rowsAtHome", "objectsMissing", "errorsPerMillion", "writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOff"}},
		"nothing, back to canary":  {migration.Serving, migration.Canary, none, []string{"for", "measured", "lagSeconds", "rowsAtHome", "objectsMissing", "writesPaused", "sequencesAdvanced", "writesForwarded", "connectionsTested"}},
		"nothing, to be done":      {migration.Serving, migration.Done, none, []string{"for", "measured", "objectsMissing", "errorsPerMillion", "signedOff"}},
		"those of the step before": {migration.Canary, migration.Serving, func(f *migration.Evidence) { f.For = migration.Canary }, []string{`for: found "canary"; allowed: serving`}},
		"changes on their way":     {migration.Canary, migration.Serving, func(f *migration.Evidence) { lag := 1; f.LagSeconds = &lag }, []string{"lagSeconds: found 1; allowed: at most 0 seconds"}},
		"a lag":                    {migration.Copying, migration.Canary, func(f *migration.Evidence) { lag := 61; f.LagSeconds = &lag }, []string{"lagSeconds: found 61; allowed: at most 60 seconds"}},
		"a row too many":           {migration.Canary, migration.Serving, func(f *migration.Evidence) { f.RowsAtHome = &some }, []string{"rowsAtHome: found 1201; allowed: as many rows as rowsAtOrigin, 1200"}},
		"an object too few":        {migration.Copying, migration.Canary, func(f *migration.Evidence) { n := 1; f.ObjectsMissing = &n }, []string{"objectsMissing: found 1; allowed: at most 0 objects"}},
		"errors":                   {migration.Canary, migration.Serving, func(f *migration.Evidence) { n := 1001; f.ErrorsPerMillion = &n }, []string{"errorsPerMillion: found 1001; allowed: at most 1000 requests of a million"}},
		"writes":                   {migration.Canary, migration.Serving, func(f *migration.Evidence) { f.WritesPaused = false }, []string{"writesPaused: found false; allowed: true"}},
		"an old measurement":       {migration.Copying, migration.Canary, func(f *migration.Evidence) { f.Measured = "2014-10-14" }, []string{`measured: found "2014-10-14"; allowed: a day of the last 7`}},
		"a week ago":               {migration.Copying, migration.Canary, func(f *migration.Evidence) { f.Measured = "2014-10-15" }, nil},
		"tomorrow's":               {migration.Copying, migration.Canary, func(f *migration.Evidence) { f.SignedOff = "2014-10-24" }, []string{`signedOff: found "2014-10-24"`}},
		"signed before":            {migration.Serving, migration.Done, func(f *migration.Evidence) { f.SignedOff = "2014-10-20" }, []string{`signedOff: found "2014-10-20"`}},
		"nobody's":                 {migration.Serving, migration.Done, func(f *migration.Evidence) { f.SignedOffBy = "" }, []string{"signedOff: found \"2014-10-22\"; allowed: a day of the last 7, not before measured, beside the role signedOffBy, to go from serving to done"}},
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

// TestWhatWasNotRecorded has not begun to move, or has nothing to.
func TestWhatWasNotRecorded(t *testing.T) {
	for _, to := range migration.Phases {
		_, err := CheckSteps(moving(to, measured(to, func(*migration.Evidence) {})), nil, noon)
		assert.Equal(t, to != migration.AtOrigin && to != migration.Done, err != nil, "%s: %v", to, err)
	}
}

// TestAMovingMarketIsNotDropped from the list of those that the site serves.
func TestAMovingMarketIsNotDropped(t *testing.T) {
	site := moving(migration.Copying, migration.Evidence{})
	for phase, refused := range map[migration.Phase]bool{migration.AtOrigin: false, migration.Copying: true, migration.Canary: true, migration.Serving: true, migration.Done: false} {
		_, err := CheckSteps(site, map[string]any{"ecommerce.phase.SG": "copying", "ecommerce.phase.TW": string(phase)}, noon)
		assert.Equal(t, refused, err != nil, "%s: %v", phase, err)
	}
}

// TestAnExceptionLetsAStepThrough, for its market and until its day.
func TestAnExceptionLetsAStepThrough(t *testing.T) {
	recorded := map[string]any{"ecommerce.phase.SG": "done"}
	exception := Exception{Rule: migration.PhaseRule, Resource: "ecommerce SG", Reason: "the home lost rows", Until: "2014-10-22"}
	excepted, err := CheckSteps(moving(migration.Serving, migration.Evidence{}, exception), recorded, noon)
	require.NoError(t, err)
	assert.Equal(t, []Exception{exception}, excepted)
	for _, other := range []Exception{
		{Rule: migration.PhaseRule, Resource: "ecommerce TW", Until: "2014-10-22"},
		{Rule: LossRule, Resource: "ecommerce SG", Until: "2014-10-22"},
		{Rule: migration.PhaseRule, Resource: "ecommerce SG", Until: "2014-10-21"},
	} {
		_, err := CheckSteps(moving(migration.Serving, migration.Evidence{}, other), recorded, noon)
		assert.Error(t, err, "%v", other)
	}
}
