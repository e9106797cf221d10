package components

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// Replication copies new objects, with their tags and deletions, to a bucket of the same
// account, in any region.
type Replication struct {
	// Bucket is the name of the target bucket. It must be versioned, and must have object
	// lock if the source bucket has.
	Bucket string
	// KeyARN is the KMS key that encrypts the replicas. It must be in the region of the
	// target bucket.
	KeyARN string
}

// BucketName matches the name of a bucket.
var BucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// KeyARN matches the ARN of a KMS key outside of China.
var KeyARN = regexp.MustCompile(`^arn:aws:kms:[a-z0-9-]+:\d{12}:key/[0-9a-z-]+$`)

// replicate creates the replication rule and its role. The role may read this bucket,
// write to the target bucket, and use the two keys for nothing else
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html).
// The role's trust policy has no conditions, as in the S3 documentation
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html):
// if S3 cannot assume the role, the replication of every object fails, but no update
// does.
func (b *Bucket) replicate(to *Replication, boundary string, versioning pulumi.Resource) error {
	name := b.p.Child("copy")
	role, err := b.p.NewServiceRole(name, "s3.amazonaws.com", "Copies the objects of "+b.p.Name, boundary, nil, provision.Replaceable)
	if err != nil {
		return err
	}
	target, region := bucketARN(pulumi.String(to.Bucket)), strings.Split(to.KeyARN, ":")[3]
	policy, err := iam.NewRolePolicy(b.p.Ctx, name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: provision.PolicyDocument(
			provision.Allow([]string{"s3:GetReplicationConfiguration", "s3:ListBucket"}, b.ARN, nil),
			provision.Allow([]string{"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"}, objects(b.ARN), nil),
			provision.Allow([]string{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"}, objects(target), nil),
			provision.Allow([]string{"kms:Decrypt"}, b.keyARN, pulumi.Map{
				"StringLike": pulumi.Map{
					"kms:ViaService":                   pulumi.String("s3.*.amazonaws.com"),
					"kms:EncryptionContext:aws:s3:arn": pulumi.Array{b.ARN, objects(b.ARN)},
				},
			}),
			// Replicas use a bucket key, as the source objects do. S3 lets KMS generate
			// the bucket key, and decrypts it to verify it
			// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-troubleshoot.html).
			provision.Allow([]string{"kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"}, pulumi.String(to.KeyARN), pulumi.Map{
				"StringEquals": pulumi.Map{"kms:ViaService": pulumi.String("s3." + region + ".amazonaws.com")},
				"StringLike":   pulumi.Map{"kms:EncryptionContext:aws:s3:arn": pulumi.Array{target, objects(target)}},
			}),
		),
	}, pulumi.Parent(b), provision.Replaceable)
	if err != nil {
		return err
	}
	_, err = s3.NewBucketReplicationConfig(b.p.Ctx, b.p.Name, &s3.BucketReplicationConfigArgs{
		Bucket: b.Name,
		Role:   role.Arn,
		Rules: s3.BucketReplicationConfigRuleArray{s3.BucketReplicationConfigRuleArgs{
			Id:                      pulumi.String("everything"),
			Status:                  pulumi.String("Enabled"),
			Filter:                  s3.BucketReplicationConfigRuleFilterArgs{Prefix: pulumi.String("")},
			DeleteMarkerReplication: s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs{Status: pulumi.String("Enabled")},
			SourceSelectionCriteria: s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs{
				SseKmsEncryptedObjects: s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs{Status: pulumi.String("Enabled")},
			},
			Destination: s3.BucketReplicationConfigRuleDestinationArgs{
				Bucket:                  target,
				EncryptionConfiguration: s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs{ReplicaKmsKeyId: pulumi.String(to.KeyARN)},
			},
		}},
	}, pulumi.Parent(b), provision.Replaceable, pulumi.DependsOn([]pulumi.Resource{versioning, policy}))
	return err
}
