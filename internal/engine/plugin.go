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

// NewLocal is New for sites in local data centres: the project has the localdc plugin.
func NewLocal(t *testing.T) *Project {
	t.Helper()
	p := New(t)
	var err error
	p.plugins, err = LocaldcPlugin()
	require.NoError(t, err)
	return p
}

// Alone gives a command a copy of the sandbox in a folder that contains only the CLI
// otherwise, and returns that folder.
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
