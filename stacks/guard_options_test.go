package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// topic is a resource without a breach, to which tests add one.
func topic(change declared) declared {
	change.Type, change.Name = "aws:sns/topic:Topic", "oregon-"+change.Option+change.Name
	change.Inputs = properties{"kmsMasterKeyId": key}
	return change
}

// brokenOptions holds resources with options, and calls, that each break exactly one rule.
var brokenOptions = []breach{
	{"option", topic(declared{Option: "ignoreChanges", Value: "kmsMasterKeyId"}),
		`guardrail: aws:sns:Topic oregon-ignoreChanges: ignoreChanges: rule option: found kmsMasterKeyId; allowed: paths that the row of the type lists as ignorable`},
	{"option", topic(declared{Option: "import", Value: "arn:x"}), `import: rule option: found arn:x; allowed: no such option`},
	{"option", topic(declared{Option: "retainOnDelete"}), `retainOnDelete: rule option: found true; allowed: no such option`},
	{"option", topic(declared{Option: "hideDiffs", Value: "tags"}), `hideDiffs: rule option: found [tags]; allowed: no such option`},
	{"option", topic(declared{Option: "version", Value: "1.2.3"}), `version: rule option: found 1.2.3; allowed: 6.`},
	{"option", topic(declared{Option: "pluginDownloadURL", Value: "https://example.com"}), `pluginDownloadURL: rule option: found https://example.com; allowed: no such option`},
	{"option", topic(declared{Option: "aliases", Value: "oregon-other"}), `aliases: rule option: found the option; allowed: aliases that the SDK sets, for former names of the type`},
	{"option", topic(declared{Option: "deletedWith"}), `deletedWith: rule option: found the option; allowed: no such option`},
	{"function", declared{Type: "aws:ec2/getVpc:getVpc", Call: true, Inputs: properties{"id": "vpc-1"}},
		`residency: aws:ec2/getVpc:getVpc: function: rule function: found a call; allowed: aws:acm/getCertificate:getCertificate, aws:index/getAvailabilityZones:getAvailabilityZones, `},
	{"function", declared{Type: "aws:ssm/getParameter:getParameter", Call: true, Inputs: properties{"name": "/other"}},
		`residency: aws:ssm/getParameter:getParameter: name: rule function: found /other; allowed: /multisite/sites/...`},
}

// allowTransforms lets a transform of the program change resources, so that the hook alone refuses
// them.
func allowTransforms(resources ...string) (exceptions []any) {
	for _, name := range append(resources, "pulumi:pulumi:Stack multisite-oregon") {
		exceptions = append(exceptions, properties{"rule": "option", "resource": name, "reason": "a test of hooks", "until": "2026-01-31"})
	}
	return exceptions
}

// TestFinalInputs checks that the guardrails refuse inputs and options as the engine has them
// last, in previews and in updates.
func TestFinalInputs(t *testing.T) {
	t.Parallel()
	program := engine.Build(t, "example.com/multisite/stacks/testdata/breaker")
	late := topic(declared{Name: "late", Late: properties{"kmsMasterKeyId": "alias/aws/sns"}})
	stripped := declared{Type: "aws:ec2/eip:Eip", Name: "oregon-late", Strip: true, Late: properties{"tags": properties{"Name": "late"}}}
	for name, row := range map[string]struct {
		resources  []declared
		exceptions []any
		message    string
		preview    bool // whether a preview reports it
		account    int  // resources of the row in the state after the update
	}{
		"a transform changes an input": {[]declared{late}, allowTransforms(),
			"guardrail: aws:sns:Topic oregon-late: kmsMasterKeyId: rule encryption: found alias/aws/sns; allowed: a key of the site", true, 0},
		"a transform removes the hooks": {[]declared{stripped}, nil, "guardrail: pulumi:pulumi:Stack multisite-oregon: transforms: rule option: found a transform or hook of the program; " +
			"allowed: none, since it may change what the guardrails checked", true, 0},
		"a resource is created without its hook": {[]declared{stripped}, allowTransforms(),
			"guardrail: aws:ec2:Eip oregon-late: hooks: rule option: found a resource that the engine created without the hook guardrails; allowed: hooks as the guardrails attach them", false, 1},
		"a second provider hides the first": {[]declared{
			{Type: "pulumi:providers:aws", Name: "oregon-edge", Component: true, Inputs: properties{"region": "us-west-2", "defaultTags": properties{"tags": properties{"Site": "oregon"}}}},
			{Type: "aws:ec2/eip:Eip", Name: "oregon-x", Edge: true},
		}, nil, "residency: pulumi:providers:aws oregon-edge: name: rule type: found 2 resources of the type;", true, 0},
		"a resource of another program is read": {[]declared{
			{Type: "aws:ec2/eip:Eip", Name: "oregon-x"},
			{Type: "aws:ec2/eip:Eip", Name: "oregon-y", Read: "id of oregon-x"},
		}, nil, "residency: aws:ec2:Eip oregon-y: id: rule function: found a read of eipalloc-", false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := guarded(t, program, row.exceptions, row.resources...)
			output, err := p.Try("preview", "--stack", "oregon")
			assert.Equal(t, row.preview, err != nil, output)
			if row.preview {
				assert.Contains(t, output, row.message)
			}
			output, err = p.Try("up", "--stack", "oregon", "--yes", "--skip-preview")
			require.Error(t, err)
			assert.Contains(t, output, row.message)
			assert.Len(t, reports(output), 1, output)
			created := 0
			for title := range p.State("oregon") {
				for _, r := range row.resources {
					if title == r.title() && !strings.HasPrefix(r.Type, "pulumi:") {
						created++
					}
				}
			}
			assert.Equal(t, row.account, created)
		})
	}
}

// TestIgnoredChanges ignores changes of a setting that is open by an exception. Without the rule,
// the engine would leave it open when the exception ends, and report no change. It also refreshes
// and destroys a stack whose resources have hooks, without its program.
func TestIgnoredChanges(t *testing.T) {
	t.Parallel()
	program := engine.Build(t, "example.com/multisite/stacks/testdata/breaker")
	unrotated := declared{Type: "aws:kms/key:Key", Name: "oregon-x", Protect: true, Inputs: properties{"enableKeyRotation": false}}
	p := guarded(t, program, []any{exception("encryption", "aws:kms:Key oregon-x", "2026-01-31")}, unrotated)
	p.Up("oregon")
	p.Edit("oregon", func(raw properties) {
		ignoring := unrotated
		ignoring.Inputs, ignoring.Option, ignoring.Value = properties{"enableKeyRotation": true}, "ignoreChanges", "enableKeyRotation"
		raw["test:resources"], raw["multisite:exceptions"] = []declared{ignoring}, []any{}
	})
	for _, command := range [][]string{{"preview"}, {"up", "--yes", "--skip-preview"}} {
		output, err := p.Try(append(command, "--stack", "oregon")...)
		require.Error(t, err)
		assert.Contains(t, output, "guardrail: aws:kms:Key oregon-x: ignoreChanges: rule option: found enableKeyRotation; allowed: ")
	}
	p.Pulumi("refresh", "--stack", "oregon", "--yes", "--skip-preview")
	p.Pulumi("state", "unprotect", "--all", "--yes", "--stack", "oregon")
	p.Pulumi("destroy", "--stack", "oregon", "--yes", "--skip-preview")
	assert.Empty(t, p.State("oregon"))
}
