package guardrails

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
)

const (
	homeARN   = "arn:aws:rds:us-west-1:" + acct + ":db:california-mi-cloud"
	backupARN = "arn:aws:rds:us-west-2:" + acct + ":auto-backup:ab-1"
	ownKeyARN = "arn:aws:kms:us-west-2:" + acct + ":key/1"
)

// newRecoveryStand returns the guard of a site that recovers california, with the replicated backup of
// a database.
func newRecoveryStand(t *testing.T) *stand {
	t.Helper()
	s := newStand(t, "a recovery site", Site{Name: "oregon", Region: "us-west-2", Places: map[string]string{"us-west-2": "oregon", "us-west-1": "california", "eu-west-1": "dublin"}}, "us-west-2")
	s.guard.owned = append([]*owned{
		ownedOf(awstypes.BackupReplication, "oregon-mi-cloud", backupARN), ownedOf(awstypes.DBParameterGroup, "p", "p-1"),
		ownedOf(awstypes.Listener, "oregon-entry-https", httpsARN), ownedOf(awstypes.Key, "oregon-other", ownKeyARN+"0"),
	}, fixture...)
	s.guard.site.Refuse = func(name, from, to string) string {
		if from == to || name == "oregon-mi-cloud" && from == "california" && to == "oregon" {
			return ""
		}
		return "no second copy of " + name
	}
	s.guard.Declare(Input{awstypes.BackupReplication, "sourceDbInstanceArn"}, homeARN, strings.Replace(homeARN, "us-west-1", "eu-west-1", 1))
	return s
}

// recoveryResources are the resources of a recovery that the guardrails allow.
var recoveryResources = map[string]object{
	awstypes.BackupReplication: {"sourceDbInstanceArn": homeARN, "kmsKeyId": ownKeyARN, "retentionPeriod": 35.0},
	awstypes.DBInstance: {
		"identifier": "oregon-mi-cloud", "engine": "postgres", "instanceClass": "db.m7g.large", "allocatedStorage": 20.0, "storageEncrypted": true, "kmsKeyId": ownKeyARN,
		"deletionProtection": true, "finalSnapshotIdentifier": "f", "backupRetentionPeriod": 35.0, "deleteAutomatedBackups": false, "parameterGroupName": "p-1",
		"username": "u", "password": "p", "restoreToPointInTime": object{"sourceDbInstanceAutomatedBackupsArn": backupARN, "useLatestRestorableTime": true},
	},
	awstypes.ListenerRule: {
		"listenerArn": httpsARN, "conditions": []any{
			object{"hostHeader": object{"values": []any{"claims.oregon.example.com"}}}, object{"pathPattern": object{"values": []any{"/california"}}},
		},
		"actions": []any{object{"type": "fixed-response", "fixedResponse": object{"contentType": "text/plain", "statusCode": "200", "messageBody": "claimed 2026-11-30T12:00:00Z"}}},
	},
}

