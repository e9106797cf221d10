package stacks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// declared is a resource of the program in testdata/breaker.
type declared struct {
	Type, Name, Option, Value, Read       string
	Inputs, Late                          properties
	Edge, Protect, Strip, Component, Call bool
}

// breach is a resource that breaks a rule, and the message that reports it.
type breach struct {
	rule     string
	resource declared
	message  string
}

// together groups resources that can be in one program, since a preview takes longer to start
// than to run.
func together(rows []breach) (programs [][]breach) {
	for _, row := range rows {
		i := slices.IndexFunc(programs, func(program []breach) bool { return !slices.ContainsFunc(program, row.disturbs) })
		if i < 0 {
			programs, i = append(programs, nil), len(programs)
		}
		programs[i] = append(programs[i], row)
	}
	return programs
}

// disturbs reports whether two rows cannot be in one program: two resources of one type need
// different names, and a bucket's companions have the name of the bucket. A provider, or a
// type that the sandbox does not model, ends the preview.
func (b breach) disturbs(other breach) bool {
	return b.last() || other.last() || b.resource.Name == other.resource.Name && (b.resource.Type == other.resource.Type || b.rule == "companions")
}

func (b breach) last() bool {
	return strings.HasPrefix(b.resource.Type, "pulumi:") || b.resource.Call || len(b.resource.Late) > 0 || b.resource.Option == "import" || b.resource.Type == "aws:rds/snapshotCopy:SnapshotCopy"
}

// title returns a resource's name in the form of the guardrails' messages.
func (d declared) title() string {
	if d.Call {
		return d.Type
	}
	return engine.Name("urn:pulumi:oregon::multisite::" + d.Type + "::" + d.Name)
}

// partition splits the messages into the messages about a resource and all others.
func partition(lines []string, resource declared) (own, others []string) {
	for _, line := range lines {
		if strings.Contains(line, ": "+resource.title()+": ") {
			own = append(own, line)
		} else {
			others = append(others, line)
		}
	}
	return own, others
}

// guarded returns a project with only the stack oregon, and with another program.
func guarded(t *testing.T, program string, exceptions []any, resources ...declared) *engine.Project {
	t.Helper()
	p := engine.New(t)
	files, err := filepath.Glob(filepath.Join(p.Dir, "Pulumi.?*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		if filepath.Base(file) != "Pulumi.oregon.yaml" {
			require.NoError(t, os.Remove(file))
		}
	}
	p.Program = program
	p.Edit("oregon", func(raw map[string]any) {
		raw["test:resources"], raw["multisite:exceptions"] = resources, exceptions
	})
	return p
}

// reports returns the lines about broken rules in a command's output.
func reports(output string) (lines []string) {
	for line := range strings.Lines(output) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "error: ")
		if strings.HasPrefix(line, "guardrail: ") || strings.HasPrefix(line, "residency: ") {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
