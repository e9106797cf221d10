package check

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files of a lawRepository.
const (
	law     = "register/residency/residency.yaml"
	reg     = "register/register.yaml"
	history = "register/history.yaml"
	regions = "state/regions.yaml"
	india   = "Pulumi.india.yaml"
	oregon  = "Pulumi.oregon.yaml"
)

// lawRepository is a git repository with the stacks of this repository and the law of testdata, which
// origin/main has too.
type lawRepository struct {
	t   *testing.T
	dir string
}

func newLawRepository(t *testing.T) lawRepository {
	t.Helper()
	r := lawRepository{t, t.TempDir()}
	files, err := filepath.Glob("../../Pulumi.*.yaml")
	require.NoError(t, err)
	sources := map[string]string{law: "testdata/residency.yaml", reg: "testdata/register.yaml", history: "../../" + history, regions: "../../" + regions}
	for _, file := range files {
		sources[filepath.Base(file)] = file
	}
	for name, source := range sources {
		data, err := os.ReadFile(source)
		require.NoError(t, err)
		r.write(name, string(data))
	}
	r.write(history, "entries: []\n")
	r.git("init", "-q")
	r.commit()
	return r
}

// commit makes the files the content of origin/main.
func (r lawRepository) commit() {
	r.t.Helper()
	r.git("add", ".")
	r.git("commit", "-qm", "Change the law")
	r.git("update-ref", "refs/remotes/origin/main", "HEAD")
}

func (r lawRepository) git(args ...string) {
	r.t.Helper()
	output, err := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com", "-C", r.dir}, args...)...).CombinedOutput()
	require.NoError(r.t, err, string(output))
}

func (r lawRepository) path(file string) string {
	return filepath.Join(r.dir, filepath.FromSlash(file))
}

func (r lawRepository) write(file, text string) {
	r.t.Helper()
	require.NoError(r.t, os.MkdirAll(filepath.Dir(r.path(file)), 0o700))
	require.NoError(r.t, os.WriteFile(r.path(file), []byte(text), 0o600))
}

// replace replaces text of a file, and returns a function that restores it.
func (r lawRepository) replace(file, old, changed string) (restore func()) {
	r.t.Helper()
	data, err := os.ReadFile(r.path(file))
	require.NoError(r.t, err)
	require.Contains(r.t, string(data), old)
	r.write(file, strings.Replace(string(data), old, changed, 1))
	return func() { r.write(file, string(data)) }
}

// check returns the lines of the check's error, without the parts that every loosening has.
func (r lawRepository) check() (lines []string) {
	r.t.Helper()
	err := check(r.dir, "origin/main", today, &bytes.Buffer{})
	if err == nil {
		return nil
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines
}
