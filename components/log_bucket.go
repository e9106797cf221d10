package components

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// LogBucketPrefix is the prefix that AWS WAF requires in the names of its log buckets
// (https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html).
const LogBucketPrefix = "aws-waf-logs-"

// LogBucketArgs are the arguments of NewLogBucket.
type LogBucketArgs struct {
	// AccountID is the 12-digit AWS account whose logs the bucket receives.
	AccountID string
	// Region is the AWS region of the bucket, such as us-west-2, and of the load balancer
	// and the firewall whose logs it receives.
	Region string
	// DeliverySources are the names of the log delivery sources of the CloudFront
	// distributions whose logs the bucket receives.
	DeliverySources []string
	// RetentionDays is how long logs are kept, in days.
	RetentionDays int
	// Deletion controls when the bucket may be deleted.
	Deletion BucketDeletion
}

// LogBucket is a private bucket for the logs of AWS services: requests to buckets, to the
// CDN and to load balancers, and requests that their firewalls have evaluated.
type LogBucket struct {
	pulumi.ResourceState

	// Name is the bucket's name: the component's name and a random suffix.
	Name pulumi.StringOutput
	// ARN is the bucket's ARN.
	ARN pulumi.StringOutput
}

// NewLogBucket creates a bucket to which AWS services write logs, only on behalf of the
// account. Its name must begin with aws-waf-logs-. It deletes logs after RetentionDays.
// It is encrypted with S3 managed keys, because S3 and Elastic Load Balancing deliver access
// logs to no bucket with another default encryption
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html,
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html).
func NewLogBucket(ctx *pulumi.Context, name string, args *LogBucketArgs, opts ...pulumi.ResourceOption) (*LogBucket, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	l := &LogBucket{}
	if err := ctx.RegisterComponentResource("multisite:index:LogBucket", name, l, provision.Protected(opts, a.Deletion.Allowed())...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, l)
	bucket, _, err := p.privateBucket(a.Deletion, s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
		ApplyServerSideEncryptionByDefault: s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
			SseAlgorithm: pulumi.String("AES256"),
		},
	})
	if err != nil {
		return nil, err
	}
	l.ARN = bucket.Arn
	if err := p.lifecycle(bucket, incompleteDays, a.RetentionDays, Standard); err != nil {
		return nil, err
	}
	policy, err := p.bucketPolicy(bucket.ID(), append(tlsOnly(l.ARN), delivery(l.ARN, a)...))
	if err != nil {
		return nil, err
	}
	l.Name = policy.Bucket // available only after services can write to the bucket
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{"name": l.Name, "arn": l.ARN})
}

func (args LogBucketArgs) withDefaults() LogBucketArgs {
	if args.RetentionDays == 0 {
		args.RetentionDays = DefaultLogRetention
	}
	if args.Deletion == "" {
		args.Deletion = NeverDelete
	}
	return args
}

func (args LogBucketArgs) validate(name string) error {
	var p provision.Problems
	p.Check(bucketName.MatchString(name) && strings.HasPrefix(name, LogBucketPrefix),
		"name: found %q; allowed: %s followed by lower-case letters, digits and hyphens, at most 55 characters in total", name, LogBucketPrefix)
	p.Check(AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(args.Region != "", "Region: found none; allowed: an AWS region such as us-west-2")
	p.Check(args.RetentionDays > 0, "RetentionDays: found %d; allowed: 1 day or more", args.RetentionDays)
	p.Check(slices.Contains(BucketDeletions, args.Deletion), "Deletion: found %q; allowed: one of %q", args.Deletion, BucketDeletions)
	return p.Err("LogBucket", name)
}

const (
	// deliveryService is the service that delivers the logs of AWS WAF and CloudFront. It
	// delivers the logs of a load balancer's firewall from the firewall's region, and all
	// others from edgeRegion.
	deliveryService = "delivery.logs.amazonaws.com"
	edgeRegion      = "us-east-1"
)

// delivery returns the statements that let S3, Elastic Load Balancing, and CloudWatch Logs on
// behalf of WAF and CloudFront, write the account's logs. The statements of CloudWatch Logs
// repeat AWS's own statements word for word: CloudWatch Logs adds a statement that it does
// not find to the policy, and the next refresh reports it as drift
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html).
func delivery(bucket pulumi.StringOutput, a LogBucketArgs) []pulumi.Map {
	account := pulumi.String(a.AccountID)
	folder := "AWSLogs/" + a.AccountID
	statements := []pulumi.Map{
		provision.Grant("BucketLogs", "logging.s3.amazonaws.com", []string{"s3:PutObject"}, objects(bucket), provision.OfAccount(account)),
		a.read("AWSLogDeliveryAclCheck1", "s3:GetBucketAcl", bucket, edgeRegion),
		// Without this statement, CloudTrail records each delivery's list request as
		// AccessDenied.
		a.read("AWSLogDeliveryList", "s3:ListBucket", bucket, edgeRegion),
		a.write("AWSLogDeliveryWrite1", bucket, folder, edgeRegion, "*"),
	}
	for i, source := range a.DeliverySources {
		statements = append(statements, a.write(fmt.Sprintf("AWSLogDeliveryWrite%d", i+2), bucket, cloudFrontLogs(a.AccountID), edgeRegion, "delivery-source:"+source))
	}
	statements = append(statements, provision.Grant("LoadBalancerLogs", "logdelivery.elasticloadbalancing.amazonaws.com", []string{"s3:PutObject"}, pulumi.Sprintf("%s/%s/*", bucket, folder),
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
		provision.Condition("ArnLike", "aws:SourceArn", pulumi.String("arn:aws:elasticloadbalancing:"+a.Region+":"+a.AccountID+":loadbalancer/*"))))
	if a.Region != edgeRegion { // the load balancer's firewall
		statements = append(statements,
			a.read("AWSLogDeliveryAclCheck2", "s3:GetBucketAcl", bucket, a.Region),
			a.read("AWSLogDeliveryList2", "s3:ListBucket", bucket, a.Region),
			a.write(fmt.Sprintf("AWSLogDeliveryWrite%d", len(a.DeliverySources)+2), bucket, folder, a.Region, "*"))
	}
	return statements
}

// read returns the statement that lets CloudWatch Logs read a fact about the bucket.
func (args LogBucketArgs) read(sid, action string, bucket pulumi.StringOutput, region string) pulumi.Map {
	return provision.Grant(sid, deliveryService, []string{action}, bucket, args.from(region, "*"))
}

// write returns the statement that lets CloudWatch Logs write the logs of a source to a
// folder.
func (args LogBucketArgs) write(sid string, bucket pulumi.StringOutput, folder, region, source string) pulumi.Map {
	when := args.from(region, source)
	when["StringEquals"].(pulumi.Map)["s3:x-amz-acl"] = pulumi.String("bucket-owner-full-control")
	return provision.Grant(sid, deliveryService, []string{"s3:PutObject"}, pulumi.Sprintf("%s/%s/*", bucket, folder), when)
}

// from returns the condition that CloudWatch Logs acts for a source of the account.
func (args LogBucketArgs) from(region, source string) pulumi.Map {
	return pulumi.Map{
		"StringEquals": pulumi.Map{"aws:SourceAccount": pulumi.String(args.AccountID)},
		"ArnLike":      pulumi.Map{"aws:SourceArn": pulumi.String("arn:aws:logs:" + region + ":" + args.AccountID + ":" + source)},
	}
}

// cloudFrontLogs returns the folder to which CloudFront delivers logs by default.
func cloudFrontLogs(account string) string { return "AWSLogs/" + account + "/CloudFront" }
