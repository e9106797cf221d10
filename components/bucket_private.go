package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

const (
	// NoncurrentDays is how long replaced and deleted versions are kept, in days.
	NoncurrentDays = 90
	// incompleteDays is how long the parts of incomplete uploads are kept, in days.
	incompleteDays = 7
)

// privateBucket creates a bucket with the settings that all buckets share: encrypted,
// versioned, without ACLs and closed to the public. It returns the bucket and its
// versioning.
func (p provisioner) privateBucket(deletion BucketDeletion, encryption s3.BucketServerSideEncryptionConfigurationV2RuleInput) (*s3.BucketV2, pulumi.Resource, error) {
	args := &s3.BucketV2Args{Tags: provision.NameTag(p.Name)}
	if deletion == DeleteWithObjects {
		args.ForceDestroy = pulumi.Bool(true)
	}
	bucket, err := s3.NewBucketV2(p.Ctx, p.Name, args, pulumi.Parent(p.Parent))
	if err != nil {
		return nil, nil, err
	}
	if _, err := s3.NewBucketPublicAccessBlock(p.Ctx, p.Name, &s3.BucketPublicAccessBlockArgs{
		Bucket:                bucket.ID(),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, pulumi.Parent(p.Parent)); err != nil {
		return nil, nil, err
	}
	if _, err := s3.NewBucketOwnershipControls(p.Ctx, p.Name, &s3.BucketOwnershipControlsArgs{
		Bucket: bucket.ID(),
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, pulumi.Parent(p.Parent)); err != nil {
		return nil, nil, err
	}
	if _, err := s3.NewBucketServerSideEncryptionConfigurationV2(p.Ctx, p.Name, &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: bucket.ID(),
		Rules:  s3.BucketServerSideEncryptionConfigurationV2RuleArray{encryption},
	}, pulumi.Parent(p.Parent)); err != nil {
		return nil, nil, err
	}
	versioning, err := s3.NewBucketVersioningV2(p.Ctx, p.Name, &s3.BucketVersioningV2Args{
		Bucket: bucket.ID(),
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, pulumi.Parent(p.Parent))
	return bucket, versioning, err
}

// lifecycle creates the lifecycle rules of a bucket. They delete incomplete uploads,
// noncurrent versions after the given days, and objects after expiry days if expiry is
// above 0, and set the storage class.
func (p provisioner) lifecycle(bucket *s3.BucketV2, noncurrent, expiry int, class StorageClass) error {
	everything := s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")}
	rules := s3.BucketLifecycleConfigurationV2RuleArray{s3.BucketLifecycleConfigurationV2RuleArgs{
		Id:     pulumi.String("invisible"),
		Status: pulumi.String("Enabled"),
		Filter: everything,
		AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
			DaysAfterInitiation: pulumi.Int(incompleteDays),
		},
		Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{ExpiredObjectDeleteMarker: pulumi.Bool(true)},
		NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
			NoncurrentDays: pulumi.Int(noncurrent),
		},
	}}
	if expiry > 0 {
		rules = append(rules, s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:         pulumi.String("expiry"),
			Status:     pulumi.String("Enabled"),
			Filter:     everything,
			Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(expiry)},
		})
	}
	if class == IntelligentTiering {
		rules = append(rules, s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:     pulumi.String("tiering"),
			Status: pulumi.String("Enabled"),
			Filter: everything,
			Transitions: s3.BucketLifecycleConfigurationV2RuleTransitionArray{s3.BucketLifecycleConfigurationV2RuleTransitionArgs{
				Days: pulumi.Int(0), StorageClass: pulumi.String("INTELLIGENT_TIERING"),
			}},
		})
	}
	_, err := s3.NewBucketLifecycleConfigurationV2(p.Ctx, p.Name, &s3.BucketLifecycleConfigurationV2Args{
		Bucket: bucket.ID(),
		Rules:  rules,
	}, pulumi.Parent(p.Parent))
	return err
}

func (p provisioner) bucketPolicy(bucket pulumi.StringInput, statements []pulumi.Map) (*s3.BucketPolicy, error) {
	return s3.NewBucketPolicy(p.Ctx, p.Name, &s3.BucketPolicyArgs{
		Bucket: bucket,
		Policy: provision.PolicyDocument(statements...),
	}, pulumi.Parent(p.Parent))
}

// tlsOnly returns the statements that deny requests to a bucket without TLS 1.2 or newer.
func tlsOnly(bucket pulumi.StringOutput) []pulumi.Map {
	everything := pulumi.Array{bucket, objects(bucket)}
	return []pulumi.Map{
		provision.Deny("DenyInsecureTransport", "s3:*", everything, provision.Insecure),
		provision.Deny("DenyOldTLS", "s3:*", everything, provision.Condition("NumericLessThan", "s3:TlsVersion", pulumi.String("1.2"))),
	}
}

// named returns a condition that is true if a request has the header key with another
// value. A request without the header gets the bucket's default encryption, which is
// correct.
func named(key string, value pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"Null":            pulumi.Map{key: pulumi.String("false")},
		"StringNotEquals": pulumi.Map{key: value},
	}
}

// bucketARN returns the ARN of the bucket of that name.
func bucketARN(name pulumi.StringInput) pulumi.StringOutput {
	return pulumi.Sprintf("arn:aws:s3:::%s", name)
}

// objects returns the ARN pattern that matches all objects in a bucket.
func objects(bucket pulumi.StringOutput) pulumi.StringOutput { return pulumi.Sprintf("%s/*", bucket) }
