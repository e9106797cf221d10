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

// TestUpRefuses holds up to making nothing where it refuses.
func TestUpRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		arrange func(b *bench)
		args    []string
		typed   string
		says    string
	}{
		"another number typed": {typed: "111111111111", says: `found "111111111111"; allowed: 999988887777`},
		"an account that holds something of the project's": {
			arrange: func(b *bench) {
				b.set("resourcegroupstaggingapi get-resources in sa-east-1", `{"ResourceTagMappingList": [{"ResourceARN": "arn:theirs", "Tags": [{"Key": "LiveRun", "Value": "live-other"}]}]}`)
			}, says: "arn:theirs",
		},
		"an account with a state of the project's": {
			arrange: func(b *bench) { b.set("s3api list-buckets", `{"Buckets": [{"Name": "multisite-state-oregon-1"}]}`) }, says: "multisite-state-oregon-1",
		},
		"an account of the register": {
			arrange: func(b *bench) {
				require.NoError(b.t, os.WriteFile(filepath.Join(b.root, "register", "register.yaml"), []byte("sites: {oregon: {account: \""+throwAway+"\"}}"), 0o600))
			}, says: "register/register.yaml names in sites.oregon.account",
		},
		"a site that is bound to another account": {
			arrange: func(b *bench) {
				require.NoError(b.t, os.WriteFile(filepath.Join(b.root, "register", "register.yaml"), []byte("sites: {oregon: {account: \"111122223333\"}}"), 0o600))
			}, says: "register/register.yaml: sites.oregon.account: found 111122223333",
		},
		"a cap below the estimate": {args: []string{"--cap", "0.1"}, says: "--cap: found 0.1 USD"},
		"a day that is over":       {args: []string{"--until", "2026-05-03"}, says: "allowed: 2026-05-04 or later"},
		"what has no price": {
			arrange: func(b *bench) {
				b.set("preview", `{"steps": [{"op": "create", "newState": {"type": "aws:rds/instance:Instance", "inputs": {"instanceClass": "db.r7g.large"}}}]}`)
			}, says: "found no price for aws:rds/instance:Instance",
		},
		"flags that are wrong": {args: []string{"--zone", "Z1", "--skip", "alrm"}, says: `--skip: found "alrm"`},
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
			assert.Contains(t, output, test.says)
			assert.Empty(t, b.calls(), "nothing is made")
			assert.NoFileExists(t, filepath.Join(b.dir, "oregon", "run.json"))
			assert.NoDirExists(t, filepath.Join(b.dir, "oregon", "state"))
		})
	}
}

// TestAll takes a run through its three steps at once.
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
	assert.Contains(t, string(report), "| drift | the nightly drift run is green")
	status, output = b.live("down")
	assert.Equal(t, 1, status, "there is nothing to take down")
	assert.Contains(t, output, "found no run")
}

// TestLeaveAndResume brings a site up, and comes back too late.
func TestLeaveAndResume(t *testing.T) {
	b := newBench(t)
	status, output := b.live("--cap", "1", "up")
	require.Zero(t, status, output)
	assert.Contains(t, output, "make live SITE=oregon STEP=check")
	status, output = b.typed("", "up")
	assert.Zero(t, status, "who goes on is not asked again: %s", output)
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

func TestEndDate(t *testing.T) {
	b := newBench(t)
	status, output := b.live("--cap", "1000", "--until", "2026-05-04", "up")
	require.Zero(t, status, output)
	b.clock.now = b.clock.now.Add(24 * time.Hour)
	status, output = b.live("check")
	assert.Equal(t, 1, status)
	assert.Contains(t, output, "was to end on 2026-05-04")
}

// TestAgain begins a run where an earlier one has left keys that wait for their deletion.
func TestAgain(t *testing.T) {
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

func TestAnotherAccountIsRefusedLater(t *testing.T) {
	b := newBench(t)
	status, output := b.live("up")
	require.Zero(t, status, output)
	made := len(b.calls())
	b.set("sts get-caller-identity", `{"Account": "111122223333"}`)
	for _, step := range []string{"up", "check", "down"} {
		status, output := b.live(step)
		assert.Equal(t, 1, status)
		assert.Contains(t, output, "allowed: "+throwAway)
	}
	assert.Len(t, b.calls(), made)
}

// TestInterruptedUp takes down what an up has begun, at the first signal.
func TestInterruptedUp(t *testing.T) {
	b := newBench(t)
	b.set("block up", "")
	go b.signalWhenBlocked(1)
	status, output := b.live("up")
	assert.Equal(t, 1, status)
	inOrder(t, strings.Join(b.calls(), "\n"), "pulumi up", "interrupted", "pulumi state unprotect", "pulumi destroy")
	assert.Contains(t, output, "Once more to stop at once")
	assert.True(t, b.record().Ended)
}

// TestSecondSignal leaves everything as it is, and says how to go on.
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

// signalWhenBlocked sends a signal each time that a command of pulumi waits for one.
func (b *bench) signalWhenBlocked(times int) {
	for range times {
		for os.Remove(b.path("blocked")) != nil {
			time.Sleep(time.Millisecond)
		}
		b.signals <- syscall.SIGTERM
	}
}

// TestKilledUp goes on after a SIGKILL: what the update had made is imported first.
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

// TestLeftovers says what is left, and ends no run that leaves anything.
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
	assert.Equal(t, "2026-12-24", aDay("1798106268.72"), "as version 1 of the AWS CLI has it")
}

// TestDownDeletesItsOwn empties the run's buckets, and deletes its databases' backups alone.
func TestDownDeletesItsOwn(t *testing.T) {
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
	status, output = b.live("down") // it says that the bucket is there, since the fake still lists it
	assert.Equal(t, 1, status, output)
	calls := strings.Join(b.calls(), "\n")
	inOrder(t, calls, "s3api delete-objects --bucket ours --bypass-governance-retention", "pulumi destroy")
	assert.Contains(t, calls, "rds delete-db-snapshot --db-snapshot-identifier ours-final")
	assert.Contains(t, calls, "rds delete-db-instance-automated-backup --dbi-resource-id db-1")
	assert.NotContains(t, calls, "theirs")
	assert.NotContains(t, calls, "db-2")
}

// inOrder demands that texts follow one another.
func inOrder(t *testing.T, all string, parts ...string) {
	t.Helper()
	rest := all
	for _, part := range parts {
		i := strings.Index(rest, part)
		require.GreaterOrEqual(t, i, 0, "%q, in order, in:\n%s", part, all)
		rest = rest[i+len(part):]
	}
}
