package acceptance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// inspect checks the site's requirements in the account, not in the state.
func inspect(t *testing.T, p *engine.Project, stack, region string, regions []string) {
	t.Helper()
	for _, other := range regions {
		a := newAccount(t, p, other)
		inventory := a.inventory()
		switch other {
		case region:
			require.NotEmpty(t, inventory)
		case edgeRegion:
			for id := range inventory {
				assert.Regexp(t, "^arn:aws:(acm|kms|sns|logs):.*(certificate/|key/|-edge-alarms-|-cdn)", id, "only the certificate and the monitoring of CloudFront are in us-east-1")
			}
		default:
			assert.Empty(t, inventory, "%s has resources only in %s", stack, region)
		}
		for id, tags := range inventory {
			assert.Subset(t, tags, map[string]string{"Project": "multisite", "Site": stack, "ManagedBy": "pulumi"}, id)
		}
		a.inspectKeys()
		if other != region {
			continue
		}
		a.inspectNetwork()
		a.inspectDatabases()
		a.inspectBuckets(stack)
		a.inspectDistributions(stack)
		a.inspectEntry(stack)
	}
}

// inspectNetwork requires flow logs of all traffic.
func (a *account) inspectNetwork() {
	a.t.Helper()
	logs, err := a.ec2.DescribeFlowLogs(a.ctx, &ec2.DescribeFlowLogsInput{})
	require.NoError(a.t, err)
	require.Len(a.t, logs.FlowLogs, 1)
	assert.Equal(a.t, ec2types.TrafficTypeAll, logs.FlowLogs[0].TrafficType)
	assert.Contains(a.t, a.inventory(), *logs.FlowLogs[0].ResourceId, "the flow logs belong to the site's network")
}

func (a *account) inspectKeys() {
	a.t.Helper()
	for id := range a.inventory() {
		if !strings.Contains(id, ":kms:") {
			continue
		}
		rotation, err := a.kms.GetKeyRotationStatus(a.ctx, &kms.GetKeyRotationStatusInput{KeyId: &id})
		require.NoError(a.t, err)
		assert.True(a.t, rotation.KeyRotationEnabled, id)
	}
}

func (a *account) inspectDatabases() {
	a.t.Helper()
	databases, err := a.rds.DescribeDBInstances(a.ctx, &rds.DescribeDBInstancesInput{})
	require.NoError(a.t, err)
	require.NotEmpty(a.t, databases.DBInstances)
	keys := a.inventory()
	for _, database := range databases.DBInstances {
		id := *database.DBInstanceIdentifier
		assert.True(a.t, *database.StorageEncrypted, id)
		assert.Contains(a.t, keys, *database.KmsKeyId, "%s is encrypted with a key of the site", id)
		assert.True(a.t, *database.MultiAZ, id)
		assert.True(a.t, *database.DeletionProtection, id)
		assert.False(a.t, *database.PubliclyAccessible, id)
		assert.EqualValues(a.t, 35, *database.BackupRetentionPeriod, id)
		assert.True(a.t, *database.IAMDatabaseAuthenticationEnabled, id)
		parameters, err := a.rds.DescribeDBParameters(a.ctx, &rds.DescribeDBParametersInput{
			DBParameterGroupName: database.DBParameterGroups[0].DBParameterGroupName,
		})
		require.NoError(a.t, err)
		forced := ""
		for _, parameter := range parameters.Parameters {
			if *parameter.ParameterName == "rds.force_ssl" {
				forced = *parameter.ParameterValue
			}
		}
		assert.Equal(a.t, "1", forced, "%s refuses connections without TLS", id)
	}
}

func (a *account) inspectBuckets(stack string) {
	a.t.Helper()
	keys := a.inventory()
	buckets := a.buckets()
	require.NotEmpty(a.t, buckets)
	for _, name := range buckets {
		bucket := aws.String(name)
		location, err := a.s3.GetBucketLocation(a.ctx, &s3.GetBucketLocationInput{Bucket: bucket})
		require.NoError(a.t, err)
		assert.Equal(a.t, a.region, string(location.LocationConstraint), name)

		access, err := a.s3.GetPublicAccessBlock(a.ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
		require.NoError(a.t, err)
		assert.Equal(a.t, s3types.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true),
		}, *access.PublicAccessBlockConfiguration, name)

		encryption, err := a.s3.GetBucketEncryption(a.ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})
		require.NoError(a.t, err)
		rule := encryption.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault
		algorithm := s3types.ServerSideEncryptionAwsKms
		if strings.HasPrefix(name, "aws-waf-logs-") {
			algorithm = s3types.ServerSideEncryptionAes256
		} else {
			assert.Contains(a.t, keys, *rule.KMSMasterKeyID, "%s is encrypted with a key of the site", name)
			logging, err := a.s3.GetBucketLogging(a.ctx, &s3.GetBucketLoggingInput{Bucket: bucket})
			require.NoError(a.t, err)
			require.NotNil(a.t, logging.LoggingEnabled, "%s logs access", name)
			assert.Contains(a.t, *logging.LoggingEnabled.TargetBucket, "aws-waf-logs-"+stack, name)
		}
		assert.Equal(a.t, algorithm, rule.SSEAlgorithm, name)

		versioning, err := a.s3.GetBucketVersioning(a.ctx, &s3.GetBucketVersioningInput{Bucket: bucket})
		require.NoError(a.t, err)
		assert.Equal(a.t, s3types.BucketVersioningStatusEnabled, versioning.Status, name)

		tags, err := a.s3.GetBucketTagging(a.ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
		require.NoError(a.t, err)
		assert.Contains(a.t, tags.TagSet, s3types.Tag{Key: aws.String("Site"), Value: aws.String(stack)}, name)
		a.inspectPolicy(name)
		a.storeAndFetch(name, algorithm)
	}
}

