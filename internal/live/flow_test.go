package live

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestUpRefuses checks that up creates nothing if it refuses.
func TestUpRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		arrange func(b *bench)
		args    []string
		typed   string
		want    string
	}{
		"another number typed": {typed: "111111111111", want: `found "111111111111"; allowed: 999988887777`},
		"an account with a resource of the project": {
			arrange: func(b *bench) {
				b.set("resourcegroupstaggingapi get-resources in sa-east-1", `{"ResourceTagMappingList": [{"ResourceARN": "arn:theirs", "Tags": [{"Key": "LiveRun", "Value": "live-other"}]}]}`)
			}, want: "arn:theirs",
		},
		"an account with a state bucket": {
			arrange: func(b *bench) { b.set("s3api list-buckets", `{"Buckets": [{"Name": "multisite-state-oregon-1"}]}`) }, want: "multisite-state-oregon-1",
		},
		"an account in the register": {
			arrange: func(b *bench) {
				require.NoError(b.t, os.WriteFile(filepath.Join(b.root, "register", "register.yaml"), []byte("sites: {oregon: {account: \""+throwAway+"\"}}"), 0o600))
			}, want: "register/register.yaml names in sites.oregon.account",
		},
		"a site that the register binds to another account": {
			arrange: func(b *bench) {
				require.NoError(b.t, os.WriteFile(filepath.Join(b.root, "register", "register.yaml"), []byte("sites: {oregon: {account: \"111122223333\"}}"), 0o600))
			}, want: "register/register.yaml: sites.oregon.account: found 111122223333",
		},
		"a cap below the estimate": {args: []string{"--cap", "0.1"}, want: "--cap: found 0.1 USD"},
		"a last day in the past":   {args: []string{"--until", "2026-05-03"}, want: "allowed: 2026-05-04 or later"},
		"a resource without a price": {
			arrange: func(b *bench) {
				b.set("preview", `{"steps": [{"op": "create", "newState": {"type": "aws:rds/instance:Instance", "inputs": {"instanceClass": "db.r7g.large"}}}]}`)
			}, want: "found no price for aws:rds/instance:Instance",
		},
		"wrong flags": {args: []string{"--zone", "Z1", "--skip", "alrm"}, want: `--skip: found "alrm"`},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if test.arrange != nil {
				test.arrange(b)
			}
			if test.typed == "" {
				test.typed = throwAway
			}
			status, output := b.typed(test.typed, append(test.args, "up")...)
			assert.NotZero(t, status)
			assert.Contains(t, output, test.want)
			assert.Empty(t, b.calls(), "nothing is created")
			assert.NoFileExists(t, filepath.Join(b.dir, "oregon", "run.json"))
			assert.NoDirExists(t, filepath.Join(b.dir, "oregon", "state"))
		})
	}
}

// TestAll runs all steps in one command.
func TestAll(t *testing.T) {
	b := newBench(t)
	b.set("preview", `{"steps": [{"op": "same"}]}`)
	status, output := b.live("--skip", "alarm,edge-alarm,database-event,image,replication,firewall-log,cdn-log,flow-log,certificate,dnssec")
	assert.Zero(t, status, output)
	calls := strings.Join(b.calls(), "\n")
	inOrder(t, calls, "-boundary ", "-copies ", "pulumi up", "-origin ", "-tools ", "delete-stack", "pulumi up", "pulumi destroy", "pulumi stack rm",
		"-roles", "-boundary")
	assert.True(t, b.record().Ended)
	assert.Contains(t, output, neverRun)
	report, err := os.ReadFile(filepath.Join(b.dir, "oregon", "report.md"))
	require.NoError(t, err)
	assert.Contains(t, string(report), "| drift | the nightly drift check finds no changes")
	status, output = b.live("down")
	assert.Equal(t, 1, status, "there is no run")
	assert.Contains(t, output, "found no run")
}

