// Package workflows_test checks the repository's GitHub workflows for rules that actionlint
// does not check.
package workflows_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A file is a workflow or an action of this repository. Actions have no jobs.
type file struct {
	On          yaml.Node
	Permissions map[string]string
	Concurrency struct {
		CancelInProgress bool `yaml:"cancel-in-progress"`
	}
	Jobs map[string]job
	Runs struct{ Steps []step }
}

type job struct {
	Uses        yaml.Node
	Needs       yaml.Node
	If          string
	Environment string
	Timeout     int               `yaml:"timeout-minutes"`
	Permissions map[string]string // nil if not declared
	With        map[string]string
	Steps       []step
}

type step struct {
	Uses yaml.Node
	Run  string
	With map[string]string
}

func (f file) steps() (all []step) {
	all = f.Runs.Steps
	for _, j := range f.Jobs {
		all = append(all, j.Steps...)
	}
	return all
}

// files reads the files that match a pattern under .github, by path.
func files(t *testing.T, pattern string) map[string]file {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", ".github", pattern))
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	found := map[string]file{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		var f file
		require.NoError(t, yaml.Unmarshal(data, &f), path)
		name, err := filepath.Rel(filepath.Join("..", "..", ".github"), path)
		require.NoError(t, err)
		found[name] = f
	}
	return found
}

// everything reads all workflows and actions, by path.
func everything(t *testing.T) map[string]file {
	t.Helper()
	all := files(t, "workflows/*.yml")
	maps.Copy(all, files(t, "actions/*/action.yml"))
	return all
}

// stacks returns the stacks with a configuration file.
func stacks(t *testing.T) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "Pulumi.*.yaml"))
	require.NoError(t, err)
	for _, path := range paths {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "Pulumi."), ".yaml"))
	}
	return names
}

var (
	pinned  = regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`)
	version = regexp.MustCompile(`^# v\d+\.\d+\.\d+\b`)
)

// TestActionsArePinnedByCommit checks that every use of an action has the same commit, with
// its version in a comment.
func TestActionsArePinnedByCommit(t *testing.T) {
	pins := map[string]string{}
	for name, f := range everything(t) {
		uses := []yaml.Node{}
		for _, s := range f.steps() {
			uses = append(uses, s.Uses)
		}
		for _, j := range f.Jobs {
			uses = append(uses, j.Uses)
		}
		for _, u := range uses {
			if u.Value == "" || strings.HasPrefix(u.Value, "./") {
				continue
			}
			assert.Regexp(t, pinned, u.Value, "%s:%d", name, u.Line)
			assert.Regexp(t, version, u.LineComment, "%s:%d", name, u.Line)
			action, commit, _ := strings.Cut(u.Value, "@")
			if other, found := pins[action]; found {
				assert.Equal(t, other, commit, "%s:%d: the same version of %s everywhere", name, u.Line, action)
			}
			pins[action] = commit
		}
	}
}

// TestScriptsContainNoExpressions checks that shell scripts contain no ${{ }}: an expression can
// insert shell code through a name or title that a pull request's author chooses. Scripts get
// such values through the environment.
func TestScriptsContainNoExpressions(t *testing.T) {
	for name, f := range everything(t) {
		for _, s := range f.steps() {
			assert.NotContains(t, s.Run, "${{", name)
		}
	}
}

// TestJobPermissions checks that each job declares its permissions, that only comment.yml
// writes to pull requests, and that only jobs with an environment get AWS credentials.
func TestJobPermissions(t *testing.T) {
	for name, f := range files(t, "workflows/*.yml") {
		assert.NotNil(t, f.Permissions, "%s: declares the default permissions: none", name)
		assert.Empty(t, f.Permissions, name)
		for id, j := range f.Jobs {
			assert.NotNil(t, j.Permissions, "%s: %s declares its permissions", name, id)
			assert.Equal(t, j.Uses.Value == "", j.Timeout > 0, "%s: %s has a timeout, or calls a workflow", name, id)
			var writes []string
			for scope, access := range j.Permissions {
				if access == "write" {
					writes = append(writes, scope)
				}
			}
			switch {
			case name == "workflows/comment.yml":
				assert.Equal(t, []string{"pull-requests"}, writes)
			case j.Environment != "" || j.Uses.Value != "":
				assert.Equal(t, []string{"id-token"}, writes, "%s: %s", name, id)
			default:
				assert.Empty(t, writes, "%s: %s", name, id)
			}
		}
		for _, s := range f.steps() {
			if strings.HasPrefix(s.Uses.Value, "actions/checkout@") {
				assert.Equal(t, "false", s.With["persist-credentials"], name)
				assert.NotContains(t, s.With, "ref", "%s: checks out the event's commit", name)
			}
			assert.NotContains(t, s.With, "aws-access-key-id", name)
		}
	}
}

// TestForksHaveNoCredentials checks that no workflow runs on pull_request_target, which has the
// main branch's credentials, and that previews for forks run on the sandbox.
func TestForksHaveNoCredentials(t *testing.T) {
	for name, f := range files(t, "workflows/*.yml") {
		events := keys(f.On)
		assert.NotContains(t, events, "pull_request_target", name)
	}
	jobs := files(t, "workflows/*.yml")["workflows/pull-request.yml"].Jobs
	assert.Equal(t, "needs.stacks.outputs.aws == 'true'", jobs["preview"].If)
	assert.Equal(t, "needs.stacks.outputs.aws != 'true'", jobs["preview-on-sandbox"].If)
	assert.Equal(t, map[string]string{"contents": "read"}, jobs["preview-on-sandbox"].Permissions)
}

