package evidence

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/golden"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/residency"
)

// randomSuffix matches the suffix that Pulumi adds to physical names.
var randomSuffix = regexp.MustCompile(`-[0-9a-f]{7}\b`)

// TestEvidence compares the reports on one deployed site, and on sites that are not deployed, with
// golden files.
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
	err := write(p.Dir, reports, []string{export})
	require.ErrorContains(t, err, "(aws:s3:BucketReplicationConfig california-ecommerce-invoices: rules[0].destination.bucket) → arn:aws:s3:::elsewhere, which is in no site")
	for _, name := range []string{"BR.md", "BR.json", "IN.md", "ZZ.md"} {
		report, err := os.ReadFile(filepath.Join(reports, name))
		require.NoError(t, err)
		report = randomSuffix.ReplaceAll(report, []byte("-0000000"))
		golden.Equal(t, filepath.Join("testdata", name), string(report))
	}
}

// TestUnserved checks that a report has the services that no site serves the market with.
func TestUnserved(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("../..")
	require.NoError(t, err)
	market := rules.Register.Markets["PH"]
	market.Unserved = map[string]string{"mi-cloud": "not sold there before 2027"}
	rules.Register.Markets["PH"] = market
	assert.Contains(t, reportOn("PH", rules, sites, nil).markdown(), "\nNot served: mi-cloud: not sold there before 2027.\n")
}

// TestMigration checks that a report lists resources that refer to the origin, both for one market
// and for all markets.
func TestMigration(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("../..")
	require.NoError(t, err)
	deploymentOf := func(stack string, outputs map[string]any, resources ...string) deployment {
		d := deployment{stack, []resource{{Type: "pulumi:pulumi:Stack", URN: "urn:pulumi:" + stack + "::multisite::pulumi:pulumi:Stack::multisite-" + stack, Outputs: outputs}}}
		for _, r := range resources {
			typ, name, _ := strings.Cut(r, " ")
			d.resources = append(d.resources, resource{Type: typ, URN: "urn:pulumi:" + stack + "::multisite::" + typ + "::" + name})
		}
		return d
	}
	phases := map[string]any{"status": "active", "ecommerce.phase.MX": "serving", "ecommerce.phase.BR": "done"}
	deployments := map[string]deployment{
		"california": deploymentOf("california", phases,
			"aws:dms/endpoint:Endpoint california-ecommerce-copy-source", "aws:dms/replicationTask:ReplicationTask california-ecommerce-copy-mx",
			"aws:s3/bucketV2:BucketV2 california-ecommerce-invoices"),
		"global": deploymentOf("global", nil, "aws:route53/record:Record global-ecommerce-mx-origin", "aws:route53/record:Record global-ecommerce-mx-home"),
	}
	assert.Equal(t, []move{{Service: "ecommerce", Site: "california", Phase: "serving", WayBack: "restore", Origin: []string{
		"aws:dms/endpoint:Endpoint california-ecommerce-copy-source", "aws:dms/replicationTask:ReplicationTask california-ecommerce-copy-mx",
		"aws:route53/record:Record global-ecommerce-mx-origin",
	}}}, reportOn("MX", rules, sites, deployments).Moves)
	assert.Equal(t, []string{"aws:dms/endpoint:Endpoint california-ecommerce-copy-source"}, reportOn("BR", rules, sites, deployments).Moves[0].Origin)
	assert.Contains(t, reportOn("MX", rules, sites, deployments).markdown(), "- ecommerce in california: serving, the way back is by restore; resources that refer to the origin: ")
	rules.Flows = append(rules.Flows, residency.Flow{From: "california", To: "origin", Classes: []string{"orders", "public-content"}, Markets: []string{"MX"}, Until: "9999-12-31"})
	assert.Equal(t, "replication", reportOn("MX", rules, sites, deployments).Moves[0].WayBack)
	phases["ecommerce.oneWay.MX"] = true
	assert.Equal(t, "restore", reportOn("MX", rules, sites, deployments).Moves[0].WayBack, "the home has served without replication")
	deployments["california"] = deploymentOf("california", phases)
	assert.Contains(t, reportOn("BR", rules, sites, deployments).markdown(), "- ecommerce in california: done; no resource refers to the origin (rules phase, origin)")
}

// TestLocalSite checks that a local data centre is reported once its status is active.
func TestLocalSite(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("../..")
	require.NoError(t, err)
	reportWith := func(status string) market {
		output := map[string]any{"status": status}
		return reportOn("IN", rules, sites, map[string]deployment{"india": {"india", []resource{
			{Type: "pulumi:pulumi:Stack", URN: "urn:pulumi:india::multisite::pulumi:pulumi:Stack::multisite-india", Outputs: output},
			{Type: "localdc:index:Database", URN: "urn:pulumi:india::multisite::localdc:index:Database::mi-account", ID: "india/db/mi-account",
				Inputs: map[string]any{"key": "india/key/data", "endpoint": "mi-account.db.india.sites.example.com"}, Outputs: output},
		}}})
	}
	planned := reportWith("planned")
	assert.Empty(t, planned.Holdings, "a planned site holds no data")
	assert.Contains(t, planned.Missing, "mi-account in india")
	active := reportWith("active")
	assert.NotContains(t, active.Missing, "mi-account in india")
	assert.Equal(t, []holding{{
		Site: "india", Region: "IN", Service: "mi-account", Store: "localdc:index:Database mi-account: india/db/mi-account",
		Classes: []string{"account-identity", "backups", "keys", "operational-logs"}, Key: "india/key/data",
		Readers: []string{"clients that the endpoint mi-account.db.india.sites.example.com accepts, over TLS"}, Copies: []string{},
	}}, active.Holdings)
}
