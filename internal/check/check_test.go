package check

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

var today = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)

// repository is a project in a git repository whose main branch is what it began as.
func repository(t *testing.T) *engine.Project {
	t.Helper()
	p := engine.New(t)
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"commit", "-qm", "Begin"}, {"update-ref", "refs/remotes/origin/main", "HEAD"}} {
		git := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-C", p.Dir}, args...)...)
		output, err := git.CombinedOutput()
		require.NoError(t, err, string(output))
	}
	return p
}

// TestCheck changes one thing of stacks that are in order.
func TestCheck(t *testing.T) {
	t.Parallel()
	exception := func(until string) map[string]any {
		return map[string]any{"rule": "loss", "resource": "multisite:services.ecommerce.database.deletion", "reason": "moves to another class", "until": until}
	}
	letGo := func(config map[string]any) {
		engine.Object(config, "multisite:services", "ecommerce", "database")["deletion"] = "with-snapshot"
	}
	for name, row := range map[string]struct {
		edit    func(config map[string]any) // of california
		message string
	}{
		"nothing": {func(map[string]any) {}, ""},
		"a region": {func(config map[string]any) { config["multisite:region"] = "us-east-1" },
			`Pulumi.california.yaml: multisite:region: found less than in origin/main; allowed: the same, or an exception from the rule loss`},
		"a protection": {letGo, `multisite:services.ecommerce.database.deletion: found less than in origin/main`},
		"a protection, by exception": {func(config map[string]any) {
			letGo(config)
			config["multisite:exceptions"] = []any{exception("2026-01-31")}
		}, ""},
		"a protection, by one that has ended": {func(config map[string]any) {
			letGo(config)
			config["multisite:exceptions"] = []any{exception("2026-01-30")}
		}, `multisite:exceptions: found one for multisite:services.ecommerce.database.deletion that ended on 2026-01-30`},
		"the protection of the site": {func(config map[string]any) { config["multisite:deletionProtection"] = false }, `multisite:deletionProtection: found less`},
		"mainland China":             {func(config map[string]any) { delete(config, "multisite:cdn") }, `multisite:cdn.geoRestriction.block: found less`},
		"more countries": {func(config map[string]any) {
			engine.Object(config, "multisite:cdn", "geoRestriction")["block"] = []any{"KP", "CN"}
		}, ""},
		"a way back to Beijing": {func(config map[string]any) {
			config["multisite:alarms"] = map[string]any{"emails": []any{"operations@example.com.cn"}}
		}, `Pulumi.california.yaml: multisite:alarms.emails: found "[operations@example.com.cn]"; allowed: places outside of mainland China`},
		"a market that may not be there": {func(config map[string]any) {
			engine.Object(config, "multisite:services", "ecommerce")["markets"] = []any{"BR", "MX", "TW"}
		}, `residency: Pulumi.california.yaml: multisite:services.ecommerce.markets: found "TW"; allowed: `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := repository(t)
			p.Edit("california", row.edit)
			var said bytes.Buffer
			err := check(p.Dir, "origin/main", today, &said)
			if row.message == "" {
				require.NoError(t, err)
				assert.Equal(t, "5 sites are in order.\n", said.String())
				return
			}
			assert.ErrorContains(t, err, row.message)
		})
	}
	t.Run("secondary blocks of two sites", func(t *testing.T) {
		t.Parallel()
		p := repository(t)
		for _, stack := range []string{"california", "oregon"} {
			p.Edit(stack, func(config map[string]any) {
				engine.Object(config, "multisite:network")["secondaryCidrBlocks"] = []any{"100.64.0.0/16"}
			})
		}
		assert.ErrorContains(t, check(p.Dir, "origin/main", today, &bytes.Buffer{}),
			`Pulumi.oregon.yaml: multisite:network.secondaryCidrBlocks: found "100.64.0.0/16"; allowed: blocks apart from california's, 100.64.0.0/16`)
	})
	t.Run("a stack that is gone", func(t *testing.T) {
		t.Parallel()
		p := repository(t)
		require.NoError(t, os.Remove(filepath.Join(p.Dir, "Pulumi.california.yaml")))
		assert.ErrorContains(t, check(p.Dir, "origin/main", today, &bytes.Buffer{}), "Pulumi.california.yaml: found nothing; allowed: the stack that origin/main has")
	})
	t.Run("nothing to compare with", func(t *testing.T) {
		t.Parallel()
		var said bytes.Buffer
		require.NoError(t, check(repository(t).Dir, "origin/other", today, &said))
		assert.Contains(t, said.String(), "There is no origin/other to compare with")
	})
}
