package chaos

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mostWaves is more than the length of the longest chain of resources that depend on one
// another.
const mostWaves = 40

// TestEveryResourceFailsOnce makes each operation on each resource of each site fail, in
// waves. With --continue-on-error, all resources without dependencies fail in the first wave,
// the resources that depend only on these in the second, and so on. After each wave the
// account and the state must hold the same resources.
func TestEveryResourceFailsOnce(t *testing.T) {
	if !whole {
		t.Skip("takes minutes; make chaos runs it")
	}
	for _, site := range sites(t) {
		for _, kind := range []string{"before", "after"} {
			t.Run(site+"/"+kind, func(t *testing.T) {
				t.Parallel()
				v := newVictim(t, site)
				v.waves(kind+" create", "up")
				v.settled()
				resources := v.checkpoint().Checkpoint.Latest.Resources
				// Set a property that the program does not set, so that the next update
				// changes every resource.
				for _, r := range resources {
					if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
						v.Tamper(r.Resource, map[string]any{"setByHand": true})
					}
				}
				output, ok := v.run(nil, "refresh")
				require.True(t, ok, output)
				v.waves(kind+" update", "up")
				v.settled()

				v.Edit(site, func(config map[string]any) { config["multisite:deletionProtection"] = false })
				output, ok = v.run(nil, "up")
				require.True(t, ok, output)
				v.kept, v.leaving = nil, true
				v.waves(kind+" delete", "destroy")
				assert.Empty(t, v.Account())

				struck := v.struck()
				for _, r := range resources {
					for _, operation := range []string{" create ", " update ", " delete "} {
						if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
							if operation == " update " && strings.HasPrefix(r.Type, "random:") {
								continue // resources of the provider random never change
							}
							name := kind + operation + label(r.Resource)
							assert.True(t, struck[name], "the fault %s did not happen", name)
							delete(struck, name)
						}
					}
				}
			})
		}
	}
}

// waves repeats a command until it succeeds.
func (v *victim) waves(fault, command string) {
	v.t.Helper()
	for wave := 1; ; wave++ {
		struck := v.struck()
		output, ok := v.run([]string{fault}, command, "--continue-on-error")
		v.t.Logf("%s %s, wave %d: %d faults", v.site, fault, wave, len(v.struck())-len(struck))
		v.check()
		if ok || v.t.Failed() {
			return
		}
		require.False(v.t, maps.Equal(struck, v.struck()), "the command failed without a fault:\n%s", output)
		require.Less(v.t, wave, mostWaves, output)
	}
}

// struck returns the faults that have happened.
func (v *victim) struck() map[string]bool {
	v.t.Helper()
	data, _ := os.ReadFile(filepath.Join(v.Dir, ".sandbox", "simulated", "account", "faults")) // the file does not exist before the first fault
	struck := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		struck[strings.TrimSpace(line)] = true
	}
	return struck
}
