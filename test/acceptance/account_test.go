package acceptance_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	rdstypes "github.com/aws/aws-sdk-go-v2/service/rds/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// An account reads one region of the emulated AWS account through the AWS SDK.
type account struct {
	t              *testing.T
	ctx            context.Context
	region         string
	ec2            *ec2.Client
	rds            *rds.Client
	s3             *s3.Client
	kms            *kms.Client
	secretsmanager *secretsmanager.Client
	cloudfront     *cloudfront.Client
	logs           *cloudwatchlogs.Client
	iam            *iam.Client
	sns            *sns.Client
	route53        *route53.Client
	elb            *elasticloadbalancingv2.Client
	url            string // of the emulator
}

// newAccount connects to the emulator that a project's sandbox runs.
func newAccount(t *testing.T, p *engine.Project, region string) *account {
	t.Helper()
	environment, err := p.Command("sh", "-c", "echo $AWS_ENDPOINT_URL").Output()
	require.NoError(t, err)
	url := strings.TrimSpace(string(environment))
	config := aws.Config{
		Region: region, BaseEndpoint: &url,
		Credentials: credentials.NewStaticCredentialsProvider("suite", "suite", ""),
	}
	return &account{
		t, t.Context(), region, ec2.NewFromConfig(config), rds.NewFromConfig(config),
		s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }),
		kms.NewFromConfig(config), secretsmanager.NewFromConfig(config), cloudfront.NewFromConfig(config),
		cloudwatchlogs.NewFromConfig(config), iam.NewFromConfig(config),
		sns.NewFromConfig(config), route53.NewFromConfig(config), elasticloadbalancingv2.NewFromConfig(config), url,
	}
}

// tagged maps the IDs or ARNs of resources in the account to their tags.
type tagged map[string]map[string]string

// tagsOf converts a service's type of tags to a map.
func tagsOf[T any](list []T, pair func(T) (key, value *string)) map[string]string {
	tags := map[string]string{}
	for _, tag := range list {
		key, value := pair(tag)
		tags[*key] = *value
	}
	return tags
}

func rdsTags(list []rdstypes.Tag) map[string]string {
	return tagsOf(list, func(tag rdstypes.Tag) (key, value *string) { return tag.Key, tag.Value })
}

// inventory lists the resources in the region that the program creates and tags.
func (a *account) inventory() tagged {
	a.t.Helper()
	found := tagged{}
	a.network(found)
	a.keysAndSecrets(found)
	a.databaseGroups(found)
	a.operations(found)
	a.entries(found)
	databases, err := a.rds.DescribeDBInstances(a.ctx, &rds.DescribeDBInstancesInput{})
	require.NoError(a.t, err)
	for _, database := range databases.DBInstances {
		found[*database.DBInstanceArn] = rdsTags(database.TagList)
	}
	return found
}

