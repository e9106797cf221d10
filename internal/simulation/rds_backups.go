package simulation

const backupReplication = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"

// maxReplicatedBackups is the quota of databases whose backups an account replicates to a region
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html).
const maxReplicatedBackups = 20

func init() {
	model(map[string]*Type{
		backupReplication: {
			ID:      rdsARN + "auto-backup:ab-{lower40}",
			Missing: "DBInstanceAutomatedBackupNotFound", Taken: "InvalidDBInstanceState",
			Outputs: map[string]any{"retentionPeriod": 7},
			Replace: []string{"kmsKeyId", "preSignedUrl", "retentionPeriod", "sourceDbInstanceArn"},
			Unique:  []string{"sourceDbInstanceArn"},
			Valid: map[string]Rule{
				"sourceDbInstanceArn": match(`^arn:aws:rds:`, "an invalid ARN"), "kmsKeyId": match(`^arn:`, "an invalid ARN"), "retentionPeriod": between(1, 35),
			},
			Put: putBackupReplication,
		},
	})
}

// putBackupReplication requires a database in another region that has automated backups.
func putBackupReplication(a *Account, r *Resource) error {
	source := a.instance(r.Properties["sourceDbInstanceArn"])
	switch {
	case source == nil:
		return apiError("DBInstanceNotFound", "DBInstance %v not found.", r.Properties["sourceDbInstanceArn"])
	case source.Region == r.Region:
		return apiError("InvalidParameterValue", "The source DB instance must be in another region than %s", r.Region)
	case number(source.Properties["backupRetentionPeriod"]) == 0 || text(source.Properties, "replicateSourceDb") != "":
		return apiError("InvalidDBInstanceState", "Automated backups are not enabled for the source DB instance %v", source.Properties["identifier"])
	case len(siblings(a, r)) >= maxReplicatedBackups:
		return apiError("DBInstanceAutomatedBackupQuotaExceeded", "The quota for retained automated backups was exceeded")
	}
	return nil
}

// instance returns the database with an ARN, in any region; nil if there is none.
func (a *Account) instance(arn any) *Resource {
	for _, r := range a.All(func(r *Resource) bool { return r.Type == dbInstance && r.Properties["arn"] == arn }) {
		return r
	}
	return nil
}

// checkRestore requires one time for a restore.
func checkRestore(p Properties) (problems []Problem) {
	restore, known := p["restoreToPointInTime"].(map[string]any)
	if known && (restore["restoreTime"] != nil) == (restore["useLatestRestorableTime"] != nil) {
		problems = append(problems, Problem{"restoreToPointInTime", "one of `restore_time,use_latest_restorable_time` must be specified"})
	}
	return problems
}

// restore gives a new database what RDS takes from its backup: the provider passes neither the
// name of the first database nor the key nor the storage.
func (a *Account) restore(r *Resource) error {
	point := r.Properties["restoreToPointInTime"].(map[string]any)
	backup := a.Get(backupReplication, r.Region, text(point, "sourceDbInstanceAutomatedBackupsArn"))
	if backup == nil {
		return apiError("DBInstanceAutomatedBackupNotFound", "No automated backup for %v was found.", point["sourceDbInstanceAutomatedBackupsArn"])
	}
	if text(r.Properties, "dbName") != "" {
		return apiError("InvalidParameterValue", "DBName must be null when Restoring for this Engine.")
	}
	r.Properties["kmsKeyId"] = backup.Properties["kmsKeyId"]
	if source := a.instance(backup.Properties["sourceDbInstanceArn"]); source != nil {
		for _, name := range []string{"allocatedStorage", "dbName", "username"} {
			r.Properties[name] = source.Properties[name]
		}
	}
	return nil
}
