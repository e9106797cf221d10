package acceptance_test

import (
	"bufio"
	"context"
	"maps"
	"os/exec"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"example.com/multisite/internal/simulation"
)

// checker is the method of a provider that refuses inputs in a preview.
type checker func(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error)

// TestValidation checks that the simulated cloud refuses in a preview the inputs that the
// real provider refuses.
func TestValidation(t *testing.T) {
	t.Parallel()
	account, err := simulation.Open(t.TempDir())
	require.NoError(t, err)
	client := startProvider(t)
	published := func(ctx context.Context, request *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
		return client.Check(ctx, request)
	}
	simulated := simulation.NewProvider("aws", account).Check
	type properties = map[string]any
	for token, row := range map[string]struct {
		valid   properties   // inputs that both accept
		invalid []properties // each with one property that the real provider refuses
	}{
		"aws:ec2/vpc:Vpc": {properties{"cidrBlock": "10.0.0.0/16"}, []properties{
			{"cidrBlock": "10.0.0.0/33"}, {"cidrBlock": "10.0.1.0/16"}, {"cidrBlock": "10.0.0.0/8"},
		}},
		"aws:ec2/subnet:Subnet":         {properties{"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/24"}, []properties{{"cidrBlock": "10.0.0.0/33"}}},
		"aws:ec2/eip:Eip":               {properties{"domain": "vpc"}, []properties{{"domain": "internet"}}},
		"aws:ec2/natGateway:NatGateway": {properties{"subnetId": "subnet-1", "allocationId": "eipalloc-1"}, []properties{{"connectivityType": "both"}}},
		"aws:ec2/route:Route": {
			properties{"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
			[]properties{{"destinationCidrBlock": "10.0.0.0/33"}},
		},
		"aws:ec2/securityGroup:SecurityGroup": {properties{}, []properties{{"name": "sg-web"}}},
		"aws:ec2/flowLog:FlowLog": {properties{"vpcId": "vpc-1", "trafficType": "ALL"}, []properties{
			{"trafficType": "SOME"}, {"maxAggregationInterval": 61},
		}},
		"aws:ec2/vpcEndpoint:VpcEndpoint": {
			properties{"vpcId": "vpc-1", "serviceName": "com.amazonaws.us-west-2.s3"}, []properties{{"vpcEndpointType": "Door"}},
		},
		"aws:cloudwatch/logGroup:LogGroup": {properties{}, []properties{{"retentionInDays": 2}, {"name": "a b"}}},
		"aws:iam/role:Role": {
			properties{"assumeRolePolicy": `{"Version": "2012-10-17", "Statement": []}`},
			[]properties{{"assumeRolePolicy": "{"}, {"maxSessionDuration": 60}, {"name": "a b"}},
		},
		"aws:kms/key:Key":     {properties{}, []properties{{"deletionWindowInDays": 6}, {"policy": "{"}}},
		"aws:kms/alias:Alias": {properties{"name": "alias/a", "targetKeyId": "1"}, []properties{{"name": "data"}}},
		"aws:rds/instance:Instance": {
			properties{"instanceClass": "db.m7g.large", "engine": "postgres", "username": "u", "allocatedStorage": 20},
			[]properties{{"identifier": "Upper_Case"}, {"backupRetentionPeriod": 36}, {"monitoringInterval": 7}, {"kmsKeyId": "data"}},
		},
		"aws:rds/subnetGroup:SubnetGroup":       {properties{"subnetIds": []any{"subnet-1"}}, []properties{{"name": "Upper"}}},
		"aws:rds/parameterGroup:ParameterGroup": {properties{"family": "postgres16"}, []properties{{"name": "Upper"}}},
		"aws:s3/bucketV2:BucketV2":              {properties{}, []properties{{"bucket": strings.Repeat("a", 64)}, {"bucketPrefix": "aws-waf-logs-"}}},
		"aws:s3/bucketPolicy:BucketPolicy":      {properties{"bucket": "bbb", "policy": `{"Statement": []}`}, []properties{{"policy": "{"}}},
		"aws:s3/bucketVersioningV2:BucketVersioningV2": {
			properties{"bucket": "bbb", "versioningConfiguration": properties{"status": "Enabled"}},
			[]properties{{"versioningConfiguration": properties{"status": "On"}}},
		},
		"aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
			properties{"bucket": "bbb", "rule": properties{"objectOwnership": "BucketOwnerEnforced"}},
			[]properties{{"rule": properties{"objectOwnership": "Nobody"}}},
		},
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
			properties{"bucket": "bbb", "rules": []any{properties{"applyServerSideEncryptionByDefault": properties{"sseAlgorithm": "AES256"}}}},
			[]properties{{"rules": []any{properties{"applyServerSideEncryptionByDefault": properties{"sseAlgorithm": "rot13"}}}}},
		},
		"aws:cloudfront/originAccessControl:OriginAccessControl": {
			properties{"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"},
			[]properties{{"signingBehavior": "sometimes"}, {"originAccessControlOriginType": "disk"}, {"signingProtocol": "sigv1"}},
		},
		"aws:cloudfront/distribution:Distribution": {
			properties{
				"enabled": true,
				"origins": []any{properties{"originId": "o", "domainName": "b.s3.us-west-2.amazonaws.com"}},
				"defaultCacheBehavior": properties{
					"targetOriginId": "o", "viewerProtocolPolicy": "https-only", "allowedMethods": []any{"GET", "HEAD"}, "cachedMethods": []any{"GET", "HEAD"},
				},
				"restrictions":      properties{"geoRestriction": properties{"restrictionType": "none"}},
				"viewerCertificate": properties{"cloudfrontDefaultCertificate": true},
			},
			[]properties{
				{"priceClass": "PriceClass_300"}, {"httpVersion": "http4"},
				{"restrictions": properties{"geoRestriction": properties{"restrictionType": "some"}}},
			},
		},
		"aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": {
			properties{"name": "h", "securityHeadersConfig": properties{"frameOptions": properties{"frameOption": "DENY", "override": true}}},
			[]properties{
				{"securityHeadersConfig": properties{"frameOptions": properties{"frameOption": "MAYBE", "override": true}}},
				{"securityHeadersConfig": properties{"referrerPolicy": properties{"referrerPolicy": "some", "override": true}}},
			},
		},
		"aws:wafv2/webAcl:WebAcl": {
			properties{
				"scope": "CLOUDFRONT", "defaultAction": properties{"allow": properties{}},
				"visibilityConfig": properties{"metricName": "m", "cloudwatchMetricsEnabled": true, "sampledRequestsEnabled": true},
			},
			[]properties{{"scope": "GLOBAL"}},
		},
		"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
			properties{"resourceArn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1", "logDestinationConfigs": []any{"arn:aws:s3:::aws-waf-logs-a"}},
			[]properties{{"logDestinationConfigs": []any{"logs"}}},
		},
		"aws:cloudwatch/metricAlarm:MetricAlarm": {
			properties{
				"name": "a", "comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "metricName": "m", "namespace": "n",
				"period": 60, "statistic": "Sum", "threshold": 1,
			},
			[]properties{{"comparisonOperator": "Above"}, {"statistic": "Median"}, {"treatMissingData": "panic"}},
		},
		"aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": {
			properties{"name": "d", "deliveryDestinationConfiguration": properties{"destinationResourceArn": "arn:aws:s3:::b"}},
			[]properties{{"outputFormat": "xml"}},
		},
		"aws:sns/topicSubscription:TopicSubscription": {
			properties{"topic": "arn:aws:sns:us-west-2:123456789012:t", "protocol": "email", "endpoint": "a@example.com"}, []properties{{"protocol": "fax"}},
		},
		"aws:acm/certificate:Certificate": {properties{"domainName": "example.com", "validationMethod": "DNS"}, []properties{{"validationMethod": "PHONE"}, {"domainName": "example.com."}}},
		"aws:route53/record:Record":       {properties{"zoneId": "Z1", "name": "a.example.com", "type": "A", "ttl": 60, "records": []any{"10.0.0.1"}}, []properties{{"type": "B"}}},
		"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": {
			properties{"bucket": "bbb", "rule": properties{"defaultRetention": properties{"mode": "GOVERNANCE", "days": 1}}},
			[]properties{{"rule": properties{"defaultRetention": properties{"mode": "STRICT", "days": 1}}}},
		},
		"aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": {
			properties{"vpcId": "vpc-1", "cidrBlock": "100.64.0.0/16"}, []properties{{"cidrBlock": "100.64.0.0/8"}},
		},
		"aws:secretsmanager/secret:Secret": {properties{}, []properties{{"recoveryWindowInDays": 3}, {"name": "a b"}}},
	} {
		assert.Empty(t, check(t, published, token, row.valid), "the real provider accepts a valid %s", token)
		assert.Empty(t, check(t, simulated, token, row.valid), "the simulated cloud accepts a valid %s", token)
		for _, change := range row.invalid {
			inputs := maps.Clone(row.valid)
			maps.Copy(inputs, change)
			if refusal := check(t, published, token, inputs); assert.NotEmpty(t, refusal, "the real provider refuses %s %v", token, change) {
				assert.NotEmpty(t, check(t, simulated, token, inputs), "the simulated cloud refuses %s %v as the real provider does: %s", token, change, refusal)
			}
		}
	}
}

// check returns the reasons for which a provider refuses inputs, or "".
func check(t *testing.T, provider checker, token string, inputs map[string]any) string {
	t.Helper()
	response, err := provider(t.Context(), &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:test::multisite::" + token + "::x", News: marshal(t, inputs), RandomSeed: []byte("seed"),
	})
	require.NoError(t, err)
	var reasons []string
	for _, failure := range response.GetFailures() {
		reasons = append(reasons, failure.GetReason())
	}
	return strings.Join(reasons, "; ")
}

// startProvider starts the real provider plugin, and returns a client for it.
func startProvider(t *testing.T) pulumirpc.ResourceProviderClient {
	t.Helper()
	command := exec.CommandContext(t.Context(), "pulumi-resource-aws", "127.0.0.1:1")
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	port, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	connection, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	return pulumirpc.NewResourceProviderClient(connection)
}
