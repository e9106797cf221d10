// Package engine runs programs in tests with the real Pulumi CLI, in the sandbox: each test
// has its own project, account and state. It calls no cloud; test/acceptance does that. Its
// functions fail the test on errors, except for Try.
package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// Project is a copy of the repository's configuration with its own account and state.
type Project struct {
	t *testing.T
	// Dir is the project's folder.
	Dir string
	// Cloud is the kind of account: simulated or emulated.
	Cloud string
	// Program is the built program, by default the project's.
	Program string
	// plugins is the folder that the Pulumi engine searches for plugins first; empty is none.
	plugins string
	// Env are environment variables of commands, as NAME=VALUE, for test programs.
	Env []string
	// name is the project's name, and folder its folder within Dir.
	name, folder string
}

// Step is the change that a preview plans for one resource.
type Step struct {
	Op, URN            string
	DiffReasons        []string // names of the properties that differ
	OldState, NewState Resource
}

// Resource is one entry of a stack's state.
type Resource struct {
	URN, Type, ID, Parent, Provider string
	Custom, Protect                 bool
	Inputs, Outputs                 map[string]any
	Dependencies                    []string // URNs
}

// root is the repository's folder.
var root = func() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}()

// Copy returns a copy of a project with its account and state.
func Copy(t *testing.T, p *Project) *Project {
	t.Helper()
	copied := *p
	copied.t, copied.Dir = t, t.TempDir()
	require.NoError(t, copyAll(p.Dir, copied.Dir))
	return &copied
}

// Edit changes a stack's configuration. It creates the file if the stack has none.
func (p *Project) Edit(stack string, edit func(config map[string]any)) {
	p.t.Helper()
	path := filepath.Join(p.Dir, p.folder, "Pulumi."+stack+".yaml")
	content := struct{ Config map[string]any }{map[string]any{}}
	data, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(p.t, err)
		require.NoError(p.t, yaml.Unmarshal(data, &content))
	}
	edit(content.Config)
	data, err = yaml.Marshal(map[string]any{"config": content.Config})
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(path, data, 0o600))
}

// Command returns a command that runs the sandbox on the project.
func (p *Project) Command(args ...string) *exec.Cmd {
	p.t.Helper()
	require.NoError(p.t, binaries())
	command := exec.Command(filepath.Join(root, "bin", "sandbox"), append([]string{"--cloud", p.Cloud, "--project", p.folder, "--program", p.Program}, args...)...)
	command.Dir = p.Dir
	command.Env = append(os.Environ(), p.Env...)
	if p.plugins != "" {
		command.Env = append(command.Env, "PATH="+p.plugins+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
	return command
}

// Pulumi runs a pulumi command that must succeed, and returns its output.
func (p *Project) Pulumi(args ...string) string {
	p.t.Helper()
	output, err := p.Try(args...)
	require.NoError(p.t, err, "pulumi %s:\n%s", strings.Join(args, " "), output)
	return output
}

// Try runs a pulumi command that may fail, and returns its output. It sets
// PULUMI_SKIP_CHECKPOINTS, with which Pulumi writes the state once at the end and not after
// every step. To kill a command, use Command, which does not set it.
func (p *Project) Try(args ...string) (string, error) {
	p.t.Helper()
	command := p.Command(append([]string{"pulumi", "--color=never", "--non-interactive"}, args...)...)
	command.Env = append(command.Environ(), "PULUMI_SKIP_CHECKPOINTS=true")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	if err != nil {
		return stdout.String() + stderr.String(), err
	}
	return stdout.String(), nil
}

// Up updates a stack, without a preview.
func (p *Project) Up(stack string) {
	p.t.Helper()
	p.Pulumi("up", "--stack", stack, "--yes", "--skip-preview")
}

// Plan returns the steps of a preview that change something, by resource name.
func (p *Project) Plan(stack string, args ...string) map[string]Step {
	p.t.Helper()
	var plan struct{ Steps []Step }
	output := p.Pulumi(append([]string{"preview", "--stack", stack, "--json"}, args...)...)
	require.NoError(p.t, json.Unmarshal([]byte(output), &plan), output)
	steps := map[string]Step{}
	for _, step := range plan.Steps {
		if step.Op != "same" && step.Op != "refresh" {
			steps[Name(step.URN)] = step
		}
	}
	return steps
}

// Preview returns the names of the resources that a preview would change, sorted, by
// operation.
func (p *Project) Preview(stack string, args ...string) map[string][]string {
	p.t.Helper()
	steps := map[string][]string{}
	for name, step := range p.Plan(stack, args...) {
		steps[step.Op] = append(steps[step.Op], name)
	}
	for _, names := range steps {
		slices.Sort(names)
	}
	return steps
}

// State returns the resources of a stack's state, by Name.
func (p *Project) State(stack string) map[string]Resource {
	p.t.Helper()
	var file struct {
		Checkpoint struct {
			Latest struct{ Resources []Resource }
		}
	}
	// Reads the file: starting `pulumi stack export` takes longer than the export.
	data, err := os.ReadFile(filepath.Join(p.Dir, ".sandbox", p.Cloud, "state", ".pulumi", "stacks", p.name, stack+".json"))
	require.NoError(p.t, err)
	require.NoError(p.t, json.Unmarshal(data, &file))
	state := map[string]Resource{}
	for _, r := range file.Checkpoint.Latest.Resources {
		state[Name(r.URN)] = r
	}
	return state
}

// Account returns the paths of the simulated account's files, one per resource.
func (p *Project) Account() []string {
	p.t.Helper()
	// REGION/SERVICE/TYPE/ID.json
	files, err := filepath.Glob(filepath.Join(p.Dir, ".sandbox", "simulated", "account", "*", "*", "*", "*.json"))
	require.NoError(p.t, err)
	return files
}

// Stored returns a resource's properties in the account.
func (p *Project) Stored(r Resource) map[string]any {
	p.t.Helper()
	_, content := p.find(r)
	return content["properties"].(map[string]any)
}

// Tamper changes a resource in the account, outside Pulumi.
func (p *Project) Tamper(r Resource, properties map[string]any) {
	p.t.Helper()
	file, content := p.find(r)
	maps.Copy(content["properties"].(map[string]any), properties)
	data, err := json.Marshal(content)
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(file, data, 0o600))
}

// Remove deletes a resource from the account, outside Pulumi.
func (p *Project) Remove(r Resource) {
	p.t.Helper()
	file, _ := p.find(r)
	require.NoError(p.t, os.Remove(file))
}

// find returns the file of a resource in the account, and its content.
func (p *Project) find(r Resource) (file string, content map[string]any) {
	p.t.Helper()
	for _, file := range p.Account() {
		var content map[string]any
		data, err := os.ReadFile(file)
		require.NoError(p.t, err)
		require.NoError(p.t, json.Unmarshal(data, &content))
		if content["type"] == r.Type && content["id"] == r.ID {
			return file, content
		}
	}
	require.Failf(p.t, "not in the account", "%s %s", r.Type, r.ID)
	return "", nil
}

// Name returns the short form of a URN, as the Pulumi CLI prints it: aws:ec2:Vpc oregon-network.
func Name(text string) string {
	u := urn.URN(text)
	return u.Type().DisplayName() + " " + u.Name()
}
