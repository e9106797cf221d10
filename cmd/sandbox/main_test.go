package main_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

func TestTheCommandsExitStatusIsPassedOn(t *testing.T) {
	err := engine.New(t).Command("sh", "-c", "exit 7").Run()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 7, exit.ExitCode())
}

func TestTheCommandsStreamsArePassedThrough(t *testing.T) {
	command := engine.New(t).Command("sh", "-c", "cat; echo err >&2")
	var stdout, stderr bytes.Buffer
	command.Stdin, command.Stdout, command.Stderr = strings.NewReader("in"), &stdout, &stderr
	require.NoError(t, command.Run())
	assert.Equal(t, "in", stdout.String())
	assert.Equal(t, "err\n", stderr.String())
}

func TestRealCredentialsStayOutside(t *testing.T) {
	command := engine.New(t).Command("env")
	command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=AKIAOUTSIDER", "AWS_PROFILE=outsider", "PULUMI_ACCESS_TOKEN=outsider", "PULUMI_STACK=outsider")
	output, err := command.Output()
	require.NoError(t, err)
	assert.NotContains(t, string(output), "=outsider")
	assert.NotContains(t, string(output), "AKIA")
	assert.Contains(t, string(output), "PULUMI_BACKEND_URL=file://")
}

func TestAnInterruptReachesTheCommandOnce(t *testing.T) {
	command := engine.New(t).Command("sh", "-c", `n=0; trap 'n=$((n+1))' INT; echo ready; while [ $n -eq 0 ]; do sleep 0.01; done; sleep 0.1; echo $n; exit 3`)
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	line := make([]byte, 6)
	_, err = stdout.Read(line)
	require.NoError(t, err)
	require.NoError(t, command.Process.Signal(syscall.SIGINT))
	var rest bytes.Buffer
	_, err = rest.ReadFrom(stdout)
	require.NoError(t, err)
	var exit *exec.ExitError
	require.ErrorAs(t, command.Wait(), &exit)
	assert.Equal(t, "1\n", rest.String())
	assert.Equal(t, 3, exit.ExitCode())
}

func TestNoCommandChangesAFileOfTheProject(t *testing.T) {
	p := engine.Deployed(t, "california")
	before := files(t, p.Dir)
	output, err := p.Command("pulumi", "config", "set", "multisite:deletionProtection", "false", "--stack", "california").CombinedOutput()
	require.NoError(t, err)
	assert.Contains(t, string(output), "changed its copy of Pulumi.california.yaml only")
	assert.Equal(t, before, files(t, p.Dir))
	assert.Empty(t, p.Preview("california"), "the next command starts from the project's files again")
}

func TestNoCommandIsLoggedInFull(t *testing.T) {
	p := engine.New(t)
	p.Pulumi("stack", "ls")
	log, err := os.ReadFile(filepath.Join(p.Dir, ".sandbox", "simulated", "home", "logs"))
	require.NoError(t, err, "logs is a file, not a folder")
	assert.Empty(t, log)
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "Pulumi*"))
	require.NoError(t, err)
	contents := map[string]string{}
	for _, file := range found {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		contents[file] = string(data)
	}
	return contents
}

func TestResetStartsOver(t *testing.T) {
	p := engine.Deployed(t, "california")
	require.NotEmpty(t, p.Account())
	require.NoError(t, p.Command("reset").Run())
	assert.Empty(t, p.Account())
	p.Up("california")
}

// running starts a command in the sandbox, and returns a function that ends it.
func running(t *testing.T, p *engine.Project) (end func()) {
	t.Helper()
	command := p.Command("sh", "-c", "echo ready; read line")
	stdin, err := command.StdinPipe()
	require.NoError(t, err)
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	_, err = stdout.Read(make([]byte, 1))
	require.NoError(t, err)
	return func() {
		require.NoError(t, stdin.Close())
		_ = command.Wait()
	}
}

func TestResetIsRefusedWhileACommandRuns(t *testing.T) {
	p := engine.New(t)
	end := running(t, p)
	output, err := p.Command("reset").CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), "a command is running in the sandbox")
	end()
	require.NoError(t, p.Command("reset").Run())
}

// TestTwoUpsAtOnce checks that at least one update succeeds, and that a refused update fails
// with Pulumi's error.
func TestTwoUpsAtOnce(t *testing.T) {
	p := engine.New(t)
	p.Pulumi("stack", "ls") // creates the stacks for both updates
	outputs := make(chan error, 2)
	for range 2 {
		go func() {
			output, err := p.Try("up", "--stack", "california", "--yes", "--skip-preview")
			if err != nil {
				err = errors.New(output)
			}
			outputs <- err
		}()
	}
	for range 2 {
		if err := <-outputs; err != nil {
			require.ErrorContains(t, err, "the stack is currently locked")
		}
	}
	assert.Empty(t, p.Preview("california", "--refresh"))
	assert.Len(t, p.Account(), custom(p.State("california")), "the account has the state's resources")
}

// custom counts the resources that the providers created.
func custom(state map[string]engine.Resource) int {
	count := 0
	for _, r := range state {
		if r.Custom && !strings.HasPrefix(r.Type, "pulumi:") {
			count++
		}
	}
	return count
}

func TestDifferentStacksRunSideBySide(t *testing.T) {
	p := engine.New(t)
	p.Pulumi("stack", "ls")
	done := make(chan error, 2)
	for _, stack := range []string{"california", "oregon"} {
		go func() {
			output, err := p.Try("up", "--stack", stack, "--yes", "--skip-preview")
			if err != nil {
				err = errors.New(output)
			}
			done <- err
		}()
	}
	require.NoError(t, errors.Join(<-done, <-done))
	assert.Len(t, p.Account(), custom(p.State("california"))+custom(p.State("oregon")))
}

// TestThePluginIsInstalled checks that the plugin is installed only if it is in the sandbox's
// folder.
func TestThePluginIsInstalled(t *testing.T) {
	p, plugin := engine.New(t), "pulumi-resource-localdc"
	list := func(plugins ...string) string {
		command := p.Command("sh", "-c", `ls "$PULUMI_HOME"/plugins/*/ 2>&1; true`)
		folder := engine.Alone(t, command)
		for _, name := range plugins {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o700))
		}
		output, err := command.Output()
		require.NoError(t, err)
		return string(output)
	}
	assert.NotContains(t, list(), plugin)
	assert.Contains(t, list(plugin), plugin)
	assert.NotContains(t, list(), plugin)
}

// TestSecretsAreEncryptedWithAKey checks that only the emulated cloud uses the passphrase.
func TestSecretsAreEncryptedWithAKey(t *testing.T) {
	p := engine.New(t)
	p.Pulumi("config", "set", "--secret", "multisite:word", "open sesame", "--stack", "oregon")
	file, err := os.ReadFile(filepath.Join(p.Dir, ".sandbox", "simulated", "project", "Pulumi.oregon.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(file), "awskms://alias/pulumi-secrets-oregon?")
	assert.NotContains(t, string(file), "open sesame")
}