// network lists the networks in the region, without the region's default network and the
// route tables and security groups that AWS creates with a network.
func (a *account) network(found tagged) {
	a.t.Helper()
	add := func(id *string, tags []ec2types.Tag) {
		found[*id] = tagsOf(tags, func(tag ec2types.Tag) (key, value *string) { return tag.Key, tag.Value })
	}
	vpcs, err := a.ec2.DescribeVpcs(a.ctx, &ec2.DescribeVpcsInput{})
	require.NoError(a.t, err)
	ours := map[string]bool{}
	for _, vpc := range vpcs.Vpcs {
		if !*vpc.IsDefault {
			ours[*vpc.VpcId] = true
			add(vpc.VpcId, vpc.Tags)
		}
	}
	subnets, err := a.ec2.DescribeSubnets(a.ctx, &ec2.DescribeSubnetsInput{})
	require.NoError(a.t, err)
	for _, subnet := range subnets.Subnets {
		if ours[*subnet.VpcId] {
			add(subnet.SubnetId, subnet.Tags)
		}
	}
	tables, err := a.ec2.DescribeRouteTables(a.ctx, &ec2.DescribeRouteTablesInput{})
	require.NoError(a.t, err)
	for _, table := range tables.RouteTables {
		main := len(table.Associations) > 0 && *table.Associations[0].Main
		if ours[*table.VpcId] && !main {
			add(table.RouteTableId, table.Tags)
		}
	}
	groups, err := a.ec2.DescribeSecurityGroups(a.ctx, &ec2.DescribeSecurityGroupsInput{})
	require.NoError(a.t, err)
	for _, group := range groups.SecurityGroups {
		if ours[*group.VpcId] && *group.GroupName != "default" {
			add(group.GroupId, group.Tags)
		}
	}
	gateways, err := a.ec2.DescribeInternetGateways(a.ctx, &ec2.DescribeInternetGatewaysInput{})
	require.NoError(a.t, err)
	for _, gateway := range gateways.InternetGateways {
		add(gateway.InternetGatewayId, gateway.Tags)
	}
	nats, err := a.ec2.DescribeNatGateways(a.ctx, &ec2.DescribeNatGatewaysInput{})
	require.NoError(a.t, err)
	for _, nat := range nats.NatGateways {
		if nat.State != ec2types.NatGatewayStateDeleted {
			add(nat.NatGatewayId, nat.Tags)
		}
	}
	endpoints, err := a.ec2.DescribeVpcEndpoints(a.ctx, &ec2.DescribeVpcEndpointsInput{})
	require.NoError(a.t, err)
	for _, endpoint := range endpoints.VpcEndpoints {
		// The emulator keeps deleted endpoints, and writes their state in lower case.
		if !strings.EqualFold(string(endpoint.State), string(ec2types.StateDeleted)) {
			add(endpoint.VpcEndpointId, endpoint.Tags)
		}
	}
	logs, err := a.ec2.DescribeFlowLogs(a.ctx, &ec2.DescribeFlowLogsInput{})
	require.NoError(a.t, err)
	for _, log := range logs.FlowLogs {
		add(log.FlowLogId, log.Tags)
	}
	addresses, err := a.ec2.DescribeAddresses(a.ctx, &ec2.DescribeAddressesInput{})
	require.NoError(a.t, err)
	for _, address := range addresses.Addresses {
		add(address.AllocationId, address.Tags)
	}
}

func (a *account) keysAndSecrets(found tagged) {
	a.t.Helper()
	keys, err := a.kms.ListKeys(a.ctx, &kms.ListKeysInput{})
	require.NoError(a.t, err)
	for _, key := range keys.Keys {
		described, err := a.kms.DescribeKey(a.ctx, &kms.DescribeKeyInput{KeyId: key.KeyId})
		require.NoError(a.t, err)
		if described.KeyMetadata.KeyManager != kmstypes.KeyManagerTypeCustomer ||
			described.KeyMetadata.KeyState == kmstypes.KeyStatePendingDeletion {
			continue
		}
		tags, err := a.kms.ListResourceTags(a.ctx, &kms.ListResourceTagsInput{KeyId: key.KeyId})
		require.NoError(a.t, err)
		found[*key.KeyArn] = tagsOf(tags.Tags, func(tag kmstypes.Tag) (key, value *string) { return tag.TagKey, tag.TagValue })
	}
	secrets, err := a.secretsmanager.ListSecrets(a.ctx, &secretsmanager.ListSecretsInput{})
	require.NoError(a.t, err)
	for _, secret := range secrets.SecretList {
		found[*secret.ARN] = tagsOf(secret.Tags, func(tag secretstypes.Tag) (key, value *string) { return tag.Key, tag.Value })
	}
}

