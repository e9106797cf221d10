package components

import (
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// BucketDeletion controls when a bucket may be deleted.
type BucketDeletion string

const (
	// NeverDelete refuses deletion.
	NeverDelete BucketDeletion = "never"
	// DeleteWhenEmpty allows the deletion of an empty bucket.
	DeleteWhenEmpty BucketDeletion = "when-empty"
	// DeleteWithObjects deletes all objects and their versions together with the bucket.
	DeleteWithObjects BucketDeletion = "with-objects"
)

// BucketDeletions lists the accepted values.
var BucketDeletions = []BucketDeletion{NeverDelete, DeleteWhenEmpty, DeleteWithObjects}

// Allowed reports whether a bucket may be deleted at all. The empty value means
// NeverDelete.
func (d BucketDeletion) Allowed() bool { return d != "" && d != NeverDelete }

// StorageClass is the S3 storage class of a bucket's objects.
type StorageClass string

const (
	// Standard is the default storage class of S3.
	Standard StorageClass = "standard"
	// IntelligentTiering moves objects that no client reads to cheaper storage, and back
	// when a client reads them. Reads are not delayed; S3 charges a fee per object.
	IntelligentTiering StorageClass = "intelligent-tiering"
)

// StorageClasses lists the accepted values.
var StorageClasses = []StorageClass{Standard, IntelligentTiering}

// BucketArgs are the arguments of NewBucket.
type BucketArgs struct {
	// KeyARN is the KMS key that encrypts the objects.
	KeyARN pulumi.StringInput
	// LogBucket is the name of the bucket that receives the access logs.
	LogBucket pulumi.StringInput
	// StorageClass is the S3 storage class of the objects.
	StorageClass StorageClass
	// ExpireAfterDays is the number of days from an object's creation to its deletion. 0
	// means that objects do not expire.
	ExpireAfterDays int
	// ObjectLock prevents the deletion of object versions for a time. Nil means that
	// versions can be deleted.
	ObjectLock *ObjectLock
	// Replication copies new objects to another bucket. Nil means no replication.
	Replication *Replication
	// ReplicaOf is the bucket whose objects are replicated to this one, for an alarm. Nil
	// means none.
	ReplicaOf *ReplicaOf
	// PermissionsBoundaryARN is the IAM policy that is the permissions boundary of the
	// replication role. Ignored when Replication is nil.
	PermissionsBoundaryARN string
	// Deletion controls when the bucket may be deleted.
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
	// regionalDomainName is the domain name from which a CDN fetches the objects.
	regionalDomainName pulumi.StringOutput
	keyARN             pulumi.StringInput
}

// bucketName matches the name of a bucket component. S3 accepts 63 characters, of which
// the random suffix takes 8.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,54}$`)

// NewBucket creates a bucket that refuses public access, ACLs, requests without TLS 1.2
// or newer, and uploads that are encrypted with a key other than KeyARN. It logs all
// requests to LogBucket, keeps replaced and deleted versions for 90 days, and deletes
// incomplete uploads after 7 days.
func NewBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b, err := newBucket(ctx, name, args, opts...)
	if err != nil {
		return nil, err
	}
	return b, b.finish()
}

// newBucket creates all resources but the bucket policy: a bucket can have only one
// policy, and a CDN adds statements to it. The caller creates the policy with finish.
func newBucket(ctx *pulumi.Context, name string, args *BucketArgs, opts ...pulumi.ResourceOption) (*Bucket, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	b := &Bucket{keyARN: a.KeyARN}
	if err := ctx.RegisterComponentResource("multisite:index:Bucket", name, b, provision.Protected(opts, a.Deletion.Allowed())...); err != nil {
		return nil, err
	}
	b.p = newProvisioner(ctx, name, b)
	bucket, versioning, err := b.p.privateBucket(a.Deletion, s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
		ApplyServerSideEncryptionByDefault: s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
			SseAlgorithm:   pulumi.String("aws:kms"),
			KmsMasterKeyId: a.KeyARN,
		},
		BucketKeyEnabled: pulumi.Bool(true), // one request to KMS serves many objects
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
	if a.ReplicaOf != nil {
		if err := b.delayAlarm(a.ReplicaOf); err != nil {
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
	var p provision.Problems
	p.Check(bucketName.MatchString(name), "name: found %q; allowed: 2 to 55 lower-case letters, digits and hyphens", name)
	p.Check(args.KeyARN != nil, "KeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.LogBucket != nil, "LogBucket: found none; allowed: the name of a bucket")
	p.Check(slices.Contains(StorageClasses, args.StorageClass), "StorageClass: found %q; allowed: one of %q", args.StorageClass, StorageClasses)
	p.Check(args.ExpireAfterDays >= 0, "ExpireAfterDays: found %d; allowed: 1 day or more, or 0 for never", args.ExpireAfterDays)
	p.Check(slices.Contains(BucketDeletions, args.Deletion), "Deletion: found %q; allowed: one of %q", args.Deletion, BucketDeletions)
	if lock := args.ObjectLock; lock != nil {
		p.Check(slices.Contains(LockModes, lock.Mode), "ObjectLock.Mode: found %q; allowed: one of %q", lock.Mode, LockModes)
		p.Check(lock.Days >= 1 && lock.Days <= MaxLockDays, "ObjectLock.Days: found %d; allowed: 1 to %d", lock.Days, MaxLockDays)
		p.Check(args.Deletion != DeleteWithObjects, "Deletion: found %q; allowed: %q or %q with ObjectLock", args.Deletion, NeverDelete, DeleteWhenEmpty)
	}
	if r := args.Replication; r != nil {
		p.CheckBoundary(args.PermissionsBoundaryARN)
		p.Check(BucketName.MatchString(r.Bucket), "Replication.Bucket: found %q; allowed: a bucket's name", r.Bucket)
		p.Check(KeyARN.MatchString(r.KeyARN), "Replication.KeyARN: found %q; allowed: the ARN of a KMS key outside of China", r.KeyARN)
		p.Check(!r.TimeControl || r.AlarmTopicARN != nil, "Replication.AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	}
	if r := args.ReplicaOf; r != nil {
		p.Check(BucketName.MatchString(r.Bucket), "ReplicaOf.Bucket: found %q; allowed: a bucket's name", r.Bucket)
		p.Check(r.AlarmTopicARN != nil, "ReplicaOf.AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	}
	return p.Err("Bucket", name)
}

// finish creates the bucket policy and registers the outputs. The policy denies requests
// without TLS 1.2 or newer and uploads with another encryption than the bucket's key, and
// contains the given statements.
func (b *Bucket) finish(statements ...pulumi.Map) error {
	statements = append(append(tlsOnly(b.ARN),
		provision.Deny("DenyOtherEncryption", "s3:PutObject", objects(b.ARN), named("s3:x-amz-server-side-encryption", pulumi.String("aws:kms"))),
		provision.Deny("DenyOtherKeys", "s3:PutObject", objects(b.ARN), named("s3:x-amz-server-side-encryption-aws-kms-key-id", b.keyARN)),
	), statements...)
	if _, err := b.p.bucketPolicy(b.Name, statements); err != nil {
		return err
	}
	return b.p.Ctx.RegisterResourceOutputs(b, pulumi.Map{"name": b.Name, "arn": b.ARN})
}
