package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketArgs describe a Bucket.
type BucketArgs struct {
	// KeyARN is the KMS key that encrypts the objects.
	KeyARN pulumi.StringInput
	// AllowDeletion lifts the protection against deletion. A bucket that holds
	// objects refuses to be deleted all the same.
	AllowDeletion bool
}

// Bucket is a private, encrypted, versioned S3 bucket.
type Bucket struct {
	pulumi.ResourceState

	// Name is the bucket's name: the component's name and a random suffix.
	Name pulumi.StringOutput
	// ARN is the bucket's ARN.
	ARN pulumi.StringOutput

	// regionalDomainName is what a CDN fetches from.
	regionalDomainName pulumi.StringOutput
	keyARN             pulumi.StringInput
}

// Bucket names are at most 63 characters long, 8 of which are the suffix's.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,54}$`)

// NewBucket creates a bucket that refuses public access, ACLs, anything but TLS
// 1.2 and up, and uploads under another key than the given one. It keeps old
// versions for a time and drops uploads that were never completed.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b, err := newBucket(ctx, name, args, opts...)
	if err != nil {
		return nil, err
	}
	return b, b.finish(ctx, name)
}

// newBucket creates all but the policy: a CDN adds a statement of its own to
// that, and a bucket has one policy.
func newBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	var p problems
	p.check(bucketName.MatchString(name), "name: found %q, allowed are 2 to 55 lower-case letters, digits and hyphens", name)
	p.check(args.KeyARN != nil, "KeyARN: found none, allowed is the ARN of a KMS key")
	if err := p.err("Bucket", name); err != nil {
		return nil, err
	}
	b := &Bucket{keyARN: args.KeyARN}
	if err := ctx.RegisterComponentResource("multisite:index:Bucket", name, b, protected(opts, args.AllowDeletion)...); err != nil {
		return nil, err
	}
	bucket, err := s3.NewBucketV2(ctx, name, &s3.BucketV2Args{
		Tags: nameTag(name),
	}, pulumi.Parent(b))
	if err != nil {
		return nil, err
	}
	b.Name, b.ARN, b.regionalDomainName = bucket.ID().ToStringOutput(), bucket.Arn, bucket.BucketRegionalDomainName
	if _, err := s3.NewBucketPublicAccessBlock(ctx, name, &s3.BucketPublicAccessBlockArgs{
		Bucket:                b.Name,
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	if _, err := s3.NewBucketOwnershipControls(ctx, name, &s3.BucketOwnershipControlsArgs{
		Bucket: b.Name,
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	if _, err := s3.NewBucketVersioningV2(ctx, name, &s3.BucketVersioningV2Args{
		Bucket: b.Name,
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	if err := b.lifecycle(ctx, name); err != nil {
		return nil, err
	}
	_, err = s3.NewBucketServerSideEncryptionConfigurationV2(ctx, name, &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: b.Name,
		Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
				SseAlgorithm:   pulumi.String("aws:kms"),
				KmsMasterKeyId: args.KeyARN,
			},
			BucketKeyEnabled: pulumi.Bool(true), // one request to KMS for many objects
		}},
	}, pulumi.Parent(b))
	return b, err
}

// finish sets the bucket's one policy, which is TLS 1.2 and the bucket's key only,
// and what the statements allow, and registers the outputs.
func (b *Bucket) finish(ctx *pulumi.Context, name string, statements ...pulumi.Map) error {
	statements = append([]pulumi.Map{
		b.deny("DenyInsecureTransport", "s3:*", condition("Bool", "aws:SecureTransport", pulumi.String("false"))),
		b.deny("DenyOldTLS", "s3:*", condition("NumericLessThan", "s3:TlsVersion", pulumi.String("1.2"))),
		b.deny("DenyOtherEncryption", "s3:PutObject", named("s3:x-amz-server-side-encryption", pulumi.String("aws:kms"))),
		b.deny("DenyOtherKeys", "s3:PutObject", named("s3:x-amz-server-side-encryption-aws-kms-key-id", b.keyARN)),
	}, statements...)
	if _, err := s3.NewBucketPolicy(ctx, name, &s3.BucketPolicyArgs{
		Bucket: b.Name,
		Policy: policyDocument(statements...),
	}, pulumi.Parent(b)); err != nil {
		return err
	}
	return ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "arn": b.ARN})
}

// Days that a bucket keeps versions which were replaced or deleted, and parts of
// uploads that were never completed.
const (
	noncurrentDays = 90
	incompleteDays = 7
)

// lifecycle drops what nobody sees any more.
func (b *Bucket) lifecycle(ctx *pulumi.Context, name string) error {
	_, err := s3.NewBucketLifecycleConfigurationV2(ctx, name, &s3.BucketLifecycleConfigurationV2Args{
		Bucket: b.Name,
		Rules: s3.BucketLifecycleConfigurationV2RuleArray{s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:     pulumi.String("invisible"),
			Status: pulumi.String("Enabled"),
			Filter: s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")},
			AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
				DaysAfterInitiation: pulumi.Int(incompleteDays),
			},
			NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
				NoncurrentDays: pulumi.Int(noncurrentDays),
			},
		}},
	}, pulumi.Parent(b))
	return err
}

// deny refuses an action to everybody under a condition.
func (b *Bucket) deny(sid, action string, when pulumi.Map) pulumi.Map {
	return pulumi.Map{
		"Sid":       pulumi.String(sid),
		"Effect":    pulumi.String("Deny"),
		"Principal": pulumi.String("*"),
		"Action":    pulumi.String(action),
		"Resource":  pulumi.Array{b.ARN, b.objects()},
		"Condition": when,
	}
}

// named holds where a request names something else than the one thing. One that
// names nothing gets the bucket's default, which is right.
func named(key string, one pulumi.StringInput) pulumi.Map {
	return pulumi.Map{
		"Null":            pulumi.Map{key: pulumi.String("false")},
		"StringNotEquals": pulumi.Map{key: one},
	}
}

// objects is the ARN of everything in the bucket.
func (b *Bucket) objects() pulumi.StringOutput { return pulumi.Sprintf("%s/*", b.ARN) }