// TestRecoveryAttacks checks that one edit of a resource of a recovery that would copy users' data
// elsewhere, restore other data, or serve data from the load balancer is refused.
func TestRecoveryAttacks(t *testing.T) {
	restored := func(change object) object {
		return object{"restoreToPointInTime": merged(recoveryResources[awstypes.DBInstance]["restoreToPointInTime"].(object), change)}
	}
	answering := func(change object) object {
		action := recoveryResources[awstypes.ListenerRule]["actions"].([]any)[0].(object)
		return object{"actions": []any{object{"type": "fixed-response", "fixedResponse": merged(action["fixedResponse"].(object), change)}}}
	}
	for _, row := range []struct {
		title, typ, name string
		edit             object
		refused          string
	}{
		{"backups without a key", awstypes.BackupReplication, "oregon-mi-cloud", object{"kmsKeyId": nil}, "kmsKeyId: rule encryption: found nothing; allowed: a key of the site"},
		{"backups with AWS's key", awstypes.BackupReplication, "oregon-mi-cloud", object{"kmsKeyId": "arn:aws:kms:us-west-2:" + acct + ":alias/aws/rds"}, "kmsKeyId: rule encryption: "},
		{"backups with another stack's key", awstypes.BackupReplication, "oregon-mi-cloud", object{"kmsKeyId": ownKeyARN + "2"}, "kmsKeyId: rule property: "},
		{"backups with a key of another account", awstypes.BackupReplication, "oregon-mi-cloud", object{"kmsKeyId": strings.ReplaceAll(ownKeyARN, acct, otherAccount)}, "kmsKeyId: rule account: "},
		{"backups for the provider's 7 days", awstypes.BackupReplication, "oregon-mi-cloud", object{"retentionPeriod": nil}, "retentionPeriod: rule backups: found nothing; allowed: 35 days"},
		{"backups for 34 days", awstypes.BackupReplication, "oregon-mi-cloud", object{"retentionPeriod": 34.0}, "retentionPeriod: rule backups: found 34; allowed: 35 days"},
		{"backups of a database without a second copy", awstypes.BackupReplication, "oregon-ecommerce", nil, "sourceDbInstanceArn: rule flow: found us-west-1 (california); allowed: no second copy of oregon-ecommerce"},
		{"backups from a region without a flow", awstypes.BackupReplication, "oregon-mi-cloud", object{"sourceDbInstanceArn": strings.Replace(homeARN, "us-west-1", "eu-west-1", 1)}, "sourceDbInstanceArn: rule flow: "},
		{"backups of an undeclared database", awstypes.BackupReplication, "oregon-mi-cloud", object{"sourceDbInstanceArn": homeARN + "2"}, "sourceDbInstanceArn: rule property: "},
		{"backups of another account's database", awstypes.BackupReplication, "oregon-mi-cloud", object{"sourceDbInstanceArn": strings.ReplaceAll(homeARN, acct, otherAccount)}, "sourceDbInstanceArn: rule account: "},
		{"a signed URL to another region", awstypes.BackupReplication, "oregon-mi-cloud", object{"preSignedUrl": "https://rds.eu-west-1.amazonaws.com/"}, "preSignedUrl: rule flow: "},

		{"a restore of another stack's backup", awstypes.DBInstance, "oregon-mi-cloud", restored(object{"sourceDbInstanceAutomatedBackupsArn": backupARN + "2"}), "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn: rule property: "},
		{"a restore of a backup in another region", awstypes.DBInstance, "oregon-mi-cloud", restored(object{"sourceDbInstanceAutomatedBackupsArn": strings.ReplaceAll(backupARN, "us-west-2", "us-west-1")}), "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn: rule flow: "},
		{"a restore of another account's backup", awstypes.DBInstance, "oregon-mi-cloud", restored(object{"sourceDbInstanceAutomatedBackupsArn": strings.ReplaceAll(backupARN, acct, otherAccount)}), "restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn: rule account: "},
		{"a restore of another database", awstypes.DBInstance, "oregon-mi-cloud", restored(object{"sourceDbInstanceIdentifier": "oregon-ecommerce"}), "restoreToPointInTime.sourceDbInstanceIdentifier: rule property: "},
		{"a restore of a deleted database", awstypes.DBInstance, "oregon-mi-cloud", restored(object{"sourceDbiResourceId": "db-ABC"}), "restoreToPointInTime.sourceDbiResourceId: rule property: "},
		{"a restore with another key", awstypes.DBInstance, "oregon-mi-cloud", object{"kmsKeyId": ownKeyARN + "0"}, "kmsKeyId: rule encryption: found " + ownKeyARN + "0; allowed: the key of aws:rds:InstanceAutomatedBackupsReplication oregon-mi-cloud"},
		{"a restored snapshot", awstypes.DBInstance, "oregon-mi-cloud", object{"snapshotIdentifier": "elsewhere"}, "snapshotIdentifier: rule property: "},

		{"a page", awstypes.ListenerRule, "oregon-entry-claims", answering(object{"messageBody": "elsewhere.example.com"}), "actions[].fixedResponse.messageBody: rule flow: found elsewhere.example.com; allowed: claimed TIME"},
		{"data after a claim", awstypes.ListenerRule, "oregon-entry-claims", answering(object{"messageBody": "claimed 2026-11-30T12:00:00Z\nname,address"}), "messageBody: rule flow: "},
		{"data before a claim", awstypes.ListenerRule, "oregon-entry-claims", answering(object{"messageBody": "a claimed 2026-11-30T12:00:00Z"}), "messageBody: rule flow: "},
		{"a script", awstypes.ListenerRule, "oregon-entry-claims", answering(object{"contentType": "application/javascript"}), "actions[0].fixedResponse.contentType: rule property: "},
		{"another status", awstypes.ListenerRule, "oregon-entry-claims", answering(object{"statusCode": "503"}), "actions[0].fixedResponse.statusCode: rule property: "},
	} {
		t.Run(row.title, func(t *testing.T) {
			s := newRecoveryStand(t)
			s.findingsOf(awstypes.BackupReplication, "oregon-mi-cloud", recoveryResources[awstypes.BackupReplication])
			reported := strings.Join(s.findingsOf(row.typ, row.name, merged(recoveryResources[row.typ], row.edit)), "\n")
			assert.Contains(t, reported, row.refused)
		})
	}
	for typ, inputs := range recoveryResources {
		t.Run("allowed "+typ, func(t *testing.T) {
			s := newRecoveryStand(t)
			s.findingsOf(awstypes.BackupReplication, "oregon-mi-cloud", recoveryResources[awstypes.BackupReplication])
			found := slices.DeleteFunc(s.findingsOf(typ, "oregon-mi-cloud", inputs), func(f string) bool { return strings.HasPrefix(f, "protect: ") }) // findingsOf gives no options
			assert.Empty(t, found)
		})
	}
}

// TestReplicationWithTimeControl allows the settings of replication time control.
func TestReplicationWithTimeControl(t *testing.T) {
	s := newRecoveryStand(t)
	const target, key = "arn:aws:s3:::ohio-photos", "arn:aws:kms:us-west-1:" + acct + ":key/2"
	s.guard.Declare(Input{awstypes.BucketReplication, "rules[].destination.bucket"}, target)
	s.guard.Declare(Input{awstypes.BucketReplication, "rules[].destination.encryptionConfiguration.replicaKmsKeyId"}, key)
	s.guard.site.Refuse = func(string, string, string) string { return "" }
	assert.Empty(t, s.findingsOf(awstypes.BucketReplication, "oregon-mi-cloud-photos", object{
		"bucket": "oregon-mi-cloud-photos-1", "role": "arn:aws:iam::" + acct + ":role/r", "rules": []any{object{"id": "everything", "status": "Enabled", "destination": object{
			"bucket": target, "encryptionConfiguration": object{"replicaKmsKeyId": key},
			"replicationTime": object{"status": "Enabled", "time": object{"minutes": 15.0}}, "metrics": object{"status": "Enabled", "eventThreshold": object{"minutes": 15.0}},
		}}},
	}))
}
