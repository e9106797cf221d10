package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/engine"
)

// sites runs the tool's command line, and returns the exit status, the output and standard error.
func sites(t *testing.T, args ...string) (status int, out, stderr string) {
	t.Helper()
	var output, problems bytes.Buffer
	status = command.Execute(t.Context(), newRoot(), args, strings.NewReader(""), &output, &problems)
	return status, output.String(), problems.String()
}

// TestHelp checks that the help of every command has a usage line with the command's arguments.
func TestHelp(t *testing.T) {
	status, out, _ := sites(t, "--help")
	assert.Equal(t, command.Success, status)
	for _, c := range newRoot().Commands() {
		assert.Contains(t, out, c.Name()+" ")
		status, help, stderr := sites(t, c.Name(), "--help")
		assert.Equal(t, command.Success, status, c.Name())
		assert.Empty(t, stderr, c.Name())
		assert.Contains(t, help, "sites "+c.Use, c.Name())
	}
}

// TestMisuse checks that a wrong command line has the exit status 2, prints nothing on standard output
// and refers to the help.
func TestMisuse(t *testing.T) {
	lines := [][]string{{}, {"unknown"}, {"--unknown"}, {"check", "argument"}, {"drill"}, {"evidence", "DIR"}, {"adopt", "not a stack"}}
	for _, c := range newRoot().Commands() {
		lines = append(lines, []string{c.Name(), "--unknown"})
	}
	for _, args := range lines {
		status, out, stderr := sites(t, args...)
		assert.Equal(t, command.Misuse, status, args)
		assert.Empty(t, out, args)
		assert.Contains(t, stderr, "--help' for its usage.", args)
	}
}

// TestCheckFails checks that a problem in a stack file has the exit status 1.
func TestCheckFails(t *testing.T) {
	p := engine.New(t)
	p.Edit("california", func(config map[string]any) { config["multisite:region"] = "eu-west-1" })
	t.Chdir(p.Dir)
	status, _, stderr := sites(t, "check")
	assert.Equal(t, command.Failure, status)
	assert.Contains(t, stderr, "sites check: ")
	assert.Contains(t, stderr, `Pulumi.california.yaml: multisite:region: found "eu-west-1"; allowed: us-west-1`)
}

// TestCompletion checks the completion script of each shell, and that the tool completes commands.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		status, script, _ := sites(t, "completion", shell)
		assert.Equal(t, command.Success, status, shell)
		assert.Contains(t, script, "sites", shell)
	}
	status, out, _ := sites(t, "__complete", "ev")
	assert.Equal(t, command.Success, status)
	assert.Contains(t, out, "evidence\t")
}
