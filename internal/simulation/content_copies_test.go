package simulation

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// backupARN is the ARN of the replicated backup that backup creates.
const backupARN = "arn:aws:rds:us-east-2:123456789012:auto-backup:ab-test"

// backup replicates the backups of a DB instance of us-west-1 to the client's region.
func (c *client) backup(source string) {
	c.t.Helper()
	r := &Resource{Type: backupReplication, Region: "us-east-2", ID: backupARN}
	require.NoError(c.t, c.p.account.Do(func() error {
		from := c.p.account.Get(dbInstance, "us-west-1", source)
		r.Properties = Properties{"sourceDbInstanceArn": from.Properties["arn"], "retentionPeriod": 1.0}
		return c.p.account.Put(r)
	}))
}

// replicate replicates the bucket photos to another one. more are settings of the rule.
func (c *client) replicate(to string, more Properties) {
	c.t.Helper()
	rule := merge(Properties{
		"status": "Enabled", "filter": Properties{"prefix": ""}, "destination": Properties{"bucket": "arn:aws:s3:::" + to},
		"deleteMarkerReplication": Properties{"status": "Enabled"},
	}, more)
	c.putRules(rule)
}

// putRules writes the replication configuration of the bucket photos.
func (c *client) putRules(rules ...any) {
	c.t.Helper()
	require.NoError(c.t, c.p.account.Do(func() error {
		return c.p.account.Put(&Resource{Type: bucketReplication, Region: "us-west-1", ID: "photos", Properties: Properties{"bucket": "photos", "rules": rules}})
	}))
}

// restore restores a DB instance from the backup in us-east-2, at a time or at the latest.
func (c *client) restore(name, at string) error {
	c.t.Helper()
	from := Properties{"sourceDbInstanceAutomatedBackupsArn": backupARN}
	if at == "" {
		from["useLatestRestorableTime"] = true
	} else {
		from["restoreTime"] = at
	}
	_, err := c.tryServer(name, Properties{"restoreToPointInTime": from})
	return err
}

func TestBackupsHaveTheirSourceWithADelay(t *testing.T) {
	c := newAccount(t)
	east := c.in("us-east-2")
	c.server("shop")
	c.write("shop", "MX", "a", "1")
	c.pass(time.Hour)
	id := c.server("other")
	c.write("other", "MX", "before", "1")
	east.backup(id)
	assert.Empty(t, c.values(backupARN))
	require.ErrorContains(t, east.restore("early", ""), "InvalidRestoreFault")
	c.pass(backupDelay + time.Second)
	assert.Equal(t, map[string]string{"before": "1"}, c.values(backupARN), "the first backup has all that was there")
	c.write("other", "MX", "after", "2")
	c.pass(backupDelay - time.Minute)
	assert.NotContains(t, c.values(backupARN), "after")
	c.pass(2 * time.Minute)
	assert.Contains(t, c.values(backupARN), "after")
	require.ErrorContains(t, c.p.account.Write(backupARN, Entry{Key: "k"}), "clients cannot write to backups")
}

// TestABackupOutlivesItsSource checks what a replicated backup restores while the source's
// region is down, after it was erased, and after a new database has its name.
func TestABackupOutlivesItsSource(t *testing.T) {
	for _, end := range []string{"down", "erased", "deleted"} {
		t.Run(end, func(t *testing.T) {
			c := newAccount(t)
			east := c.in("us-east-2")
			id := c.server("shop")
			east.backup(id)
			c.pass(time.Minute)
			c.write("shop", "MX", "a", "1")
			c.pass(backupDelay + time.Minute)
			c.write("shop", "MX", "lost", "2")
			c.pass(time.Minute)
			switch end {
			case "down":
				require.NoError(t, c.p.account.TakeDown("us-west-1"))
			case "erased":
				require.NoError(t, c.p.account.Erase("us-west-1", func() error { return nil }))
			case "deleted":
				require.NoError(t, c.delete(dbInstance, id))
			}
			c.pass(time.Hour)
			if end != "down" {
				c.server("shop")
				c.write("us-west-1/shop", "MX", "new", "3")
				c.pass(time.Hour)
			}
			require.NoError(t, east.restore("restored", ""))
			assert.Equal(t, map[string]string{"a": "1"}, c.values("restored"))
			c.write("restored", "MX", "b", "2")
			assert.NotContains(t, c.values(backupARN), "b", "the restored instance is another one")
			if end == "down" {
				require.NoError(t, c.p.account.BringUp("us-west-1"))
				assert.Contains(t, c.values(backupARN), "lost", "replication continues")
				assert.NotContains(t, c.values("restored"), "lost")
			}
		})
	}
}

