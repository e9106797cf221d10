// Package enginetest runs the provider's plugin under the real Pulumi engine.
package enginetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/internal/testdriver"
)

var program string

// TestMain builds the program.
func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	program, err = filepath.Abs("../../../bin/localdc-test/program") // kept, so that it is linked only once
	if err != nil {
		panic(err)
	}
	if output, err := exec.Command("go", "build", "-o", program, "../testprogram").CombinedOutput(); err != nil {
		panic(string(output))
	}
	return m.Run()
}

// newProject returns a project with a site in India, whose facility is a folder.
func newProject(t *testing.T, driverName string) (p *engine.Project, directory string) {
	t.Helper()
	p, directory = engine.NewLocal(t), t.TempDir()
	p.Program = program
	sites, err := filepath.Glob(filepath.Join(p.Dir, "Pulumi.*.yaml"))
	require.NoError(t, err)
	for _, file := range sites {
		require.NoError(t, os.Remove(file))
	}
	set(p, map[string]string{"driver": driverName, "directory": directory})
	return p, directory
}

func set(p *engine.Project, values map[string]string) {
	p.Edit("india", func(config map[string]any) {
		for key, value := range values {
			config["multisite:"+key] = value
		}
	})
}

var (
	network  = driver.ID{Site: "india", Kind: driver.KindNetwork, Name: "main"}
	key      = driver.ID{Site: "india", Kind: driver.KindKey, Name: "data"}
	database = driver.ID{Site: "india", Kind: driver.KindDatabase, Name: "mi-account"}
)

const (
	theNetwork  = "localdc:index:Network main"
	theKey      = "localdc:index:Key data"
	theDatabase = "localdc:index:Database mi-account"
)

// TestAPartnerIsSigned changes a site from planned to active, and destroys it.
func TestAPartnerIsSigned(t *testing.T) {
	t.Parallel()
	p, _ := newProject(t, "placeholder")
	p.Up("india")
	planned := p.State("india")
	assert.Equal(t, "planned", planned[theDatabase].Outputs["status"])

	set(p, map[string]string{"driver": "folder"})
	assert.Equal(t, map[string][]string{"update": {theDatabase, theKey, theNetwork, "pulumi:providers:localdc facility"}}, p.Preview("india"))
	p.Up("india")
	active := p.State("india")
	assert.Equal(t, "active", active[theDatabase].Outputs["status"])
	for name, resource := range planned {
		assert.Equal(t, resource.ID, active[name].ID)
	}
	assert.Empty(t, p.Preview("india", "--refresh"))

	set(p, map[string]string{"cidrBlock": "10.80.0.0/16"})
	output, err := p.Try("preview", "--stack", "india")
	require.Error(t, err)
	assert.Contains(t, output, `india/network/main: cidrBlock: found "10.80.0.0/16"; allowed: "10.64.0.0/16", since a change replaces the active resource`)
	set(p, map[string]string{"cidrBlock": "10.64.0.0/16"})
	output, err = p.Try("destroy", "--stack", "india", "--yes", "--skip-preview")
	require.Error(t, err)
	assert.Contains(t, output, "india/db/mi-account: deletionProtection: found true; allowed: false")
	set(p, map[string]string{"deletionProtection": "false"})
	p.Up("india")
	p.Pulumi("destroy", "--stack", "india", "--yes", "--skip-preview")
}

// TestASecondUpFinishes checks that a second update completes a failed one.
func TestASecondUpFinishes(t *testing.T) {
	t.Parallel()
	p, directory := newProject(t, "folder")
	require.NoError(t, testdriver.SetFaults(directory, map[string]testdriver.Fault{
		"create " + network.String(): testdriver.Incomplete,
		"create " + key.String():     testdriver.Lost,
	}))
	// With --continue-on-error, both are created, whichever fails first.
	_, err := p.Try("up", "--stack", "india", "--yes", "--skip-preview", "--continue-on-error")
	require.Error(t, err)
	assert.FileExists(t, testdriver.File(directory, key))
	state := p.State("india")
	assert.Contains(t, state, theNetwork)
	assert.NotContains(t, state, theKey)

	require.NoError(t, testdriver.SetFaults(directory, nil))
	p.Up("india")
	assert.Equal(t, true, p.State("india")[theNetwork].Outputs["serving"])
	assert.Empty(t, p.Preview("india"))
}

// TestVanished checks that a refresh removes a vanished resource and an update creates it
// again, unless its data was lost with it.
func TestVanished(t *testing.T) {
	t.Parallel()
	p, directory := newProject(t, "folder")
	p.Up("india")
	require.NoError(t, os.Remove(testdriver.File(directory, network)))
	p.Pulumi("refresh", "--stack", "india", "--yes", "--skip-preview")
	assert.Equal(t, map[string][]string{"create": {theNetwork}}, p.Preview("india"))
	p.Up("india")

	require.NoError(t, os.Remove(testdriver.File(directory, database)))
	output, err := p.Try("up", "--stack", "india", "--yes", "--skip-preview", "--refresh")
	require.Error(t, err)
	assert.Contains(t, output, "india/db/mi-account has vanished from Facility 1, with its data.")
	assert.NoFileExists(t, testdriver.File(directory, database))
	set(p, map[string]string{"deletionProtection": "false"})
	p.Up("india")
	assert.FileExists(t, testdriver.File(directory, database))
}

// TestWithoutThePlugin checks that the error names the command that builds the plugin.
func TestWithoutThePlugin(t *testing.T) {
	t.Parallel()
	p, _ := newProject(t, "placeholder")
	command := p.Command("pulumi", "preview", "--stack", "india", "--color=never")
	engine.Alone(t, command)
	command.Env = append(os.Environ(), "PATH=/nowhere")
	output, err := command.CombinedOutput()
	require.Error(t, err)
	assert.Contains(t, string(output), "run-make-plugin")
}
