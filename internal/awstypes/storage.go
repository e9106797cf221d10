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
	},
	BucketObject: {
		Refs: []Ref{ofBucket},
	},
	BucketEncryption: {
		KeyProperties: []KeyProperty{{Path: "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId"}},
		Refs:          []Ref{{"rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId", Key}, ofBucket},
	},
	BucketLifecycle: {
		Refs: []Ref{ofBucket},
	},
	BucketLogging: {
		Refs: []Ref{{"targetBucket", Bucket}, ofBucket},
	},
	BucketObjectLock: {
		Refs: []Ref{ofBucket},
	},
	BucketOwnershipControls: {
		Refs: []Ref{ofBucket},
	},
	BucketPolicy: {
		Refs: []Ref{ofBucket},
	},
	BucketPublicAccessBlock: {
		Private: []Setting{
			{Path: "blockPublicAcls", Allowed: []any{true}, Required: true},
			{Path: "blockPublicPolicy", Allowed: []any{true}, Required: true},
			{Path: "ignorePublicAcls", Allowed: []any{true}, Required: true},
			{Path: "restrictPublicBuckets", Allowed: []any{true}, Required: true},
		},
		Refs: []Ref{ofBucket},
	},
	BucketReplication: {
		Refs: []Ref{{"role", Role}, ofBucket},
	},
	BucketVersioning: {
		Refs: []Ref{ofBucket},
	},
}
