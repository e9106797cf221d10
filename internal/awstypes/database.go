package awstypes

// Types of Amazon RDS.
const (
	DBInstance          = "aws:rds/instance:Instance"
	DBSubnetGroup       = "aws:rds/subnetGroup:SubnetGroup"
	DBParameterGroup    = "aws:rds/parameterGroup:ParameterGroup"
	DBEventSubscription = "aws:rds/eventSubscription:EventSubscription"
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
		IDs:   paths("arn identifier address endpoint"),
		Names: []Ref{{"replicateSourceDb", DBInstance}},
		Plain: paths(`
			allocatedStorage allowMajorVersionUpgrade applyImmediately autoMinorVersionUpgrade backupRetentionPeriod
			backupWindow caCertIdentifier copyTagsToSnapshot dbName deleteAutomatedBackups deletionProtection
			enabledCloudwatchLogsExports[] engine engineVersion finalSnapshotIdentifier iamDatabaseAuthenticationEnabled
			identifier instanceClass iops maintenanceWindow maxAllocatedStorage monitoringInterval multiAz password
			performanceInsightsEnabled publiclyAccessible skipFinalSnapshot storageEncrypted storageThroughput storageType
			username
		`),
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
