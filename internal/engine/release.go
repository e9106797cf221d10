package engine

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// release is the archive of a project that the last release updated: its configuration, simulated
// account and states.
var release = filepath.Join(root, "stacks", "testdata", "release.tar.gz")

// Released returns a project with the localdc plugin, whose stacks the last release updated.
func Released(t *testing.T) *Project {
	t.Helper()
	require.NoError(t, binaries())
	plugins, err := LocaldcPlugin()
	require.NoError(t, err)
	p := &Project{t, t.TempDir(), "simulated", filepath.Join(root, "bin", "multisite"), plugins, nil, "multisite", "."}
	require.NoError(t, run(exec.Command("tar", "-xzf", release, "-C", p.Dir)))
	return p
}

// Release stores the project for Released.
func (p *Project) Release() {
	p.t.Helper()
	files, err := filepath.Glob(filepath.Join(p.Dir, "Pulumi*.yaml"))
	require.NoError(p.t, err)
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	files = append(files, ".sandbox/simulated/account", ".sandbox/simulated/state/.pulumi/meta.yaml", ".sandbox/simulated/state/.pulumi/stacks")
	// Without times and owners, so that equal projects give equal files.
	require.NoError(p.t, run(exec.Command("tar", append([]string{"--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner",
		"--exclude=*.bak", "--exclude=*.attrs", "--exclude=*.content", "-czf", release, "-C", p.Dir}, files...)...)))
}
