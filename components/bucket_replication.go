package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// Replication copies new objects, with their tags and deletions, to a bucket of the same
// account, in any region. A deletion hides the object in the target bucket too, whose
// lifecycle deletes the hidden version after NoncurrentDays, as the source bucket's does.
type Replication struct {
	// Bucket is the name of the target bucket. It must be versioned, and must have object
	// lock if the source bucket has.
	Bucket string
	// KeyARN is the KMS key that encrypts the replicas. It must be in the region of the
	// target bucket.
	KeyARN string
	// TimeControl makes S3 replicate 99.99 % of the objects within 15 minutes, and publish metrics. An
	// alarm reports objects that S3 fails to replicate; BucketArgs.ReplicaOf reports delays.
	TimeControl bool
	// AlarmTopicARN is the SNS topic that receives the alarm. Required with TimeControl.
	AlarmTopicARN pulumi.StringInput
}

// ReplicaOf is a bucket in another region whose objects S3 replicates with TimeControl. Its
// alarms are in the region of the replicas, where S3 publishes the delay.
type ReplicaOf struct {
	// Bucket is the name of the source bucket.
	Bucket string
	// AlarmTopicARN is the SNS topic that receives the alarm.
	AlarmTopicARN pulumi.StringInput
}

const (
	// replicationRule is the ID of a bucket's replication rule, a dimension of its metrics.
	replicationRule = "everything"
	// replicationMinutes is the only time that S3 replication time control accepts
	// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTimeValue.html).
	replicationMinutes = 15
)

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
	target := bucketARN(pulumi.String(to.Bucket))
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
				"StringLike": pulumi.Map{
					"kms:ViaService":                   pulumi.String("s3.*.amazonaws.com"), // of the key's region
					"kms:EncryptionContext:aws:s3:arn": pulumi.Array{target, objects(target)},
				},
			}),
		),
	}, pulumi.Parent(b), provision.Replaceable)
	if err != nil {
		return err
	}
	destination := s3.BucketReplicationConfigRuleDestinationArgs{
		Bucket:                  target,
		EncryptionConfiguration: s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs{ReplicaKmsKeyId: pulumi.String(to.KeyARN)},
	}
	if to.TimeControl {
		destination.ReplicationTime = s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs{
			Status: pulumi.String("Enabled"), Time: s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs{Minutes: pulumi.Int(replicationMinutes)},
		}
		destination.Metrics = s3.BucketReplicationConfigRuleDestinationMetricsArgs{
			Status: pulumi.String("Enabled"), EventThreshold: s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs{Minutes: pulumi.Int(replicationMinutes)},
		}
	}
	if _, err := s3.NewBucketReplicationConfig(b.p.Ctx, b.p.Name, &s3.BucketReplicationConfigArgs{
		Bucket: b.Name,
		Role:   role.Arn,
		Rules: s3.BucketReplicationConfigRuleArray{s3.BucketReplicationConfigRuleArgs{
			Id:                      pulumi.String(replicationRule),
			Status:                  pulumi.String("Enabled"),
			Filter:                  s3.BucketReplicationConfigRuleFilterArgs{Prefix: pulumi.String("")},
			DeleteMarkerReplication: s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs{Status: pulumi.String("Enabled")},
			SourceSelectionCriteria: s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs{
				SseKmsEncryptedObjects: s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs{Status: pulumi.String("Enabled")},
			},
			Destination: destination,
		}},
	}, pulumi.Parent(b), provision.Replaceable, pulumi.DependsOn([]pulumi.Resource{versioning, policy})); err != nil || !to.TimeControl {
		return err
	}
	return b.p.NewAlarm(provision.AlarmArgs{
		Suffix: "copy-failures", Description: "S3 failed to replicate objects of " + b.p.Name + " to " + to.Bucket,
		Namespace: "AWS/S3", Metric: "OperationsFailedReplication", Statistic: "Sum", Threshold: 0, Minutes: 5, Periods: 1,
		Dimensions: replicationDimensions(b.Name, pulumi.String(to.Bucket)), Topic: to.AlarmTopicARN,
	})
}

// delayAlarm creates the alarm on replicas that arrive late. S3 publishes failures in the region of
// the source bucket, and the delay in the region of the target bucket, also while it
// replicates nothing (https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html).
func (b *Bucket) delayAlarm(of *ReplicaOf) error {
	return b.p.NewAlarm(provision.AlarmArgs{
		Suffix: "delay", Description: b.p.Name + " is over 15 minutes behind " + of.Bucket,
		Namespace: "AWS/S3", Metric: "ReplicationLatency", Statistic: "Maximum", Threshold: replicationMinutes * 60, Minutes: 15,
		Dimensions: replicationDimensions(pulumi.String(of.Bucket), b.Name), Topic: of.AlarmTopicARN,
	})
}

// replicationDimensions returns the dimensions of the metrics of a replication rule
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html).
func replicationDimensions(from, to pulumi.StringInput) pulumi.StringMap {
	return pulumi.StringMap{"SourceBucket": from, "DestinationBucket": to, "RuleId": pulumi.String(replicationRule)}
}
