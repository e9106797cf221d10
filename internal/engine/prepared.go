package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sync"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/require"
)

// binaries builds the program and the sandbox, once per test binary, and one
// test binary at a time. That takes no time when they are up to date.
var binaries = sync.OnceValue(func() error {
	return locked(func() error { return goBuild(".", "bin/", ".", "./cmd/sandbox", "./cmd/sites") })
})

// locked does what one process at a time may do.
func locked(build func() error) error {
	lock := flock.New(filepath.Join(root, "bin", "lock"))
	if err := errors.Join(os.MkdirAll(filepath.Join(root, "bin"), 0o755), lock.Lock()); err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	return build()
}

// goBuild builds packages of one of the repository's modules.
func goBuild(module, target string, packages ...string) error {
	build := exec.Command("go", append([]string{"build", "-o", target}, packages...)...)
	build.Dir = filepath.Join(root, module)
	return run(build)
}

func run(command *exec.Cmd) error {
	if output, err := command.CombinedOutput(); err != nil {
		return errors.New(string(output))
	}
	return nil
}

// Build builds another program for tests, which is kept, so that it is linked anew
// only when it is out of date.
func Build(t *testing.T, pkg string) string {
	t.Helper()
	target := filepath.Join(root, "bin", "tests", path.Base(pkg))
	require.NoError(t, locked(func() error { return goBuild(".", target, pkg) }))
	return target
}

// New copies the repository's configuration into a folder that goes with the test.
func New(t *testing.T) *Project {
	t.Helper()
	return copyOf(t, "new", "true")
}

// Deployed is New with a stack that is up.
func Deployed(t *testing.T, stack string) *Project {
	t.Helper()
	return copyOf(t, stack, "pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive")
}

// copyOf copies a project on an account of its own, in which a command has been run.
// It is kept for as long as what made it stays the same: to copy it takes less time.
func copyOf(t *testing.T, name string, command ...string) *Project {
	t.Helper()
	require.NoError(t, binaries())
	p := &Project{t, t.TempDir(), "simulated", filepath.Join(root, "bin", "multisite"), ""}
	require.NoError(t, locked(func() error {
		made, err := madeWith()
		if err != nil {
			return err
		}
		kept := filepath.Join(root, "bin", "prepared", name)
		if with, err := os.ReadFile(kept + ".with"); err != nil || string(with) != made {
			if err := prepare(kept, command); err != nil {
				return err
			}
			if err := os.WriteFile(kept+".with", []byte(made), 0o600); err != nil {
				return err
			}
		}
		return copyAll(kept, p.Dir)
	}))
	return p
}

// copyAll copies a folder into another, with the times at which files were written:
// the runbook goes by those of states.
func copyAll(from, to string) error {
	return run(exec.Command("cp", "-a", from+"/.", to))
}

// prepare runs a command on a project of its own, in the place of one that was there.
func prepare(dir string, command []string) error {
	files, err := configuration()
	if err := errors.Join(err, os.RemoveAll(dir+".with"), os.RemoveAll(dir), os.MkdirAll(dir, 0o755)); err != nil {
		return err
	}
	if err := run(exec.Command("cp", append(files, dir)...)); err != nil {
		return err
	}
	sandbox := exec.Command(filepath.Join(root, "bin", "sandbox"), append([]string{"--program", filepath.Join(root, "bin", "multisite")}, command...)...)
	sandbox.Dir, sandbox.Env = dir, append(os.Environ(), "PULUMI_SKIP_CHECKPOINTS=true")
	return run(sandbox)
}

// configuration are the files of the repository's project and stacks.
func configuration() ([]string, error) { return filepath.Glob(filepath.Join(root, "Pulumi*.yaml")) }

// madeWith tells builds, by the IDs that Go gives them, and configurations apart.
var madeWith = sync.OnceValues(func() (string, error) {
	files, err := configuration()
	sum := sha256.New()
	for _, file := range files {
		data, unread := os.ReadFile(file)
		err = errors.Join(err, unread)
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", filepath.Base(file), len(data), data)
	}
	for _, name := range []string{"multisite", "sandbox"} {
		id, unread := exec.Command("go", "tool", "buildid", filepath.Join(root, "bin", name)).Output()
		err = errors.Join(err, unread)
		_, _ = sum.Write(id)
	}
	return hex.EncodeToString(sum.Sum(nil)), err
})
