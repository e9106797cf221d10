package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"multisite/internal/engine"
	"multisite/internal/golden"
	"multisite/internal/siteconfig"
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

// drawn is what Pulumi adds to names, anew in each account.
var drawn = regexp.MustCompile(`-[0-9a-f]{7}\b`)

// TestEvidence reports on a site that is deployed and on others that are not.
func TestEvidence(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.Edit("california", func(config map[string]any) {
		engine.Object(config, "multisite:services", "ecommerce", "buckets")["invoices"] = map[string]any{"replication": map[string]any{
			"bucket": "elsewhere", "keyArn": "arn:aws:kms:us-west-1:123456789012:key/1",
		}}
	})
	p.Up("california")
	export, reports := filepath.Join(t.TempDir(), "california.json"), t.TempDir()
	require.NoError(t, os.WriteFile(export, []byte(p.Pulumi("stack", "export", "--stack", "california")), 0o600))
	require.NoError(t, evidence(p.Dir, reports, []string{export}))
	for _, name := range []string{"BR.md", "BR.json", "IN.md"} {
		report, err := os.ReadFile(filepath.Join(reports, name))
		require.NoError(t, err)
		report = drawn.ReplaceAll(report, []byte("-0000000"))
		golden.Equal(t, filepath.Join("testdata", name), string(report))
	}
}

// TestEvidenceOfAMove names what refers to the origin, to a market of its own or to all.
func TestEvidenceOfAMove(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("..")
	require.NoError(t, err)
	made := func(stack string, outputs map[string]any, resources ...string) deployment {
		d := deployment{stack, []resource{{Type: "pulumi:pulumi:Stack", URN: "urn::" + stack, Outputs: outputs}}}
		for _, r := range resources {
			typ, name, _ := strings.Cut(r, " ")
			d.resources = append(d.resources, resource{Type: typ, URN: "urn::" + name})
		}
		return d
	}
	phases := map[string]any{"status": "active", "ecommerce.phase.MX": "serving", "ecommerce.phase.BR": "done"}
	deployments := map[string]deployment{
		"california": made("california", phases,
			"aws:dms/endpoint:Endpoint california-ecommerce-copy-source", "aws:dms/replicationTask:ReplicationTask california-ecommerce-copy-mx",
			"aws:s3/bucketV2:BucketV2 california-ecommerce-invoices"),
		"global": made("global", nil, "aws:route53/record:Record global-ecommerce-mx-origin", "aws:route53/record:Record global-ecommerce-mx-home"),
	}
	assert.Equal(t, []move{{"ecommerce", "california", "serving", []string{
		"aws:dms/endpoint:Endpoint california-ecommerce-copy-source", "aws:dms/replicationTask:ReplicationTask california-ecommerce-copy-mx",
		"aws:route53/record:Record global-ecommerce-mx-origin",
	}}}, reportOn("MX", rules, sites, deployments).Moves)
	assert.Equal(t, []string{"aws:dms/endpoint:Endpoint california-ecommerce-copy-source"}, reportOn("BR", rules, sites, deployments).Moves[0].Origin)
	deployments["california"] = made("california", phases)
	assert.Contains(t, reportOn("BR", rules, sites, deployments).markdown(), "- ecommerce in california: done; nothing refers to the origin (rules phase, origin)")
}

// TestEvidenceOfALocalSite reports what lies in a local data centre once it does.
func TestEvidenceOfALocalSite(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("..")
	require.NoError(t, err)
	reported := func(status string) market {
		output := map[string]any{"status": status}
		return reportOn("IN", rules, sites, map[string]deployment{"india": {"india", []resource{
			{Type: "pulumi:pulumi:Stack", URN: "urn:pulumi:india::multisite::pulumi:pulumi:Stack::multisite-india", Outputs: output},
			{Type: "localdc:index:Database", URN: "urn:pulumi:india::multisite::localdc:index:Database::mi-account", ID: "india/db/mi-account",
				Inputs: map[string]any{"key": "india/key/data", "endpoint": "mi-account.db.india.sites.example.com"}, Outputs: output},
		}}})
	}
	planned := reported("planned")
	assert.Empty(t, planned.Holdings, "nothing lies where nothing is")
	assert.Contains(t, planned.Missing, "mi-account in india")
	active := reported("active")
	assert.NotContains(t, active.Missing, "mi-account in india")
	assert.Equal(t, []holding{{
		Site: "india", Region: "IN", Service: "mi-account", Store: "localdc:index:Database mi-account: india/db/mi-account",
		Classes: []string{"account-identity", "backups", "keys", "operational-logs"}, Key: "india/key/data",
		Readers: []string{"who the endpoint mi-account.db.india.sites.example.com admits, over TLS"}, Copies: []string{},
	}}, active.Holdings)
}
