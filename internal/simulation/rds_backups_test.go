package simulation

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// source creates a database with backups in us-west-1, and returns its ARN.
func source(c *client, more Properties) string {
	c.t.Helper()
	id := c.create(instance, "home", merge(Properties{
		"identifier": "home", "engine": "postgres", "username": "multisite", "dbName": "home", "allocatedStorage": 50.0, "backupRetentionPeriod": 35.0,
		"skipFinalSnapshot": true,
	}, more))
	return c.read(instance, id)["arn"].(string)
}

// TestBackupReplications checks which backups RDS does not replicate.
func TestBackupReplications(t *testing.T) {
	for name, row := range map[string]struct {
		source  func(c *client) string
		inputs  Properties
		message string
	}{
		"a database in the same region":  {func(c *client) string { return source(c.in("us-east-2"), nil) }, nil, "api error InvalidParameterValue"},
		"a database without backups":     {func(c *client) string { return source(c, Properties{"backupRetentionPeriod": 0.0}) }, nil, "api error InvalidDBInstanceState: Automated backups are not enabled"},
		"a database that does not exist": {func(*client) string { return "arn:aws:rds:us-west-1:123456789012:db:other" }, nil, "api error DBInstanceNotFound"},
		"no ARN":                         {func(*client) string { return "home" }, nil, "sourceDbInstanceArn: "},
		"36 days":                        {func(c *client) string { return source(c, nil) }, Properties{"retentionPeriod": 36.0}, "retentionPeriod: "},
		"a missing key":                  {func(c *client) string { return source(c, nil) }, Properties{"kmsKeyId": "arn:aws:kms:us-east-2:123456789012:key/0"}, "kmsKeyId 'arn:aws:kms:us-east-2:123456789012:key/0' does not exist"},
		"a database twice": {func(c *client) string {
			arn := source(c, nil)
			c.in("us-east-2").create(backupReplication, "first", Properties{"sourceDbInstanceArn": arn})
			return arn
		}, nil, "api error InvalidDBInstanceState"},
		"a 21st database": {func(c *client) string {
			for n := range maxReplicatedBackups {
				name := fmt.Sprint("d", n)
				arn := c.read(instance, c.create(instance, name, Properties{"identifier": name, "engine": "postgres", "username": "u", "allocatedStorage": 20.0, "backupRetentionPeriod": 1.0}))["arn"]
				c.in("us-east-2").create(backupReplication, name, Properties{"sourceDbInstanceArn": arn})
			}
			return source(c, nil)
		}, nil, "api error DBInstanceAutomatedBackupQuotaExceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			c := newAccount(t)
			_, err := c.in("us-east-2").try(backupReplication, "r", merge(Properties{"sourceDbInstanceArn": row.source(c)}, row.inputs))
			assert.ErrorContains(t, err, row.message)
		})
	}
}

// TestRestore restores a database in another region, which keeps what is the backup's.
func TestRestore(t *testing.T) {
	c := newAccount(t)
	ohio := c.in("us-east-2")
	key := ohio.read(kmsKey, ohio.create(kmsKey, "k", nil))["arn"]
	backup := ohio.create(backupReplication, "r", Properties{"sourceDbInstanceArn": source(c, nil), "kmsKeyId": key, "retentionPeriod": 35.0})
	assert.Regexp(t, `^arn:aws:rds:us-east-2:123456789012:auto-backup:ab-[0-9a-z]{40}$`, backup)
	latest := map[string]any{"sourceDbInstanceAutomatedBackupsArn": backup, "useLatestRestorableTime": true}
	restored := Properties{"identifier": "restored", "engine": "postgres", "allocatedStorage": 20.0, "maxAllocatedStorage": 100.0, "restoreToPointInTime": latest}
	for message, change := range map[string]Properties{
		"DBName must be null":                         {"dbName": "restored"},
		"api error DBInstanceAutomatedBackupNotFound": {"restoreToPointInTime": merge(latest, Properties{"sourceDbInstanceAutomatedBackupsArn": backup + "0"})},
		"restoreToPointInTime: one of":                {"restoreToPointInTime": merge(latest, Properties{"restoreTime": "2026-11-30T12:00:00Z"})},
	} {
		_, err := ohio.try(instance, "restored", merge(restored, change))
		require.ErrorContains(t, err, message)
	}
	_, err := ohio.try(instance, "restored", restored)
	require.ErrorContains(t, err, "api error InvalidRestoreFault: The first backup is not complete yet.")
	require.NoError(t, c.p.account.MoveClock(time.Hour))
	id := ohio.create(instance, "restored", restored)
	state := ohio.read(instance, id)
	for name, want := range map[string]any{"dbName": "home", "username": "multisite", "allocatedStorage": 50.0, "kmsKeyId": key} {
		assert.EqualValues(t, want, state[name], name)
	}
	require.NoError(t, ohio.delete(backupReplication, backup))
	require.NoError(t, ohio.modify(instance, id, Properties{"backupWindow": "01:00-01:30", "allocatedStorage": 50.0}), "RDS needs the backup only to create the database")
	assert.Equal(t, "home", ohio.read(instance, id)["dbName"])
}
