package awstypes

// Types of Amazon S3.
const (
	Bucket                  = "aws:s3/bucketV2:BucketV2"
	BucketObject            = "aws:s3/bucketObjectv2:BucketObjectv2"
	BucketEncryption        = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	BucketLifecycle         = "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2"
	BucketLogging           = "aws:s3/bucketLoggingV2:BucketLoggingV2"
	BucketObjectLock        = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
	BucketOwnershipControls = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
	BucketPolicy            = "aws:s3/bucketPolicy:BucketPolicy"
	BucketPublicAccessBlock = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
	BucketReplication       = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	BucketVersioning        = "aws:s3/bucketVersioningV2:BucketVersioningV2"
)

// ofBucket is the input that names the bucket which a resource configures.
var ofBucket = Ref{"bucket", Bucket}

var storage = map[string]Type{
	Bucket: {
		Stateful:   true,
		Holds:      Objects,
		Readers:    ByPolicy,
		KeyType:    BucketEncryption,
		Companions: []string{BucketPolicy, BucketPublicAccessBlock, BucketEncryption, BucketVersioning},
		Import:     byARN(`:s3:::(.*)$`),
		IDs:        paths("arn bucketRegionalDomainName"),
		Plain:      paths("bucket forceDestroy"),
	},
	BucketObject: {
		Refs: []Ref{ofBucket},
	},
	BucketEncryption: {
		KeyProperties: []KeyProperty{{Path: "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId"}},
		Refs:          []Ref{{"rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId", Key}, ofBucket},
		Plain:         paths("rules[].applyServerSideEncryptionByDefault.sseAlgorithm rules[].bucketKeyEnabled"),
	},
	BucketLifecycle: {
		Refs: []Ref{ofBucket},
		Plain: paths(`
			rules[].abortIncompleteMultipartUpload.daysAfterInitiation rules[].expiration.days
			rules[].expiration.expiredObjectDeleteMarker rules[].filter.prefix rules[].id
			rules[].noncurrentVersionExpiration.noncurrentDays rules[].status rules[].transitions[].days
			rules[].transitions[].storageClass
		`),
	},
	BucketLogging: {
		Refs:  []Ref{{"targetBucket", Bucket}, ofBucket},
		Plain: paths("targetObjectKeyFormat.partitionedPrefix.partitionDateSource targetPrefix"),
	},
	BucketObjectLock: {
		Refs:  []Ref{ofBucket},
		Plain: paths("objectLockEnabled rule.defaultRetention.days rule.defaultRetention.mode"),
	},
	BucketOwnershipControls: {
		Refs:  []Ref{ofBucket},
		Plain: paths("rule.objectOwnership"),
	},
	BucketPolicy: {
		Refs:     []Ref{ofBucket},
		Policies: paths("policy"),
	},
	BucketPublicAccessBlock: {
		Private: []Setting{
			{Path: "blockPublicAcls", Allowed: []any{true}, Required: true},
			{Path: "blockPublicPolicy", Allowed: []any{true}, Required: true},
			{Path: "ignorePublicAcls", Allowed: []any{true}, Required: true},
			{Path: "restrictPublicBuckets", Allowed: []any{true}, Required: true},
		},
		Refs:  []Ref{ofBucket},
		Plain: paths("blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets"),
	},
	BucketReplication: {
		Refs:     []Ref{{"role", Role}, ofBucket},
		Declared: paths("rules[].destination.bucket rules[].destination.encryptionConfiguration.replicaKmsKeyId"),
		Plain: paths(`
			rules[].deleteMarkerReplication.status rules[].destination.metrics.eventThreshold.minutes
			rules[].destination.metrics.status rules[].destination.replicationTime.status
			rules[].destination.replicationTime.time.minutes rules[].filter.prefix rules[].id
			rules[].sourceSelectionCriteria.sseKmsEncryptedObjects.status rules[].status
		`),
	},
	BucketVersioning: {
		Refs:  []Ref{ofBucket},
		Fixed: []Setting{{Path: "versioningConfiguration.status", Allowed: []any{"Enabled"}}},
	},
}
