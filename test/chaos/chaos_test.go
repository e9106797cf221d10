// Package chaos makes Pulumi's commands on a site fail, follows the commands of
// docs/runbook.md, and checks the result: the account and the state hold the same resources,
// no resource exists twice, and no stateful resource was lost.
//
// A short part runs with all tests; `make chaos` runs all of it.
package chaos

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/engine"
	"example.com/multisite/register"
)

// whole is true if `make chaos` runs the tests.
var whole = os.Getenv("CHAOS") == "whole"

// draw returns a source of random numbers for a test. A failed test prints its seed, and
// `make chaos SEED=…` generates the same numbers again.
func draw(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(1) // fixed, so that unrelated changes do not make a test fail at random
	if whole {
		seed = rand.Uint64N(1 << 32)
	}
	if text := os.Getenv("SEED"); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, "SEED")
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("make chaos SEED=%d RUN='%s' repeats this run", seed, t.Name())
		}
	})
	return rand.New(rand.NewPCG(seed, 0))
}

// sites returns the sites that the simulated cloud provides: with `make chaos` all sites on
// AWS, otherwise the smallest. The module localdc tests its own calls.
func sites(t *testing.T) (names []string) {
	t.Helper()
	if !whole {
		return []string{"california"}
	}
	reg, err := register.Default()
	require.NoError(t, err)
	for name, site := range reg.Sites {
		if site.Provider == "aws" {
			names = append(names, name)
		}
	}
	return names
}

// A victim is a site on whose commands faults are applied.
type victim struct {
	*engine.Project
	t    *testing.T
	site string
	kept map[string]string // the IDs of stateful resources, by URN; nil if they may be deleted
	// leaving is true during a destroy. The account may then lack resources of the state,
	// since a deletion may have taken effect before its error; the next destroy removes such
	// resources from the state.
	leaving bool
}

func newVictim(t *testing.T, site string) *victim {
	t.Helper()
	return &victim{Project: engine.New(t), t: t, site: site, kept: map[string]string{}}
}

// fork copies a victim with its account and state.
func (v *victim) fork(t *testing.T) *victim {
	t.Helper()
	return &victim{Project: engine.Copy(t, v.Project), t: t, site: v.site, kept: maps.Clone(v.kept)}
}

// run runs a pulumi command on the site, with faults.
func (v *victim) run(faults []string, args ...string) (output string, ok bool) {
	v.t.Helper()
	var all []string
	for _, fault := range faults {
		all = append(all, "--fault", fault)
	}
	all = append(append(all, "pulumi", "--color=never", "--non-interactive"), args...)
	data, err := v.Command(append(all, "--stack", v.site, "--yes", "--skip-preview")...).CombinedOutput()
	return string(data), err == nil
}

// checkpoint is the part of a stored state that check compares.
type checkpoint struct {
	Checkpoint struct {
		Latest struct {
			Resources []struct {
				engine.Resource
				Delete, External bool
				InitErrors       []string
			}
			PendingOperations []struct {
				Type     string
				Resource engine.Resource
			} `json:"pending_operations"`
		}
	}
}

func (v *victim) checkpoint() (c checkpoint) {
	v.t.Helper()
	data, err := os.ReadFile(filepath.Join(v.Dir, ".sandbox", "simulated", "state", ".pulumi", "stacks", "multisite", v.site+".json"))
	require.NoError(v.t, err)
	require.NoError(v.t, json.Unmarshal(data, &c))
	return c
}

// check compares the account with the state, and the IDs of stateful resources with their
// IDs at the last check.
func (v *victim) check() {
	v.t.Helper()
	account := map[string]map[string]any{}
	for _, file := range v.Account() {
		var r struct {
			Type, ID   string
			Properties map[string]any
		}
		data, err := os.ReadFile(file)
		require.NoError(v.t, err)
		require.NoError(v.t, json.Unmarshal(data, &r))
		account[r.Type+" "+r.ID] = r.Properties
	}
	state, kept := map[string]bool{}, map[string]string{}
	latest := v.checkpoint().Checkpoint.Latest
	for _, r := range latest.Resources {
		if !r.Custom || strings.HasPrefix(r.Type, "pulumi:") {
			continue
		}
		key := r.Type + " " + r.ID
		assert.False(v.t, state[key], "%s is in the state twice", key)
		state[key] = true
		properties, exists := account[key]
		if exists = exists || v.leaving; assert.True(v.t, exists, "%s is in the state, but not in the account", r.URN) {
			assert.Empty(v.t, differences(r.Outputs, properties), "%s differs from its state", r.URN)
		}
		if awstypes.Of(r.Type).Stateful && !r.Delete {
			kept[r.URN] = r.ID
		}
	}
	for key := range account {
		assert.True(v.t, state[key], "%s is in the account, but not in the state", key)
	}
	for urn, id := range v.kept {
		assert.Equal(v.t, id, kept[urn], "%s was lost", urn)
	}
	if v.kept != nil {
		v.kept = kept
	}
	assert.Empty(v.t, latest.PendingOperations)
}

// differences lists the properties that differ, without secrets.
func differences(state, account map[string]any) (names []string) {
	for name := range account {
		if encrypted, _ := state[name].(map[string]any); encrypted["ciphertext"] == nil && !reflect.DeepEqual(state[name], account[name]) {
			names = append(names, fmt.Sprintf("%s: %v, %v", name, state[name], account[name]))
		}
	}
	return names
}

// settled calls check, and checks that no resource is unfinished or waits for its deletion.
func (v *victim) settled() {
	v.t.Helper()
	v.check()
	for _, r := range v.checkpoint().Checkpoint.Latest.Resources {
		assert.Empty(v.t, r.InitErrors, r.URN)
		assert.False(v.t, r.Delete, "%s waits to be deleted", r.URN)
	}
}

// label returns a resource's name in the format of the list of faults.
func label(r engine.Resource) string { return engine.Name(r.URN) }

// takeAway deletes a resource from the account, and returns a function that restores it.
func (v *victim) takeAway(r engine.Resource) (bringBack func()) {
	v.t.Helper()
	for _, file := range v.Account() {
		var found struct{ Type, ID string }
		data, err := os.ReadFile(file)
		require.NoError(v.t, err)
		require.NoError(v.t, json.Unmarshal(data, &found))
		if found.Type == r.Type && found.ID == r.ID {
			require.NoError(v.t, os.Rename(file, file+".gone"))
			return func() { require.NoError(v.t, os.Rename(file+".gone", file)) }
		}
	}
	require.Failf(v.t, "not in the account", "%s %s", r.Type, r.ID)
	return nil
}
