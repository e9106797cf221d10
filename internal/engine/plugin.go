package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// LocaldcPlugin builds the localdc plugin with an additional driver named folder, and
// returns the plugin's folder.
var LocaldcPlugin = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(root, "bin", "localdc-test")
	return folder, locked(func() error {
		return goBuild("localdc", filepath.Join(folder, "pulumi-resource-localdc"), "./internal/testplugin")
	})
})

// NewLocal is New for local sites: the project has the localdc plugin.
func NewLocal(t *testing.T) *Project {
	t.Helper()
	p := New(t)
	var err error
	p.plugins, err = LocaldcPlugin()
	require.NoError(t, err)
	return p
}

// Alone changes a command to run a copy of the sandbox. The copy is in a folder with the Pulumi
// CLI and nothing else, which Alone returns.
func Alone(t *testing.T, command *exec.Cmd) (folder string) {
	t.Helper()
	folder = t.TempDir()
	pulumi, err := exec.LookPath("pulumi")
	if err != nil {
		pulumi = filepath.Join(root, "bin", "pulumi")
	}
	require.NoError(t, os.Symlink(pulumi, filepath.Join(folder, "pulumi")))
	sandbox, err := os.ReadFile(command.Path)
	require.NoError(t, err)
	command.Path = filepath.Join(folder, "sandbox")
	require.NoError(t, os.WriteFile(command.Path, sandbox, 0o700))
	return folder
}
