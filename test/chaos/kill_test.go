package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// kills is how often `make chaos` ends the CLI at a random point of an up or a destroy.
const kills = 120

// longest is about how long a command takes without a fault.
const longest = 4 * time.Second

// TestTheCLIIsKilled kills or interrupts the CLI at random points, and recovers with the
// commands of the runbook.
func TestTheCLIIsKilled(t *testing.T) {
	random, site := draw(t), "california"
	if !whole {
		t.Run("up", func(t *testing.T) {
			t.Parallel()
			v := newVictim(t, site)
			v.interrupt("up", os.Kill, time.Duration(random.Int64N(int64(longest))))
			v.comeBack("up", os.Kill)
		})
		return
	}
	built := newVictim(t, site)
	built.Edit(site, func(config map[string]any) { config["multisite:deletionProtection"] = false })
	built.Up(site)
	for n := range kills {
		command := []string{"up", "destroy"}[n%2]
		signal := []os.Signal{os.Kill, os.Kill, os.Interrupt}[random.IntN(3)]
		after := time.Duration(random.Int64N(int64(longest)))
		t.Run(fmt.Sprintf("%s/%d-%v-%v", command, n, signal, after.Round(time.Millisecond)), func(t *testing.T) {
			t.Parallel()
			var v *victim
			if command == "up" {
				v = newVictim(t, site)
			} else {
				v = built.fork(t)
			}
			v.interrupt(command, signal, after)
			v.comeBack(command, signal)
		})
	}
}

// comeBack follows the runbook after a command has received a signal.
func (v *victim) comeBack(command string, signal os.Signal) {
	v.t.Helper()
	commands := recipe(v.t, "An update was killed, or its lock is stuck")
	if signal == os.Interrupt {
		commands = recipe(v.t, "An update failed half-way")
	}
	last := &commands[len(commands)-1]
	*last = strings.ReplaceAll(*last, "pulumi up ", "pulumi "+command+" ")
	// A kill may leave an empty state. The command that shows this is the first command of
	// the recipe.
	if err := v.Command("pulumi", "stack", "export", "--stack", v.site).Run(); err != nil {
		v.follow(recipe(v.t, "The state is broken, or lost")[:1])
	}
	v.follow(commands)
	v.t.Logf("%s, %v: recovered", command, signal)
	if command == "destroy" {
		assert.Empty(v.t, v.Account())
		return
	}
	v.settled()
}

// interrupt starts a command, and sends a signal to its CLI after the given time.
func (v *victim) interrupt(command string, signal os.Signal, after time.Duration) {
	v.t.Helper()
	pid := filepath.Join(v.t.TempDir(), "pid")
	run := v.Command("bash", "-c", fmt.Sprintf("echo $$ > %s; exec pulumi --non-interactive %s --yes --skip-preview --stack %s", pid, command, v.site))
	output := &strings.Builder{}
	run.Stdout, run.Stderr = output, output
	require.NoError(v.t, run.Start())
	ended := make(chan error, 1)
	go func() { ended <- run.Wait() }()
	select {
	case <-ended: // before the signal
		return
	case <-time.After(after):
	}
	text, err := os.ReadFile(pid)
	if err != nil { // the CLI has not started
		require.NoError(v.t, run.Process.Signal(syscall.SIGTERM))
	} else {
		var number int
		_, err := fmt.Sscan(string(text), &number)
		require.NoError(v.t, err)
		process, err := os.FindProcess(number)
		require.NoError(v.t, err)
		_ = process.Signal(signal) // fails if the CLI has just ended
	}
	<-ended
}