// inspectPolicy requires that the bucket's policy denies all requests without TLS.
func (a *account) inspectPolicy(bucket string) {
	a.t.Helper()
	response, err := a.s3.GetBucketPolicy(a.ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
	require.NoError(a.t, err)
	var policy struct {
		Statement []struct {
			Sid, Effect                 string
			Action, Principal, Resource any
			Condition                   map[string]map[string]any
		}
	}
	require.NoError(a.t, json.Unmarshal([]byte(*response.Policy), &policy))
	require.NotEmpty(a.t, policy.Statement, bucket)
	deny := policy.Statement[0]
	assert.Equal(a.t, []any{"Deny", "s3:*", map[string]any{"AWS": "*"}}, []any{deny.Effect, deny.Action, deny.Principal}, bucket)
	assert.Equal(a.t, []any{"arn:aws:s3:::" + bucket, "arn:aws:s3:::" + bucket + "/*"}, deny.Resource)
	assert.Equal(a.t, map[string]map[string]any{"Bool": {"aws:SecureTransport": "false"}}, deny.Condition)
}

// storeAndFetch puts an object, gets it, checks that it is encrypted with the bucket's
// algorithm, and deletes it. It removes the bucket's policy meanwhile, since the emulator
// ignores the condition of a denial.
func (a *account) storeAndFetch(bucket string, algorithm s3types.ServerSideEncryption) {
	a.t.Helper()
	policy, err := a.s3.GetBucketPolicy(a.ctx, &s3.GetBucketPolicyInput{Bucket: &bucket})
	require.NoError(a.t, err)
	_, err = a.s3.DeleteBucketPolicy(a.ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket})
	require.NoError(a.t, err)
	defer func() {
		_, err := a.s3.PutBucketPolicy(a.ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: policy.Policy})
		require.NoError(a.t, err)
	}()
	put, err := a.s3.PutObject(a.ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("probe"), Body: bytes.NewReader([]byte("content"))})
	require.NoError(a.t, err)
	got, err := a.s3.GetObject(a.ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("probe")})
	require.NoError(a.t, err)
	defer func() { _ = got.Body.Close() }()
	content, err := io.ReadAll(got.Body)
	require.NoError(a.t, err)
	assert.Equal(a.t, "content", string(content))
	assert.Equal(a.t, algorithm, got.ServerSideEncryption, bucket)
	_, err = a.s3.DeleteObject(a.ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("probe"), VersionId: put.VersionId})
	require.NoError(a.t, err)
}

func (a *account) inspectDistributions(stack string) {
	a.t.Helper()
	ids := a.distributions()
	require.Len(a.t, ids, 1)
	response, err := a.cloudfront.GetDistribution(a.ctx, &cloudfront.GetDistributionInput{Id: &ids[0]})
	require.NoError(a.t, err)
	config := response.Distribution.DistributionConfig
	assert.Equal(a.t, cftypes.ViewerProtocolPolicyHttpsOnly, config.DefaultCacheBehavior.ViewerProtocolPolicy)
	for _, origin := range config.Origins.Items {
		assert.True(a.t, strings.HasPrefix(*origin.DomainName, stack+"-cdn-origin-"), *origin.DomainName)
	}
	assert.Contains(a.t, *config.WebACLId, ":us-east-1:", "the CDN has a firewall")
	// The emulator's GetDistribution does not return an origin's access control.
	controls, err := a.cloudfront.ListOriginAccessControls(a.ctx, &cloudfront.ListOriginAccessControlsInput{})
	require.NoError(a.t, err)
	require.Len(a.t, controls.OriginAccessControlList.Items, 1)
	assert.Equal(a.t, cftypes.OriginAccessControlSigningBehaviorsAlways, controls.OriginAccessControlList.Items[0].SigningBehavior)
	tags, err := a.cloudfront.ListTagsForResource(a.ctx, &cloudfront.ListTagsForResourceInput{Resource: response.Distribution.ARN})
	require.NoError(a.t, err)
	assert.Contains(a.t, tags.Tags.Items, cftypes.Tag{Key: aws.String("Site"), Value: aws.String(stack)})
}
