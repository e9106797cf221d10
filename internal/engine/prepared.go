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

// New returns a project without any stack in its account. Its folder is deleted after the test.
func New(t *testing.T) *Project {
	t.Helper()
	return copyOf(t, "new", "true")
}

// Deployed is New after an update of a stack.
func Deployed(t *testing.T, stack string) *Project {
	t.Helper()
	return copyOf(t, stack, "pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive")
}

// Build builds a package of the repository and returns the path of the binary. It keeps the
// binary, so that Go links it again only if it is out of date.
func Build(t *testing.T, pkg string) string {
	t.Helper()
	target := filepath.Join(root, "bin", "tests", path.Base(pkg))
	require.NoError(t, locked(func() error { return goBuild(".", target, pkg) }))
	return target
}

// Within returns the Pulumi project in a folder of the repository, such as examples/application,
// with its own module and the account of p. The project's name is the folder's.
func (p *Project) Within(folder string) *Project {
	p.t.Helper()
	within := *p
	within.name, within.folder = path.Base(folder), folder
	within.Program = filepath.Join(root, "bin", within.name)
	require.NoError(p.t, locked(func() error { return goBuild(folder, within.Program, ".") }))
	files, err := filepath.Glob(filepath.Join(root, folder, "Pulumi*.yaml"))
	target := filepath.Join(p.Dir, folder)
	require.NoError(p.t, errors.Join(err, os.MkdirAll(target, 0o755)))
	require.NoError(p.t, run(exec.Command("cp", append(files, target)...)))
	return &within
}

// copyOf returns a copy of a project on which a command was run. It keeps the original until the
// binaries or the configuration change, since a copy takes less time than the command.
func copyOf(t *testing.T, name string, command ...string) *Project {
	t.Helper()
	require.NoError(t, binaries())
	p := &Project{t, t.TempDir(), "simulated", filepath.Join(root, "bin", "multisite"), "", nil, "multisite", "."}
	require.NoError(t, locked(func() error {
		digest, err := inputsDigest()
		if err != nil {
			return err
		}
		kept := filepath.Join(root, "bin", "prepared", name)
		if with, err := os.ReadFile(kept + ".with"); err != nil || string(with) != digest {
			if err := prepare(kept, command); err != nil {
				return err
			}
			if err := os.WriteFile(kept+".with", []byte(digest), 0o600); err != nil {
				return err
			}
		}
		return copyAll(kept, p.Dir)
	}))
	return p
}

// copyAll copies a folder into another and preserves the files' times: steps of the runbook
// depend on the times of states.
func copyAll(from, to string) error {
	return run(exec.Command("cp", "-a", from+"/.", to))
}

// prepare creates a project in a folder, which it empties first, and runs a command on it.
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

// configuration returns the files of the repository's project and stacks.
func configuration() ([]string, error) { return filepath.Glob(filepath.Join(root, "Pulumi*.yaml")) }

// inputsDigest returns a digest of the binaries, by Go's build IDs, and of the configuration.
var inputsDigest = sync.OnceValues(func() (string, error) {
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

// binaries builds the program, the sandbox and the tool sites, once per test binary, and in one
// test binary at a time. Builds that are up to date take no time.
var binaries = sync.OnceValue(func() error {
	return locked(func() error { return goBuild(".", "bin/", ".", "./cmd/sandbox", "./cmd/sites") })
})

// locked runs a function while it holds the lock of the folder bin, so that one process at a
// time runs such a function.
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

// run runs a command. Its error is the command's output.
func run(command *exec.Cmd) error {
	if output, err := command.CombinedOutput(); err != nil {
		return errors.New(string(output))
	}
	return nil
}