// TestLeaveAndResume repeats up, and continues after the cap is reached.
func TestLeaveAndResume(t *testing.T) {
	b := newBench(t)
	status, output := b.live("--cap", "1", "up")
	require.Zero(t, status, output)
	assert.Contains(t, output, "make live SITE=oregon STEP=check")
	status, output = b.typed("", "up")
	assert.Zero(t, status, "a repeated up asks for no confirmation: %s", output)
	began := b.clock.now
	b.clock.now = began.Add(20 * time.Hour)
	for _, step := range []string{"up", "check"} {
		status, output := b.live(step)
		assert.Equal(t, 1, status, step)
		assert.Contains(t, output, "above its cap of 1.00")
		assert.Contains(t, output, "STEP=down")
	}
	status, output = b.live("down")
	assert.Zero(t, status, output)
}

// TestLastDay continues a run after its last day.
func TestLastDay(t *testing.T) {
	b := newBench(t)
	status, output := b.live("--cap", "1000", "--until", "2026-05-04", "up")
	require.Zero(t, status, output)
	b.clock.now = b.clock.now.Add(24 * time.Hour)
	status, output = b.live("check")
	assert.Equal(t, 1, status)
	assert.Contains(t, output, "the last day of the run was 2026-05-04")
}

// TestKeysOfEarlierRun begins a run in an account with a key whose deletion is scheduled.
func TestKeysOfEarlierRun(t *testing.T) {
	b := newBench(t)
	b.set("resourcegroupstaggingapi get-resources in us-west-2", `{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:kms:us-west-2:999988887777:key/1"}]}`)
	b.set("kms describe-key", `"null"`)
	status, output := b.live("up")
	assert.Equal(t, 1, status)
	assert.Contains(t, output, "found 999988887777, which is in use")
	b.set("kms describe-key", `"2026-06-03T12:00:00Z"`)
	status, output = b.live("up")
	assert.Zero(t, status, output)
}

// TestRefusesOtherAccount checks that every step refuses credentials of another account.
func TestRefusesOtherAccount(t *testing.T) {
	b := newBench(t)
	status, output := b.live("up")
	require.Zero(t, status, output)
	before := len(b.calls())
	b.set("sts get-caller-identity", `{"Account": "111122223333"}`)
	for _, step := range []string{"up", "check", "down"} {
		status, output := b.live(step)
		assert.Equal(t, 1, status)
		assert.Contains(t, output, "allowed: "+throwAway)
	}
	assert.Len(t, b.calls(), before)
}

// TestInterruptedUp checks that up deletes its resources after the first signal.
func TestInterruptedUp(t *testing.T) {
	b := newBench(t)
	b.set("block up", "")
	go b.signalWhenBlocked(1)
	status, output := b.live("up")
	assert.Equal(t, 1, status)
	inOrder(t, strings.Join(b.calls(), "\n"), "pulumi up", "interrupted", "pulumi state unprotect", "pulumi destroy")
	assert.Contains(t, output, "Send the signal again to stop at once")
	assert.True(t, b.record().Ended)
}

// TestSecondSignal checks that a second signal stops the deletion, and that down
// continues it.
func TestSecondSignal(t *testing.T) {
	b := newBench(t)
	b.set("block up", "")
	b.set("block destroy", "")
	go b.signalWhenBlocked(2)
	status, output := b.live()
	assert.Equal(t, 130, status)
	assert.Contains(t, output, "make live SITE=oregon STEP=down")
	require.NoError(t, os.Remove(b.path("block destroy")))
	status, output = b.live("down")
	assert.Zero(t, status, output)
}

// signalWhenBlocked sends a signal each time the fake of pulumi waits for an interrupt.
func (b *bench) signalWhenBlocked(times int) {
	for range times {
		for os.Remove(b.path("blocked")) != nil {
			time.Sleep(time.Millisecond)
		}
		b.signals <- syscall.SIGTERM
	}
}

