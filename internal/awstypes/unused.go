package awstypes

// Types that the program does not use. The guardrails check them for other programs
// that import the package guardrails, and for future components.
const (
	DBCluster                    = "aws:rds/cluster:Cluster"
	DBClusterInstance            = "aws:rds/clusterInstance:ClusterInstance"
	DBClusterParameterGroup      = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
	DMSS3Endpoint                = "aws:dms/s3Endpoint:S3Endpoint"
	DynamoDBTable                = "aws:dynamodb/table:Table"
	EBSVolume                    = "aws:ebs/volume:Volume"
	EFSFileSystem                = "aws:efs/fileSystem:FileSystem"
	ElastiCacheReplicationGroup  = "aws:elasticache/replicationGroup:ReplicationGroup"
	IAMUser                      = "aws:iam/user:User"
	KinesisStream                = "aws:kinesis/stream:Stream"
	LegacyBucket                 = "aws:s3/bucket:Bucket"
	LoadBalancerListener         = "aws:lb/listener:Listener"
	LogDeliveryDestinationPolicy = "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy"
	Queue                        = "aws:sqs/queue:Queue"
	QueuePolicy                  = "aws:sqs/queuePolicy:QueuePolicy"
	ReplicaKey                   = "aws:kms/replicaKey:ReplicaKey"
	SecurityGroupRule            = "aws:ec2/securityGroupRule:SecurityGroupRule"
	SecurityGroupEgressRule      = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	SecurityGroupIngressRule     = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	VPCPeering                   = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	VPCPeeringAccepter           = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
)

var kmsKeyID = []KeyProperty{{Path: "kmsKeyId"}}

var unused = map[string]Type{
	DBCluster: {
		Stateful:      true,
		Holds:         Database,
		KeyProperties: kmsKeyID,
		Encryption:    storageEncrypted,
	},
	DBClusterInstance: {
		Private: notPublic,
	},
	DBClusterParameterGroup: {},
	DMSS3Endpoint:           {},
	DynamoDBTable: {
		Stateful:      true,
		Holds:         Database,
		KeyProperties: []KeyProperty{{Path: "serverSideEncryption.kmsKeyArn"}},
	},
	EBSVolume: {
		KeyProperties: kmsKeyID,
	},
	EFSFileSystem: {
		Stateful:      true,
		Holds:         Files,
		KeyProperties: kmsKeyID,
	},
	ElastiCacheReplicationGroup: {
		KeyProperties: kmsKeyID,
	},
	IAMUser: {},
	KinesisStream: {
		KeyProperties: kmsKeyID,
	},
	LegacyBucket: {
		Holds: Objects,
	},
	LoadBalancerListener: {
		TLS: []Setting{{Path: "protocol", Allowed: []any{"HTTPS", "TLS"}, Required: true}},
	},
	LogDeliveryDestinationPolicy: {EdgeRegion: true},
	Queue: {
		KeyProperties: []KeyProperty{{Path: "kmsMasterKeyId"}},
	},
	QueuePolicy:              {},
	ReplicaKey:               {},
	SecurityGroupRule:        {},
	SecurityGroupEgressRule:  {},
	SecurityGroupIngressRule: {},
	VPCPeering:               {},
	VPCPeeringAccepter:       {},
}
