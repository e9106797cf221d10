package live

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/live/workspace"
)

const throwAway = "999988887777" // the account of the fakes

// TestMain runs the command live if the test binary has the name live, for a test that
// kills it.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "live" {
		os.Exit(command.Execute(context.Background(), newCommand(make(chan os.Signal), workspace.WallClock{}), os.Args[1:], os.Stdin, os.Stdout, os.Stdout))
	}
	os.Exit(m.Run())
}

// fakeClock is a clock whose pauses end immediately.
type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time { return c.now }

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.now = c.now.Add(d)
	return ctx.Err()
}

// bench is a run with fakes of the CLIs, from internal/live/fake.
type bench struct {
	t       *testing.T
	folder  string // of the fakes
	dir     string
	root    string
	clock   *fakeClock
	signals chan os.Signal
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t, t.TempDir(), t.TempDir(), t.TempDir(), &fakeClock{time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}, make(chan os.Signal, 2)}
	self, err := os.Executable()
	require.NoError(t, err)
	tools := filepath.Join(b.folder, "tools")
	require.NoError(t, os.Mkdir(tools, 0o700))
	program := engine.Build(t, "./internal/live/fake")
	for name, target := range map[string]string{"aws": program, "pulumi": program, "sites": program, "live": self} {
		require.NoError(t, os.Symlink(target, filepath.Join(tools, name)))
	}
	for _, name := range []string{"Pulumi.yaml", "Pulumi.oregon.yaml", "Pulumi.global.yaml", "register/register.yaml", "state/regions.yaml", "state/roles-aws.yaml"} {
		data, err := os.ReadFile(filepath.Join("..", "..", name))
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(b.root, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(b.root, name), data, 0o600))
	}
	t.Setenv("PATH", tools)
	t.Setenv("LIVE_FAKE", b.folder)
	for _, name := range []string{"AWS_ENDPOINT_URL", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE", "PULUMI_SKIP_UPDATE_CHECK"} {
		t.Setenv(name, "") // restored after the test: live changes some
	}
	return b
}

func (b *bench) args(args ...string) []string {
	return append([]string{"oregon", "--dir", b.dir, "--root", b.root, "--sites", filepath.Join(b.folder, "tools", "sites")}, args...)
}

// live runs the command and types the account's number.
func (b *bench) live(args ...string) (status int, output string) {
	b.t.Helper()
	return b.typed(throwAway, args...)
}

// typed runs the command and types a number at its prompt.
func (b *bench) typed(number string, args ...string) (status int, output string) {
	b.t.Helper()
	var out bytes.Buffer
	status = command.Execute(b.t.Context(), newCommand(b.signals, b.clock), b.args(args...), strings.NewReader(number+"\n"), &out, &out)
	return status, out.String()
}

// set sets the fakes' answer to a call, or another instruction (package fake).
func (b *bench) set(name, content string) {
	b.t.Helper()
	require.NoError(b.t, os.WriteFile(b.path(name), []byte(content), 0o600))
}

func (b *bench) path(name string) string {
	return filepath.Join(b.folder, strings.ReplaceAll(name, " ", "_"))
}

// calls returns the calls of the fakes that change something.
func (b *bench) calls() []string {
	b.t.Helper()
	text, _ := os.ReadFile(b.path("calls")) // missing before the first call
	return slices.DeleteFunc(strings.Split(strings.TrimSpace(string(text)), "\n"), func(call string) bool {
		for _, reading := range []string{" describe-", " list-", " get-", "stack output", "pulumi preview", "stack init", " wait "} {
			if strings.Contains(call, reading) {
				return true
			}
		}
		return call == ""
	})
}

// record reads the record of the run.
func (b *bench) record() workspace.Record {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.dir, "oregon", "run.json"))
	require.NoError(b.t, err)
	var r workspace.Record
	require.NoError(b.t, json.Unmarshal(data, &r))
	return r
}
