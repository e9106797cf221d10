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
)

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
	require.NoError(t, write(p.Dir, reports, []string{export}))
	for _, name := range []string{"BR.md", "BR.json", "IN.md"} {
		report, err := os.ReadFile(filepath.Join(reports, name))
		require.NoError(t, err)
		report = drawn.ReplaceAll(report, []byte("-0000000"))
		golden.Equal(t, filepath.Join("testdata", name), string(report))
	}
}

// TestEvidenceOfAMove names what refers to the origin, to a market of its own or to all.
func TestEvidenceOfAMove(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("../..")
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
	assert.Contains(t, reportOn("BR", rules, sites, deployments).Markdown(), "- ecommerce in california: done; nothing refers to the origin (rules phase, origin)")
}

// TestEvidenceOfALocalSite reports what lies in a local data centre once it does.
func TestEvidenceOfALocalSite(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("../..")
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