// TestKilledUp continues after a SIGKILL, and imports the update's resources first.
func TestKilledUp(t *testing.T) {
	for step, then := range map[string][]string{
		"up":   {"pulumi refresh --stack oregon --yes --skip-preview --clear-pending-creates", "pulumi up"},
		"down": {"pulumi destroy"},
	} {
		t.Run(step, func(t *testing.T) {
			b := newBench(t)
			b.set("kill", "")
			killed := exec.Command(filepath.Join(b.folder, "tools", "live"), b.args("up")...)
			killed.Stdin = strings.NewReader(throwAway + "\n")
			var died *exec.ExitError
			require.ErrorAs(t, killed.Run(), &died)
			require.Equal(t, syscall.SIGKILL, died.Sys().(syscall.WaitStatus).Signal())
			b.clock.now = time.Now().UTC()
			status, output := b.live(step)
			assert.Zero(t, status, output)
			inOrder(t, strings.Join(b.calls(), "\n"), append([]string{"pulumi up", "pulumi cancel --stack oregon", "sites adopt oregon"}, then...)...)
		})
	}
}

// TestLeftovers checks that down lists the resources that are left, and ends the run only
// if there are none.
func TestLeftovers(t *testing.T) {
	b := newBench(t)
	status, output := b.live("up")
	require.Zero(t, status, output)
	tagged := func(arn string) string {
		return `{"ResourceTagMappingList": [{"ResourceARN": "` + arn + `", "Tags": []}]}`
	}
	b.set("resourcegroupstaggingapi get-resources in us-west-2", tagged("arn:aws:rds:us-west-2:999988887777:db:left"))
	status, output = b.live("down")
	assert.Equal(t, 1, status)
	assert.Contains(t, output, "arn:aws:rds:us-west-2:999988887777:db:left")
	assert.False(t, b.record().Ended)
	b.set("resourcegroupstaggingapi get-resources in us-west-2", tagged("arn:aws:kms:us-west-2:999988887777:key/1"))
	b.set("kms describe-key", `"2026-06-03T12:00:00Z"`)
	status, output = b.live("down")
	assert.Zero(t, status, output)
	assert.Contains(t, output, "is deleted on 2026-06-03")
}

// TestDownDeletesOnlyTheRun empties the run's buckets, and deletes the backups of its
// databases, but no others.
func TestDownDeletesOnlyTheRun(t *testing.T) {
	b := newBench(t)
	status, output := b.live("up")
	require.Zero(t, status, output)
	b.set("resourcegroupstaggingapi get-resources in us-west-2", `{"ResourceTagMappingList": [{"ResourceARN": "arn:aws:s3:::ours", "Tags": []}]}`)
	b.set("s3api list-object-versions", `[{"Key": "live.html", "VersionId": "v1"}]`)
	b.set("rds describe-db-instances", `{"DBInstances": [
		{"DBInstanceIdentifier": "oregon-mi-account-1", "TagList": [{"Key": "LiveRun", "Value": "`+b.record().ID+`"}]},
		{"DBInstanceIdentifier": "theirs", "TagList": [{"Key": "LiveRun", "Value": "live-other"}]}]}`)
	b.set("rds describe-db-snapshots", `[{"ID": "ours-final", "Database": "oregon-mi-account-1"}, {"ID": "theirs-final", "Database": "theirs"}]`)
	b.set("rds describe-db-instance-automated-backups", `[{"ID": "db-1", "Database": "oregon-mi-account-1"}, {"ID": "db-2", "Database": "theirs"}]`)
	status, output = b.live("down") // fails, because the fake still lists the bucket
	assert.Equal(t, 1, status, output)
	calls := strings.Join(b.calls(), "\n")
	inOrder(t, calls, "s3api delete-objects --bucket ours --bypass-governance-retention", "pulumi destroy")
	assert.Contains(t, calls, "rds delete-db-snapshot --db-snapshot-identifier ours-final")
	assert.Contains(t, calls, "rds delete-db-instance-automated-backup --dbi-resource-id db-1")
	assert.NotContains(t, calls, "theirs")
	assert.NotContains(t, calls, "db-2")
}

// inOrder checks that a text contains parts in this order.
func inOrder(t *testing.T, all string, parts ...string) {
	t.Helper()
	rest := all
	for _, part := range parts {
		i := strings.Index(rest, part)
		require.GreaterOrEqual(t, i, 0, "%q, in order, in:\n%s", part, all)
		rest = rest[i+len(part):]
	}
}
