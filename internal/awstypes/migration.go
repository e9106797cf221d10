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
	},
	DMSEndpoint: {
		KeyProperties: []KeyProperty{{Path: "kmsKeyArn"}},
		Import:        byInput(`:dms:.*:endpoint:(.*)$`, "endpointId"),
		Refs: []Ref{
			{"certificateArn", DMSCertificate}, {"kmsKeyArn", Key},
			{"secretsManagerArn", Secret}, {"secretsManagerAccessRoleArn", Role},
		},
	},
	DMSInstance: {
		KeyProperties: []KeyProperty{{Path: "kmsKeyArn"}},
		// Unlike a database, an instance is public by default.
		Private: []Setting{{Path: "publiclyAccessible", Allowed: []any{false}, Required: true}},
		Import:  byInput(`:dms:.*:rep:(.*)$`, "replicationInstanceId"),
		Refs:    []Ref{{"replicationSubnetGroupId", DMSSubnetGroup}, {"vpcSecurityGroupIds[]", SecurityGroup}, {"kmsKeyArn", Key}},
	},
	DMSSubnetGroup: {
		Import: byInput(`:dms:.*:subgrp:(.*)$`, "replicationSubnetGroupId"),
		Refs:   []Ref{{"subnetIds[]", Subnet}},
	},
	DMSTask: {
		Import: byInput(`:dms:.*:task:(.*)$`, "replicationTaskId"),
		Refs: []Ref{
			{"replicationInstanceArn", DMSInstance}, {"sourceEndpointArn", DMSEndpoint}, {"targetEndpointArn", DMSEndpoint},
		},
	},
	DataSyncObjectStorage: {
		TLS:    []Setting{{Path: "serverProtocol", Allowed: []any{"HTTPS"}, Required: true}},
		Import: byARN(`^(arn:[^:]*:datasync:.*:location/.*)$`),
	},
	DataSyncS3: {
		Import: byARN(`^(arn:[^:]*:datasync:.*:location/.*)$`),
		Refs:   []Ref{{"s3BucketArn", Bucket}, {"s3Config.bucketAccessRoleArn", Role}},
	},
	DataSyncTask: {
		Import: byARN(`^(arn:[^:]*:datasync:.*:task/.*)$`),
	},
}