func TestBackupsDoNotReachARegionThatIsDown(t *testing.T) {
	c := newAccount(t)
	id := c.server("shop")
	c.in("us-east-2").backup(id)
	c.pass(time.Hour)
	require.NoError(t, c.p.account.TakeDown("us-east-2"))
	c.pass(time.Minute)
	c.write("shop", "MX", "a", "1")
	c.pass(time.Hour)
	require.NoError(t, c.p.account.Erase("us-west-1", func() error { return nil }))
	require.NoError(t, c.p.account.BringUp("us-east-2"))
	assert.Empty(t, c.values(backupARN))
}

func TestRestoreToATime(t *testing.T) {
	c := newAccount(t)
	east := c.in("us-east-2")
	id := c.server("shop")
	east.backup(id)
	at := func() string {
		now, _, err := c.p.account.Now()
		require.NoError(t, err)
		return now.Format(time.RFC3339)
	}
	c.pass(backupDelay + time.Minute)
	begun := at()
	c.pass(time.Minute)
	c.write("shop", "MX", "a", "1")
	c.pass(time.Minute)
	before := at()
	c.pass(time.Minute)
	c.write("shop", "MX", "a", "2")
	require.NoError(t, c.p.account.Remove("shop", "a"))
	c.pass(time.Minute)
	recent := at()
	require.ErrorContains(t, east.restore("late", recent), "InvalidParameterValue: The restore time")
	c.pass(time.Hour)
	require.NoError(t, east.restore("then", before))
	assert.Equal(t, map[string]string{"a": "1"}, c.values("then"))
	require.NoError(t, east.restore("latest", ""))
	assert.Empty(t, c.values("latest"))
	for name, time := range map[string]string{"early": "2020-01-01T00:00:00Z", "wrong": "yesterday"} {
		require.ErrorContains(t, east.restore(name, time), "InvalidParameterValue", name)
	}
	c.pass(25 * time.Hour)
	require.ErrorContains(t, east.restore("expired", begun), "outside of the restore window", "kept for 1 day")

	_, err := c.tryServer("elsewhere", Properties{"restoreToPointInTime": Properties{"sourceDbInstanceAutomatedBackupsArn": backupARN, "useLatestRestorableTime": true}})
	require.ErrorContains(t, err, "DBInstanceAutomatedBackupNotFound", "a backup is in one region")
}

// buckets creates a bucket and another one in us-east-2.
func buckets(t *testing.T) *client {
	t.Helper()
	c := newAccount(t)
	c.create(bucket, "b", Properties{"bucket": "photos", "forceDestroy": true})
	c.in("us-east-2").create(bucket, "r", Properties{"bucket": "copy"})
	return c
}

func TestObjectsReplicateWithADelay(t *testing.T) {
	c := buckets(t)
	c.write("photos", "MX", "old", "1", "gone", "2")
	require.NoError(t, c.p.account.Remove("photos", "gone"))
	c.pass(time.Minute)
	require.ErrorContains(t, c.p.account.Fill("photos"), "ReplicationConfigurationNotFoundError")
	c.replicate("copy", nil)
	c.write("photos", "MX", "new", "3")
	c.pass(objectDelay - time.Minute)
	assert.Empty(t, c.values("copy"))
	c.pass(2 * time.Minute)
	assert.Equal(t, map[string]string{"new": "3"}, c.values("copy"), "objects from before the rule are not there")

	require.NoError(t, c.p.account.Fill("photos"))
	assert.NotContains(t, c.values("copy"), "old")
	c.pass(objectDelay + time.Second)
	assert.Equal(t, map[string]string{"old": "1", "new": "3"}, c.values("copy"))
	c.replicate("copy", nil)
	assert.Len(t, c.values("copy"), 2, "a change that keeps the rule keeps its time")

	require.NoError(t, c.p.account.Remove("photos", "new"))
	assert.Contains(t, c.values("copy"), "new")
	c.pass(objectDelay + time.Second)
	assert.NotContains(t, c.values("copy"), "new", "the delete marker has arrived")
}

