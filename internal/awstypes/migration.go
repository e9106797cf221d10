package awstypes

// Types of AWS DMS and AWS DataSync.
const (
	DMSCertificate        = "aws:dms/certificate:Certificate"
	DMSEndpoint           = "aws:dms/endpoint:Endpoint"
	DMSInstance           = "aws:dms/replicationInstance:ReplicationInstance"
	DMSSubnetGroup        = "aws:dms/replicationSubnetGroup:ReplicationSubnetGroup"
	DMSTask               = "aws:dms/replicationTask:ReplicationTask"
	DataSyncObjectStorage = "aws:datasync/locationObjectStorage:LocationObjectStorage"
	DataSyncS3            = "aws:datasync/s3Location:S3Location"
	DataSyncTask          = "aws:datasync/task:Task"
)

// migration has the rows of AWS DMS and AWS DataSync. AWS generates the last part of the ARNs
// of DMS, and pulumi import takes the name.
var migration = map[string]Type{
	DMSCertificate: {
		Import: byInput(`:dms:.*:cert:(.*)$`, "certificateId"),
		IDs:    paths("certificateArn"),
		Plain:  paths("certificateId certificatePem"),
	},
	DMSEndpoint: {
		KeyProperties: []KeyProperty{{Path: "kmsKeyArn"}},
		Import:        byInput(`:dms:.*:endpoint:(.*)$`, "endpointId"),
		Refs: []Ref{
			{"certificateArn", DMSCertificate}, {"kmsKeyArn", Key},
			{"secretsManagerArn", Secret}, {"secretsManagerAccessRoleArn", Role},
		},
		IDs:   paths("endpointArn"),
		Fixed: []Setting{{Path: "postgresSettings.afterConnectScript", Allowed: []any{"SET session_replication_role = 'replica'"}}},
		Plain: paths(`
			databaseName endpointId endpointType engineName pauseReplicationTasks postgresSettings.captureDdls
			postgresSettings.failTasksOnLobTruncation postgresSettings.heartbeatEnable sslMode
		`),
	},
	DMSInstance: {
		KeyProperties: []KeyProperty{{Path: "kmsKeyArn"}},
		// Unlike a database, an instance is public by default.
		Private: []Setting{{Path: "publiclyAccessible", Allowed: []any{false}, Required: true}},
		Import:  byInput(`:dms:.*:rep:(.*)$`, "replicationInstanceId"),
		Refs:    []Ref{{"replicationSubnetGroupId", DMSSubnetGroup}, {"vpcSecurityGroupIds[]", SecurityGroup}, {"kmsKeyArn", Key}},
		IDs:     paths("replicationInstanceArn"),
		Plain: paths(`
			allocatedStorage allowMajorVersionUpgrade applyImmediately autoMinorVersionUpgrade engineVersion multiAz preferredMaintenanceWindow publiclyAccessible
			replicationInstanceClass replicationInstanceId
		`),
	},
	DMSSubnetGroup: {
		IDs:    paths("replicationSubnetGroupId"),
		Import: byInput(`:dms:.*:subgrp:(.*)$`, "replicationSubnetGroupId"),
		Refs:   []Ref{{"subnetIds[]", Subnet}},
		Plain:  paths("replicationSubnetGroupDescription replicationSubnetGroupId"),
	},
	DMSTask: {
		Inbound: paths("sourceEndpointArn"),
		Import:  byInput(`:dms:.*:task:(.*)$`, "replicationTaskId"),
		Refs: []Ref{
			{"replicationInstanceArn", DMSInstance}, {"sourceEndpointArn", DMSEndpoint}, {"targetEndpointArn", DMSEndpoint},
		},
		Plain: paths("migrationType replicationTaskId replicationTaskSettings startReplicationTask tableMappings"),
	},
	DataSyncObjectStorage: {
		TLS:      []Setting{{Path: "serverProtocol", Allowed: []any{"HTTPS"}, Required: true}},
		Import:   byARN(`^(arn:[^:]*:datasync:.*:location/.*)$`),
		Declared: paths("agentArns[] serverHostname"),
		Plain:    paths("accessKey bucketName secretKey serverCertificate serverPort serverProtocol subdirectory"),
	},
	DataSyncS3: {
		Import: byARN(`^(arn:[^:]*:datasync:.*:location/.*)$`),
		Refs:   []Ref{{"s3BucketArn", Bucket}, {"s3Config.bucketAccessRoleArn", Role}},
		Plain:  paths("subdirectory"),
	},
	DataSyncTask: {
		Inbound: paths("sourceLocationArn"),
		Import:  byARN(`^(arn:[^:]*:datasync:.*:task/.*)$`),
		Names:   []Ref{{"cloudwatchLogGroupArn", LogGroup}, {"destinationLocationArn", DataSyncS3}, {"destinationLocationArn", DataSyncObjectStorage}, {"sourceLocationArn", DataSyncS3}, {"sourceLocationArn", DataSyncObjectStorage}},
		Plain: paths(`
			name options.gid options.logLevel options.overwriteMode options.posixPermissions options.preserveDeletedFiles
			options.transferMode options.uid options.verifyMode schedule.scheduleExpression
		`),
	},
}
