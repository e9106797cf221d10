package check

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

var today = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)

// repository returns a project in a git repository whose branch origin/main has the same files.
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

// TestCheck changes one key of valid stacks.
func TestCheck(t *testing.T) {
	t.Parallel()
	exception := func(until string) map[string]any {
		return map[string]any{"rule": "loss", "resource": "multisite:services.ecommerce.database.deletion", "reason": "moves to another class", "until": until}
	}
	allowDeletion := func(config map[string]any) {
		engine.Object(config, "multisite:services", "ecommerce", "database")["deletion"] = "with-snapshot"
	}
	for name, row := range map[string]struct {
		edit    func(config map[string]any) // of california
		message string
	}{
		"no change": {func(map[string]any) {}, ""},
		"another region": {func(config map[string]any) { config["multisite:region"] = "us-east-1" },
			`Pulumi.california.yaml: multisite:region: found us-east-1; allowed: us-west-1, as in origin/main, or an exception from the rule loss`},
		"a weaker protection": {allowDeletion, `multisite:services.ecommerce.database.deletion: found with-snapshot; allowed: never, as in origin/main, or an exception from the rule loss`},
		"a weaker protection with an exception": {func(config map[string]any) {
			allowDeletion(config)
			config["multisite:exceptions"] = []any{exception("2026-01-31")}
		}, ""},
		"a weaker protection with an expired exception": {func(config map[string]any) {
			allowDeletion(config)
			config["multisite:exceptions"] = []any{exception("2026-01-30")}
		}, `Pulumi.california.yaml: multisite:exceptions: multisite:services.ecommerce.database.deletion: rule loss: expired on 2026-01-30; renew or remove it`},
		"a weaker protection with an exception for ever": {func(config map[string]any) {
			allowDeletion(config)
			config["multisite:exceptions"] = []any{exception("9999-12-31")}
		}, `rule loss: found an expiry on 9999-12-31; allowed: at most 90 days from now, 2026-05-01`},
		"an exception from the law": {func(config map[string]any) {
			config["multisite:exceptions"] = []any{map[string]any{"rule": "flow", "resource": "aws:s3:BucketReplicationConfig california-ecommerce-invoices", "reason": "a copy for the auditors", "until": "2026-01-31"}}
		}, `Pulumi.california.yaml: multisite:exceptions[0].rule: found "flow"; allowed: one of companions, `},
		"no protection of the site": {func(config map[string]any) { config["multisite:deletionProtection"] = false }, `multisite:deletionProtection: found false; allowed: true, as in origin/main`},
		"fewer blocked countries":   {func(config map[string]any) { delete(config, "multisite:cdn") }, `multisite:cdn.geoRestriction.block: found nothing; allowed: CN, as in origin/main`},
		"more blocked countries": {func(config map[string]any) {
			engine.Object(config, "multisite:cdn", "geoRestriction")["block"] = []any{"KP", "CN"}
		}, ""},
		"an address in mainland China": {func(config map[string]any) {
			config["multisite:alarms"] = map[string]any{"emails": []any{"operations@example.com.cn"}}
		}, `Pulumi.california.yaml: multisite:alarms.emails: found "[operations@example.com.cn]"; allowed: places outside mainland China`},
		"a market that residency does not allow": {func(config map[string]any) {
			engine.Object(config, "multisite:services", "ecommerce")["markets"] = []any{"BR", "MX", "TW"}
		}, `residency: Pulumi.california.yaml: multisite:services.ecommerce.markets: found "TW"; allowed: `},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := repository(t)
			p.Edit("california", row.edit)
			var out bytes.Buffer
			err := check(p.Dir, "origin/main", today, &out)
			if row.message == "" {
				require.NoError(t, err)
				assert.Contains(t, out.String(), "5 sites checked; no problems found.\n")
				return
			}
			assert.ErrorContains(t, err, row.message)
		})
	}
	t.Run("a market that no site serves", func(t *testing.T) {
		t.Parallel()
		p := repository(t)
		p.Edit("singapore", func(config map[string]any) {
			account := engine.Object(config, "multisite:services", "mi-account")
			account["markets"] = slices.DeleteFunc(account["markets"].([]any), func(market any) bool { return market == "PH" })
		})
		assert.EqualError(t, check(p.Dir, "origin/main", today, &bytes.Buffer{}),
			"register/register.yaml: markets.PH: found no site that serves it with mi-account; allowed: a site that lists it in multisite:services.mi-account.markets or publicMarkets, or the reason in markets.PH.unserved.mi-account")
	})
	t.Run("a market that no site serves, and a site without a file", func(t *testing.T) {
		t.Parallel()
		p := repository(t)
		require.NoError(t, os.Remove(filepath.Join(p.Dir, "Pulumi.california.yaml")))
		require.NoError(t, os.Remove(filepath.Join(p.Dir, "Pulumi.brazil.yaml")))
		assert.ErrorContains(t, check(p.Dir, "origin/other", today, &bytes.Buffer{}), "register/register.yaml: markets.ZZ: found no site that serves it with ecommerce; ")
	})
	t.Run("an expired exception of the stack global", func(t *testing.T) {
		t.Parallel()
		p := repository(t)
		p.Edit("global", func(config map[string]any) {
			config["multisite:exceptions"] = []any{map[string]any{"rule": "encryption", "resource": "aws:sns:Topic global-alarms", "reason": "migration of alarms", "until": "2026-01-30"}}
		})
		assert.ErrorContains(t, check(p.Dir, "origin/main", today, &bytes.Buffer{}),
			"Pulumi.global.yaml: multisite:exceptions: aws:sns:Topic global-alarms: rule encryption: expired on 2026-01-30; renew or remove it")
	})
	t.Run("the same secondary block in two sites", func(t *testing.T) {
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
	t.Run("a deleted stack file", func(t *testing.T) {
		t.Parallel()
		p := repository(t)
		require.NoError(t, os.Remove(filepath.Join(p.Dir, "Pulumi.california.yaml")))
		assert.ErrorContains(t, check(p.Dir, "origin/main", today, &bytes.Buffer{}), "Pulumi.california.yaml: found no file; allowed: the stack's file, as in origin/main")
	})
	t.Run("no branch to compare with", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		require.NoError(t, check(repository(t).Dir, "origin/other", today, &out))
		assert.Contains(t, out.String(), "origin/other: found no such branch; the files are not compared with it.")
	})
}