func TestRulesSelectObjects(t *testing.T) {
	c := buckets(t)
	c.replicate("copy", Properties{"filter": Properties{"prefix": "a/"}, "deleteMarkerReplication": Properties{"status": "Disabled"}})
	c.write("photos", "MX", "a/1", "1", "b/1", "2")
	require.NoError(t, c.p.account.Remove("photos", "a/1"))
	c.pass(time.Hour)
	assert.Equal(t, map[string]string{"a/1": "1"}, c.values("copy"))
	c.replicate("copy", Properties{"status": "Disabled"})
	c.write("photos", "MX", "a/2", "2")
	c.pass(time.Hour)
	assert.Equal(t, map[string]string{"a/1": "1"}, c.values("copy"), "a disabled rule brings nothing more")
	c.replicate("copy", nil)
	c.pass(time.Hour)
	assert.Equal(t, map[string]string{"a/1": "1"}, c.values("copy"), "a rule that is enabled again begins again")
}

func TestReplicasAreNotReplicatedAgain(t *testing.T) {
	c := buckets(t)
	c.create(bucket, "third", Properties{"bucket": "third"})
	c.replicate("copy", nil)
	require.NoError(t, c.p.account.Do(func() error {
		return c.p.account.Put(&Resource{Type: bucketReplication, Region: "us-east-2", ID: "copy", Properties: Properties{"bucket": "copy", "rules": []any{
			Properties{"status": "Enabled", "destination": Properties{"bucket": "arn:aws:s3:::third"}},
		}}})
	}))
	c.write("photos", "MX", "a", "1")
	c.write("copy", "MX", "own", "2")
	c.pass(time.Hour)
	c.putRules() // writes what has arrived to the copy
	c.pass(time.Hour)
	assert.Equal(t, map[string]string{"own": "2"}, c.values("third"))
	assert.Len(t, c.values("copy"), 2)
}

func TestReplicasOutliveTheirSource(t *testing.T) {
	for _, end := range []string{"down", "erased", "deleted", "without rules"} {
		t.Run(end, func(t *testing.T) {
			c := buckets(t)
			c.replicate("copy", nil)
			c.write("photos", "MX", "a", "1")
			c.pass(objectDelay + time.Minute)
			c.write("photos", "MX", "lost", "2")
			c.pass(time.Minute)
			switch end {
			case "down":
				require.NoError(t, c.p.account.TakeDown("us-west-1"))
			case "erased":
				require.NoError(t, c.p.account.Erase("us-west-1", func() error { return nil }))
			case "deleted":
				require.NoError(t, c.delete(bucket, "photos"))
			case "without rules":
				require.NoError(t, c.delete(bucketReplication, "photos"))
			}
			c.pass(time.Hour)
			assert.Equal(t, map[string]string{"a": "1"}, c.values("copy"))
			c.write("copy", "MX", "a", "newer", "b", "2")
			assert.Equal(t, map[string]string{"a": "newer", "b": "2"}, c.values("copy"), "the copy serves")
			if end == "down" {
				require.NoError(t, c.p.account.BringUp("us-west-1"))
				assert.Equal(t, map[string]string{"a": "newer", "b": "2", "lost": "2"}, c.values("copy"), "replication continues")
				assert.Equal(t, map[string]string{"a": "1", "lost": "2"}, c.values("photos"))
			}
		})
	}
}