// operations lists the site's logs and the topics that its alarms notify. It does not list
// the alarms, since the emulator does not support the SDK's protocol for them.
func (a *account) operations(found tagged) {
	a.t.Helper()
	groups, err := a.logs.DescribeLogGroups(a.ctx, &cloudwatchlogs.DescribeLogGroupsInput{})
	require.NoError(a.t, err)
	for _, group := range groups.LogGroups {
		arn := strings.TrimSuffix(*group.Arn, ":*")
		tags, err := a.logs.ListTagsForResource(a.ctx, &cloudwatchlogs.ListTagsForResourceInput{ResourceArn: &arn})
		require.NoError(a.t, err)
		found[arn] = tags.Tags
	}
	sources, err := a.logs.DescribeDeliverySources(a.ctx, &cloudwatchlogs.DescribeDeliverySourcesInput{})
	require.NoError(a.t, err)
	for _, source := range sources.DeliverySources {
		found[*source.Arn] = source.Tags
	}
	topics, err := a.sns.ListTopics(a.ctx, &sns.ListTopicsInput{})
	require.NoError(a.t, err)
	for _, topic := range topics.Topics {
		tags, err := a.sns.ListTagsForResource(a.ctx, &sns.ListTagsForResourceInput{ResourceArn: topic.TopicArn})
		require.NoError(a.t, err)
		found[*topic.TopicArn] = tagsOf(tags.Tags, func(tag snstypes.Tag) (key, value *string) { return tag.Key, tag.Value })
	}
}

// roles lists the account's roles, which belong to no region.
func (a *account) roles() []string {
	a.t.Helper()
	list, err := a.iam.ListRoles(a.ctx, &iam.ListRolesInput{})
	require.NoError(a.t, err)
	var names []string
	for _, role := range list.Roles {
		names = append(names, *role.RoleName)
	}
	return names
}

// databaseGroups lists the subnet groups and parameter groups of databases, without AWS's
// default groups.
func (a *account) databaseGroups(found tagged) {
	a.t.Helper()
	add := func(name, arn *string) {
		if strings.HasPrefix(*name, "default") {
			return
		}
		tags, err := a.rds.ListTagsForResource(a.ctx, &rds.ListTagsForResourceInput{ResourceName: arn})
		require.NoError(a.t, err)
		found[*arn] = rdsTags(tags.TagList)
	}
	subnets, err := a.rds.DescribeDBSubnetGroups(a.ctx, &rds.DescribeDBSubnetGroupsInput{})
	require.NoError(a.t, err)
	for _, group := range subnets.DBSubnetGroups {
		add(group.DBSubnetGroupName, group.DBSubnetGroupArn)
	}
	parameters, err := a.rds.DescribeDBParameterGroups(a.ctx, &rds.DescribeDBParameterGroupsInput{})
	require.NoError(a.t, err)
	for _, group := range parameters.DBParameterGroups {
		add(group.DBParameterGroupName, group.DBParameterGroupArn)
	}
}

// snapshots lists the manual snapshots, which a final snapshot also is. It omits snapshots
// that were taken by a schedule.
func (a *account) snapshots() []string {
	a.t.Helper()
	list, err := a.rds.DescribeDBSnapshots(a.ctx, &rds.DescribeDBSnapshotsInput{SnapshotType: aws.String("manual")})
	require.NoError(a.t, err)
	var names []string
	for _, snapshot := range list.DBSnapshots {
		names = append(names, *snapshot.DBSnapshotIdentifier)
	}
	return names
}

// buckets lists the account's buckets, in all regions.
func (a *account) buckets() []string {
	a.t.Helper()
	list, err := a.s3.ListBuckets(a.ctx, &s3.ListBucketsInput{})
	require.NoError(a.t, err)
	var names []string
	for _, bucket := range list.Buckets {
		names = append(names, *bucket.Name)
	}
	return names
}

// distributions lists the account's distributions by ID.
func (a *account) distributions() []string {
	a.t.Helper()
	list, err := a.cloudfront.ListDistributions(a.ctx, &cloudfront.ListDistributionsInput{})
	require.NoError(a.t, err)
	var ids []string
	for _, distribution := range list.DistributionList.Items {
		ids = append(ids, *distribution.Id)
	}
	return ids
}

// missing returns the first program that the suite needs and that is not on PATH, or "".
func missing() string {
	for _, program := range []string{"moto_server", "pulumi-resource-aws", "pulumi-resource-random"} {
		if _, err := exec.LookPath(program); err != nil {
			return program
		}
	}
	return ""
}
