package components

import (
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// BucketDeletion says when a bucket may be deleted.
type BucketDeletion string

const (
	// NeverDelete refuses deletion.
	NeverDelete BucketDeletion = "never"
	// DeleteWhenEmpty lets a bucket go that holds nothing.
	DeleteWhenEmpty BucketDeletion = "when-empty"
	// DeleteWithObjects drops all objects and their versions with the bucket.
	DeleteWithObjects BucketDeletion = "with-objects"
)

// BucketDeletions lists the accepted values.
var BucketDeletions = []BucketDeletion{NeverDelete, DeleteWhenEmpty, DeleteWithObjects}

// Allowed reports whether a bucket may be deleted at all. Nothing said is never.
func (d BucketDeletion) Allowed() bool { return d != "" && d != NeverDelete }

// StorageClass says what objects are stored on.
type StorageClass string

const (
	// Standard is S3's own default.
	Standard StorageClass = "standard"
	// IntelligentTiering moves objects that nobody asks for to cheaper storage,
	// and back when somebody does, at no delay and for a fee per object.
	IntelligentTiering StorageClass = "intelligent-tiering"
)

// StorageClasses lists the accepted values.
var StorageClasses = []StorageClass{Standard, IntelligentTiering}

// BucketArgs describe a Bucket.
type BucketArgs struct {
	// KeyARN is the KMS key that encrypts the objects.
	KeyARN pulumi.StringInput
	// LogBucket is the name of the bucket that gets the access logs.
	LogBucket pulumi.StringInput
	// StorageClass says what objects are stored on.
	StorageClass StorageClass
	// ExpireAfterDays is when objects are deleted, in days after they were made.
	ExpireAfterDays int
	// ObjectLock keeps versions from being deleted.
	ObjectLock *ObjectLock
	// Replication copies objects to another bucket.
	Replication *Replication
	// PermissionsBoundaryARN is the IAM policy beyond which the role of Replication has no
	// rights. It is ignored without Replication.
	PermissionsBoundaryARN string
	// Deletion says when the bucket may be deleted.
	Deletion BucketDeletion
}

// Bucket is a private, encrypted, versioned S3 bucket.
type Bucket struct {
	pulumi.ResourceState

	// Name is the bucket's name: the component's name and a random suffix.
	Name pulumi.StringOutput
	// ARN is the bucket's ARN.
	ARN pulumi.StringOutput

	p provisioner
	// regionalDomainName is what a CDN fetches from.
	regionalDomainName pulumi.StringOutput
	keyARN             pulumi.StringInput
}

// Bucket names are at most 63 characters long, 8 of which are the suffix's.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,54}$`)

// NewBucket creates a bucket that refuses public access, ACLs, anything but TLS
// 1.2 and up, and uploads under another key than the given one, and that logs who
// asks for what. It keeps old versions for 90 days and drops uploads that were
// never completed.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b, err := newBucket(ctx, name, args, opts...)
	if err != nil {
		return nil, err
	}
	return b, b.finish()
}

