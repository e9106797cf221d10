package awstypes

// Types of Amazon RDS.
const (
	DBInstance          = "aws:rds/instance:Instance"
	DBSubnetGroup       = "aws:rds/subnetGroup:SubnetGroup"
	DBParameterGroup    = "aws:rds/parameterGroup:ParameterGroup"
	DBEventSubscription = "aws:rds/eventSubscription:EventSubscription"
	BackupReplication   = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
)

var (
	storageEncrypted = []Setting{{Path: "storageEncrypted", Allowed: []any{true}, Required: true}}
	notPublic        = []Setting{{Path: "publiclyAccessible", Allowed: []any{false}}}
)

var database = map[string]Type{
	DBInstance: {
		Inbound:       paths("replicateSourceDb"),
		Stateful:      true,
		Holds:         Database,
		Readers:       BySecret,
		KeyProperties: []KeyProperty{{Path: "kmsKeyId"}, {Path: "performanceInsightsKmsKeyId", When: "performanceInsightsEnabled"}},
		Encryption:    storageEncrypted,
		Private:       notPublic,
		Import:        byARN(`:rds:.*:db:(.*)$`),
		Refs: []Ref{
			{"dbSubnetGroupName", DBSubnetGroup}, {"parameterGroupName", DBParameterGroup},
			{"vpcSecurityGroupIds[]", SecurityGroup}, {"kmsKeyId", Key}, {"performanceInsightsKmsKeyId", Key},
			{"monitoringRoleArn", Role},
		},
		IDs: paths("arn identifier address endpoint"),
		// AWS reads the backup when it creates the database: the backup may be deleted later.
		Names:     []Ref{{"replicateSourceDb", DBInstance}, {"restoreToPointInTime.sourceDbInstanceAutomatedBackupsArn", BackupReplication}},
		Ignorable: paths("restoreToPointInTime"),
		Plain: paths(`
			allocatedStorage allowMajorVersionUpgrade applyImmediately autoMinorVersionUpgrade backupRetentionPeriod
			backupWindow caCertIdentifier copyTagsToSnapshot dbName deleteAutomatedBackups deletionProtection
			enabledCloudwatchLogsExports[] engine engineVersion finalSnapshotIdentifier iamDatabaseAuthenticationEnabled
			identifier instanceClass iops maintenanceWindow maxAllocatedStorage monitoringInterval multiAz password
			performanceInsightsEnabled publiclyAccessible restoreToPointInTime.restoreTime
			restoreToPointInTime.useLatestRestorableTime skipFinalSnapshot storageEncrypted storageThroughput storageType
			username
		`),
	},
	// The copies are in the region of the resource, and the database is in another.
	BackupReplication: {
		Inbound:       paths("sourceDbInstanceArn"),
		Stateful:      true,
		Holds:         Database,
		Readers:       BySecret,
		KeyProperties: []KeyProperty{{Path: "kmsKeyId"}},
		Import:        Import{Key: "{sourceDbInstanceArn}"},
		Refs:          []Ref{{"kmsKeyId", Key}},
		Declared:      paths("sourceDbInstanceArn"),
		Plain:         paths("retentionPeriod"),
	},
	DBSubnetGroup: {
		Import: byARN(`:rds:.*:subgrp:(.*)$`),
		Refs:   []Ref{{"subnetIds[]", Subnet}},
		IDs:    paths("arn name"),
		Plain:  paths("description name"),
	},
	DBParameterGroup: {
		Import: byARN(`:rds:.*:pg:(.*)$`),
		IDs:    paths("arn name"),
		Plain:  paths("description family name parameters[].applyMethod parameters[].name parameters[].value"),
	},
	DBEventSubscription: {
		Import: byARN(`:rds:.*:es:(.*)$`),
		Refs:   []Ref{{"snsTopic", Topic}},
		Names:  []Ref{{"sourceIds[]", DBInstance}, {"sourceIds[]", DBParameterGroup}},
		Plain:  paths("eventCategories[] name sourceType"),
	},
}
