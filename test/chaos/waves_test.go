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

// mostWaves is more than the resources of a site that wait for one another in a row.
const mostWaves = 40

// TestEveryResourceFailsOnce fails each operation on each resource of each site, in
// waves: with --continue-on-error all resources that wait for no other fail in the
// first, those that wait for them in the second, and so on. After each wave the
// account is what the state says.
func TestEveryResourceFailsOnce(t *testing.T) {
	if !whole {
		t.Skip("make chaos has the minutes for it")
	}
	for _, site := range sites(t) {
		for _, kind := range []string{"before", "after"} {
			t.Run(site+"/"+kind, func(t *testing.T) {
				t.Parallel()
				v := newVictim(t, site)
				v.waves(kind+" create", "up")
				v.settled()
				made := v.checkpoint().Checkpoint.Latest.Resources
				// Something is set on every resource that the program leaves open.
				for _, r := range made {
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
				for _, r := range made {
					for _, operation := range []string{" create ", " update ", " delete "} {
						if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
							if operation == " update " && strings.HasPrefix(r.Type, "random:") {
								continue // these never change
							}
							name := kind + operation + label(r.Resource)
							assert.True(t, struck[name], "%s did not happen", name)
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
		require.False(v.t, maps.Equal(struck, v.struck()), "no fault, and yet:\n%s", output)
		require.Less(v.t, wave, mostWaves, output)
	}
}

// struck are the faults that have happened.
func (v *victim) struck() map[string]bool {
	v.t.Helper()
	data, _ := os.ReadFile(filepath.Join(v.Dir, ".sandbox", "simulated", "account", "faults")) // none yet
	struck := map[string]bool{}
	for line := range strings.Lines(string(data)) {
		struck[strings.TrimSpace(line)] = true
	}
	return struck
}