// newBucket creates all but the policy: a CDN adds a statement of its own to
// that, and a bucket has one policy.
func newBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	b := &Bucket{keyARN: a.KeyARN}
	if err := ctx.RegisterComponentResource("multisite:index:Bucket", name, b, protected(opts, a.Deletion.Allowed())...); err != nil {
		return nil, err
	}
	b.p = provisioner{ctx, name, b}
	bucket, versioning, err := b.p.privateBucket(a.Deletion, s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
		ApplyServerSideEncryptionByDefault: s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
			SseAlgorithm:   pulumi.String("aws:kms"),
			KmsMasterKeyId: a.KeyARN,
		},
		BucketKeyEnabled: pulumi.Bool(true), // one request to KMS for many objects
	})
	if err != nil {
		return nil, err
	}
	b.Name, b.ARN, b.regionalDomainName = bucket.ID().ToStringOutput(), bucket.Arn, bucket.BucketRegionalDomainName
	if err := b.p.lifecycle(bucket, NoncurrentDays, a.ExpireAfterDays, a.StorageClass); err != nil {
		return nil, err
	}
	if _, err := s3.NewBucketLoggingV2(ctx, name, &s3.BucketLoggingV2Args{
		Bucket:       b.Name,
		TargetBucket: a.LogBucket,
		TargetPrefix: pulumi.String("s3/" + name + "/"),
		TargetObjectKeyFormat: s3.BucketLoggingV2TargetObjectKeyFormatArgs{
			PartitionedPrefix: s3.BucketLoggingV2TargetObjectKeyFormatPartitionedPrefixArgs{
				PartitionDateSource: pulumi.String("EventTime"),
			},
		},
	}, pulumi.Parent(b)); err != nil {
		return nil, err
	}
	if a.ObjectLock != nil {
		if err := b.lock(a.ObjectLock, versioning); err != nil {
			return nil, err
		}
	}
	if a.Replication != nil {
		if err := b.replicate(a.Replication, a.PermissionsBoundaryARN, versioning); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (args BucketArgs) withDefaults() BucketArgs {
	if args.StorageClass == "" {
		args.StorageClass = Standard
	}
	if args.Deletion == "" {
		args.Deletion = NeverDelete
	}
	return args
}

func (args BucketArgs) validate(name string) error {
	var p problems
	p.check(bucketName.MatchString(name), "name: found %q, allowed are 2 to 55 lower-case letters, digits and hyphens", name)
	p.check(args.KeyARN != nil, "KeyARN: found none, allowed is the ARN of a KMS key")
	p.check(args.LogBucket != nil, "LogBucket: found none, allowed is the name of a bucket")
	p.check(slices.Contains(StorageClasses, args.StorageClass), "StorageClass: found %q, allowed are %q", args.StorageClass, StorageClasses)
	p.check(args.ExpireAfterDays >= 0, "ExpireAfterDays: found %d, allowed are days from 1, or 0 for never", args.ExpireAfterDays)
	p.check(slices.Contains(BucketDeletions, args.Deletion), "Deletion: found %q, allowed are %q", args.Deletion, BucketDeletions)
	if lock := args.ObjectLock; lock != nil {
		p.check(slices.Contains(LockModes, lock.Mode), "ObjectLock.Mode: found %q, allowed are %q", lock.Mode, LockModes)
		p.check(lock.Days >= 1 && lock.Days <= MaxLockDays, "ObjectLock.Days: found %d, allowed are 1 to %d", lock.Days, MaxLockDays)
		p.check(args.Deletion != DeleteWithObjects, "Deletion: found %q, allowed are %q and %q beside ObjectLock", args.Deletion, NeverDelete, DeleteWhenEmpty)
	}
	if r := args.Replication; r != nil {
		p.checkBoundary(args.PermissionsBoundaryARN)
		p.check(BucketName.MatchString(r.Bucket), "Replication.Bucket: found %q, allowed is a bucket's name", r.Bucket)
		p.check(KeyARN.MatchString(r.KeyARN), "Replication.KeyARN: found %q, allowed is the ARN of a KMS key outside of China", r.KeyARN)
	}
	return p.err("Bucket", name)
}

// finish sets the bucket's one policy, which is TLS 1.2 and the bucket's key only,
// and what the statements allow, and registers the outputs.
func (b *Bucket) finish(statements ...pulumi.Map) error {
	statements = append(append(tlsOnly(b.ARN),
		deny("DenyOtherEncryption", "s3:PutObject", objects(b.ARN), named("s3:x-amz-server-side-encryption", pulumi.String("aws:kms"))),
		deny("DenyOtherKeys", "s3:PutObject", objects(b.ARN), named("s3:x-amz-server-side-encryption-aws-kms-key-id", b.keyARN)),
	), statements...)
	if _, err := b.p.bucketPolicy(b.Name, statements); err != nil {
		return err
	}
	return b.p.ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "arn": b.ARN})
}