// TestPromotionIsComplete checks that promote.yml updates each stack once, one after the other.
func TestPromotionIsComplete(t *testing.T) {
	promote := files(t, "workflows/*.yml")["workflows/promote.yml"]
	assert.False(t, promote.Concurrency.CancelInProgress)
	after := map[string]string{}
	for id, j := range promote.Jobs {
		assert.Equal(t, id, j.With["stack"])
		assert.Equal(t, "./.github/workflows/up.yml", j.Uses.Value)
		assert.NotContains(t, after, j.Needs.Value, "two stacks at the same time: %s and %s", id, after[j.Needs.Value])
		after[j.Needs.Value] = id
	}
	var order []string
	for id := after[""]; id != ""; id = after[id] {
		order = append(order, id)
	}
	slices.Sort(order)
	assert.Equal(t, stacks(t), order, "the jobs of promote.yml are the stacks, and each needs the previous job")
	for _, j := range files(t, "workflows/*.yml")["workflows/up.yml"].Jobs {
		assert.Equal(t, "${{ inputs.stack }}", j.Environment, "each stack has its own environment, with its own approval")
	}
}

// TestJobsPassTheirStackToSetup checks that jobs pass their stack to the setup action, which
// builds the plugin for local data centres if the stack needs it.
func TestJobsPassTheirStackToSetup(t *testing.T) {
	for name, f := range files(t, "workflows/*.yml") {
		for id, j := range f.Jobs {
			for _, s := range j.Steps {
				if s.Uses.Value == "./.github/actions/setup" && j.Environment != "" {
					assert.Equal(t, purpose.ReplaceAllString(j.Environment, ""), s.With["stack"], "%s: %s", name, id)
				}
			}
		}
	}
}

// purpose matches the prefix of an environment's name. The environment for updates has none.
var purpose = regexp.MustCompile(`^(drift|preview|destroy)-`)

// TestEachPurposeHasAnEnvironment checks that updates, drift checks, previews and destroys have
// separate environments, and so separate roles (docs/pull-requests.md).
func TestEachPurposeHasAnEnvironment(t *testing.T) {
	environments := map[string]string{}
	for name, f := range files(t, "workflows/*.yml") {
		for _, j := range f.Jobs {
			if j.Environment != "" {
				environments[name] = j.Environment
			}
		}
	}
	assert.Equal(t, map[string]string{
		"workflows/up.yml":           "${{ inputs.stack }}",
		"workflows/drift.yml":        "drift-${{ matrix.stack }}",
		"workflows/pull-request.yml": "preview-${{ matrix.stack }}",
		"workflows/destroy.yml":      "destroy-${{ inputs.stack }}",
	}, environments)
}

// commands returns the commands that a job runs, in order.
func (j job) commands() (list []string) {
	for _, s := range j.Steps {
		if s.Run != "" {
			list = append(list, s.Run)
		}
	}
	return list
}

// TestPreflightPrecedesUpdate checks that up.yml runs the preflight, then the update.
func TestPreflightPrecedesUpdate(t *testing.T) {
	assert.Equal(t, []string{
		`make preflight STACK="$STACK"`, `pulumi up --stack "$STACK" --yes --non-interactive --color never`,
	}, files(t, "workflows/*.yml")["workflows/up.yml"].Jobs["up"].commands())
}

// TestDestroyIsConfirmed checks that the workflow is started by hand, needs the stack's name
// as confirmation, and does not change the deletion protection.
func TestDestroyIsConfirmed(t *testing.T) {
	destroy := files(t, "workflows/*.yml")["workflows/destroy.yml"]
	assert.Equal(t, []string{"workflow_dispatch"}, keys(destroy.On))
	assert.Contains(t, destroy.Jobs["confirm"].If, "github.ref == 'refs/heads/main'")
	assert.Contains(t, destroy.Jobs["confirm"].commands()[0], `[[ $CONFIRMATION != "$STACK" ]]`)
	assert.Equal(t, "confirm", destroy.Jobs["destroy"].Needs.Value)
	assert.Equal(t, []string{`pulumi destroy --stack "$STACK" --yes --non-interactive --color never`}, destroy.Jobs["destroy"].commands())
}

// TestProtectionIsNotIgnored checks that no workflow uses --ignore-protect, which deletes
// protected resources (https://github.com/pulumi/pulumi/pull/24053), or its environment variable
// PULUMI_OPTION_IGNORE_PROTECT (https://www.pulumi.com/blog/controlling-the-cli-through-environment-variables/),
// or PULUMI_CLOUD_SECRET_OVERRIDE, with which Pulumi ignores the stack's secretsprovider.
func TestProtectionIsNotIgnored(t *testing.T) {
	ignored := regexp.MustCompile(`(?i)ignore.?protect|PULUMI_OPTION_|PULUMI_CLOUD_SECRET_OVERRIDE`)
	github := filepath.Join("..", "..", ".github")
	require.NoError(t, filepath.WalkDir(github, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		assert.NotRegexp(t, ignored, string(data), path)
		return err
	}))
}

// keys returns the value of a scalar, the items of a list or the keys of a mapping.
func keys(n yaml.Node) (names []string) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(n.Content); i += 2 {
			names = append(names, n.Content[i].Value)
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			names = append(names, item.Value)
		}
	default:
		names = append(names, n.Value)
	}
	return names
}
