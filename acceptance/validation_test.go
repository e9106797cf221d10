package acceptance_test

import (
	"bufio"
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"multisite/sandbox/cloud"
)

// checker is the part of a provider that refuses inputs in a preview.
type checker func(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error)

// TestValidation holds the simulated cloud to what the real provider refuses in a preview.
func TestValidation(t *testing.T) {
	t.Parallel()
	account, err := cloud.Open(t.TempDir())
	require.NoError(t, err)
	published, simulated := startProvider(t), cloud.NewProvider("aws", account).Check
	type properties = map[string]any
	for _, row := range []struct {
		token  string
		inputs properties
	}{
		{"aws:ec2/vpc:Vpc", properties{"cidrBlock": "10.0.0.0/33"}},
		{"aws:ec2/vpc:Vpc", properties{"cidrBlock": "10.0.1.0/16"}},
		{"aws:ec2/vpc:Vpc", properties{"cidrBlock": "10.0.0.0/8"}},
		{"aws:ec2/subnet:Subnet", properties{"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/33"}},
		{"aws:ec2/eip:Eip", properties{"domain": "internet"}},
		{"aws:ec2/natGateway:NatGateway", properties{"subnetId": "subnet-1", "connectivityType": "both"}},
		{"aws:ec2/route:Route", properties{"routeTableId": "rtb-1", "destinationCidrBlock": "10.0.0.0/33", "gatewayId": "igw-1"}},
		{"aws:ec2/securityGroup:SecurityGroup", properties{"name": "sg-web"}},
		{"aws:kms/key:Key", properties{"deletionWindowInDays": 6}},
		{"aws:kms/key:Key", properties{"policy": "{"}},
		{"aws:kms/alias:Alias", properties{"name": "data", "targetKeyId": "1"}},
		{"aws:rds/instance:Instance", properties{"instanceClass": "db.m7g.large", "identifier": "Upper_Case"}},
		{"aws:rds/instance:Instance", properties{"instanceClass": "db.m7g.large", "backupRetentionPeriod": 36}},
		{"aws:rds/instance:Instance", properties{"instanceClass": "db.m7g.large", "monitoringInterval": 7}},
		{"aws:rds/instance:Instance", properties{"instanceClass": "db.m7g.large", "kmsKeyId": "data"}},
		{"aws:rds/subnetGroup:SubnetGroup", properties{"name": "Upper", "subnetIds": []any{"subnet-1"}}},
		{"aws:rds/parameterGroup:ParameterGroup", properties{"name": "Upper", "family": "postgres16"}},
		{"aws:s3/bucketV2:BucketV2", properties{"bucket": strings.Repeat("a", 64)}},
		{"aws:s3/bucketPolicy:BucketPolicy", properties{"bucket": "b", "policy": "{"}},
		{"aws:s3/bucketVersioningV2:BucketVersioningV2", properties{"bucket": "b", "versioningConfiguration": properties{"status": "On"}}},
		{"aws:s3/bucketOwnershipControls:BucketOwnershipControls", properties{"bucket": "b", "rule": properties{"objectOwnership": "Nobody"}}},
		{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", properties{
			"bucket": "b", "rules": []any{properties{"applyServerSideEncryptionByDefault": properties{"sseAlgorithm": "rot13"}}},
		}},
		{"aws:cloudfront/originAccessControl:OriginAccessControl", properties{
			"originAccessControlOriginType": "s3", "signingBehavior": "sometimes", "signingProtocol": "sigv4",
		}},
		{"aws:cloudfront/originAccessControl:OriginAccessControl", properties{
			"originAccessControlOriginType": "disk", "signingBehavior": "always", "signingProtocol": "sigv4",
		}},
		{"aws:cloudfront/distribution:Distribution", distribution(properties{"priceClass": "PriceClass_300"})},
		{"aws:cloudfront/distribution:Distribution", distribution(properties{"httpVersion": "http4"})},
		{"aws:cloudfront/distribution:Distribution", distribution(properties{
			"restrictions": properties{"geoRestriction": properties{"restrictionType": "some"}},
		})},
		{"aws:secretsmanager/secret:Secret", properties{"recoveryWindowInDays": 3}},
		{"aws:secretsmanager/secret:Secret", properties{"name": "a b"}},
	} {
		refusal := check(t, published, row.token, row.inputs)
		if assert.NotEmpty(t, refusal, "the real provider takes %s %v", row.token, row.inputs) {
			assert.NotEmpty(t, check(t, simulated, row.token, row.inputs), "the real provider refuses %s %v: %s", row.token, row.inputs, refusal)
		}
	}
}

// distribution is a complete distribution but for what is given.
func distribution(given map[string]any) map[string]any {
	inputs := map[string]any{
		"enabled": true,
		"origins": []any{map[string]any{"originId": "o", "domainName": "b.s3.us-west-2.amazonaws.com"}},
		"defaultCacheBehavior": map[string]any{
			"targetOriginId": "o", "viewerProtocolPolicy": "https-only", "allowedMethods": []any{"GET", "HEAD"}, "cachedMethods": []any{"GET", "HEAD"},
		},
		"restrictions":      map[string]any{"geoRestriction": map[string]any{"restrictionType": "none"}},
		"viewerCertificate": map[string]any{"cloudfrontDefaultCertificate": true},
	}
	for name, value := range given {
		inputs[name] = value
	}
	return inputs
}

// check returns what a provider refuses.
func check(t *testing.T, provider checker, token string, inputs map[string]any) string {
	t.Helper()
	news, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(inputs), plugin.MarshalOptions{})
	require.NoError(t, err)
	response, err := provider(t.Context(), &pulumirpc.CheckRequest{
		Urn: "urn:pulumi:test::multisite::" + token + "::x", News: news, RandomSeed: []byte("seed"),
	})
	if err != nil {
		return err.Error()
	}
	var reasons []string
	for _, failure := range response.GetFailures() {
		reasons = append(reasons, failure.GetReason())
	}
	return strings.Join(reasons, "; ")
}

// startProvider runs the real provider plugin, and returns its check.
func startProvider(t *testing.T) checker {
	t.Helper()
	command := exec.CommandContext(t.Context(), "pulumi-resource-aws", "127.0.0.1:1")
	stdout, err := command.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	port, err := bufio.NewReader(stdout).ReadString('\n')
	require.NoError(t, err)
	connection, err := grpc.NewClient("127.0.0.1:"+strings.TrimSpace(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	client := pulumirpc.NewResourceProviderClient(connection)
	return func(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
		return client.Check(ctx, req)
	}
}
