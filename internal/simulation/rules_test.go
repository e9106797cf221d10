package simulation

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	instance = "aws:rds/instance:Instance"
	object   = "aws:s3/bucketObjectv2:BucketObjectv2"
)

// network creates a VPC with one subnet in each of the zones a and c.
func network(c *client) (vpcID, a, b string) {
	c.t.Helper()
	vpcID = c.create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"})
	a = c.create(subnet, "a", Properties{"vpcId": vpcID, "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-west-1a"})
	b = c.create(subnet, "c", Properties{"vpcId": vpcID, "cidrBlock": "10.0.1.0/24", "availabilityZone": "us-west-1c"})
	return vpcID, a, b
}

func TestRefusals(t *testing.T) {
	for name, row := range map[string]struct {
		try     func(c *client) error
		message string
	}{
		"a type without a model": {func(c *client) error {
			_, err := c.try("aws:sqs/queue:Queue", "q", nil)
			return err
		}, "the sandbox does not model the type aws:sqs/queue:Queue: add an entry to internal/simulation/sqs.go"},
		"a reference to a missing resource": {func(c *client) error {
			_, err := c.try(subnet, "s", Properties{"vpcId": "vpc-0", "cidrBlock": "10.0.0.0/24", "availabilityZone": "us-west-1a"})
			return err
		}, "creating ec2.Subnet s: api error InvalidVpcID.NotFound: vpcId 'vpc-0' does not exist in us-west-1"},
		"a reference into another region": {func(c *client) error {
			id := c.in("us-west-2").create(vpc, "v", Properties{"cidrBlock": "10.0.0.0/16"})
			_, err := c.try(securityGroup, "s", Properties{"vpcId": id})
			return err
		}, "api error InvalidVpcID.NotFound"},
		"a reference within a list of rules": {func(c *client) error {
			id, _, _ := network(c)
			_, err := c.try(securityGroup, "s", Properties{"vpcId": id, "ingress": []any{map[string]any{"securityGroups": []any{"sg-0"}}}})
			return err
		}, "api error InvalidGroup.NotFound: ingress[].securityGroups[] 'sg-0' does not exist"},
		"deleting a resource in use": {func(c *client) error {
			id, _, _ := network(c)
			return c.delete(vpc, id)
		}, "has dependencies and cannot be deleted: ec2.Subnet subnet-"},
		"a block with host bits": {func(c *client) error {
			_, err := c.try(vpc, "v", Properties{"cidrBlock": "10.0.1.0/16"})
			return err
		}, `"10.0.1.0/16" is not a valid CIDR block; did you mean "10.0.0.0/16"?`},
		"a block that is too large": {func(c *client) error {
			_, err := c.try(vpc, "v", Properties{"cidrBlock": "10.0.0.0/8"})
			return err
		}, "must be between a /28 and a /16"},
		"a subnet outside its VPC": {func(c *client) error {
			id, _, _ := network(c)
			_, err := c.try(subnet, "s", Properties{"vpcId": id, "cidrBlock": "10.1.0.0/24", "availabilityZone": "us-west-1a"})
			return err
		}, "api error InvalidSubnet.Range"},
		"a subnet that overlaps another": {func(c *client) error {
			id, _, _ := network(c)
			_, err := c.try(subnet, "s", Properties{"vpcId": id, "cidrBlock": "10.0.0.128/25", "availabilityZone": "us-west-1a"})
			return err
		}, "api error InvalidSubnet.Conflict: The CIDR '10.0.0.128/25' conflicts"},
		"a zone that the region does not offer": {func(c *client) error {
			id, _, _ := network(c)
			_, err := c.try(subnet, "s", Properties{"vpcId": id, "cidrBlock": "10.0.2.0/24", "availabilityZone": "us-west-1b"})
			return err
		}, "Value (us-west-1b) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: [us-west-1a us-west-1c]"},
		"a second route to the same destination": {func(c *client) error {
			id, _, _ := network(c)
			table := c.create(routeTable, "t", Properties{"vpcId": id})
			route := Properties{"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", "gatewayId": c.create(gateway, "g", Properties{"vpcId": id})}
			c.create("aws:ec2/route:Route", "r", route)
			_, err := c.try("aws:ec2/route:Route", "r2", route)
			return err
		}, "api error RouteAlreadyExists"},
		"a second internet gateway": {func(c *client) error {
			id, _, _ := network(c)
			c.create(gateway, "g", Properties{"vpcId": id})
			_, err := c.try(gateway, "h", Properties{"vpcId": id})
			return err
		}, "api error Resource.AlreadyAssociated"},
		"a security group called sg-": {func(c *client) error {
			_, err := c.try(securityGroup, "s", Properties{"name": "sg-web"})
			return err
		}, "it cannot begin with sg-"},
		"databases in one zone": {func(c *client) error {
			_, a, _ := network(c)
			_, err := c.try(subnetGroup, "g", Properties{"subnetIds": []any{a}})
			return err
		}, "api error DBSubnetGroupDoesNotCoverEnoughAZs"},
		"deleting a protected database": {func(c *client) error {
			return c.delete(instance, database(c, Properties{"deletionProtection": true, "skipFinalSnapshot": true}))
		}, "api error InvalidParameterCombination: Cannot delete protected DB Instance"},
		"deleting a database without a snapshot": {func(c *client) error {
			return c.delete(instance, database(c, nil))
		}, "final_snapshot_identifier is required"},
		"deleting a subnet group in use": {func(c *client) error {
			database(c, nil)
			return c.delete(subnetGroup, "g")
		}, "api error InvalidDBSubnetGroupStateFault"},
		"an older engine version": {func(c *client) error {
			return c.modify(instance, database(c, Properties{"engineVersion": "17"}), Properties{"engineVersion": "16"})
		}, "api error InvalidParameterCombination: Cannot upgrade postgres from 17 to 16"},
		"less storage": {func(c *client) error {
			return c.modify(instance, database(c, Properties{"allocatedStorage": 200}), Properties{"allocatedStorage": 100})
		}, "api error InvalidParameterCombination: Requested storage of 100 GiB cannot be less than the current 200 GiB"},
		"maximum storage less than 10 % above the storage": {func(c *client) error {
			return c.modify(instance, database(c, Properties{"allocatedStorage": 200, "maxAllocatedStorage": 400}), Properties{"maxAllocatedStorage": 210})
		}, "api error InvalidParameterCombination: The maximum allocated storage must be increased by at least 10 percent."},
		"backups kept for too long": {func(c *client) error {
			_, err := c.try(instance, "d", Properties{"engine": "postgres", "username": "u", "allocatedStorage": 20, "backupRetentionPeriod": 36})
			return err
		}, "range (0 - 35)"},
		"a bucket name in the form of an IP address": {func(c *client) error {
			_, err := c.try(bucket, "b", Properties{"bucket": "192.168.0.1"})
			return err
		}, "invalid bucket name 192.168.0.1"},
		"a bucket with a key of another region": {func(c *client) error {
			id := c.in("us-west-2").create(kmsKey, "k", nil)
			_, err := c.try("aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "e", Properties{
				"bucket": c.create(bucket, "b", nil),
				"rules":  []any{map[string]any{"applyServerSideEncryptionByDefault": map[string]any{"kmsMasterKeyId": id}}},
			})
			return err
		}, "api error NotFoundException: rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId"},
		"a second security group of the same name": {func(c *client) error {
			id, _, _ := network(c)
			c.create(securityGroup, "s", Properties{"vpcId": id, "name": "web"})
			_, err := c.try(securityGroup, "t", Properties{"vpcId": id, "name": "web"})
			return err
		}, "api error InvalidGroup.Duplicate"},
		"a second secret of the same name": {func(c *client) error {
			c.create(secret, "s", Properties{"name": "db"})
			_, err := c.try(secret, "t", Properties{"name": "db"})
			return err
		}, "api error ResourceExistsException"},
		"deleting an internet gateway that a NAT gateway uses": {func(c *client) error {
			id, a, _ := network(c)
			g := c.create(gateway, "g", Properties{"vpcId": id})
			c.create(natGateway, "n", Properties{"subnetId": a, "allocationId": c.create(address, "a", nil)})
			return c.delete(gateway, g)
		}, "api error DependencyViolation: Network vpc-"},
		"a network without an IPv4 block": {func(c *client) error {
			_, err := c.try(vpc, "v", nil)
			return err
		}, "cidrBlock: is required"},
		"an invalid bucket name": {func(c *client) error {
			_, err := c.try(bucket, "b", Properties{"bucket": "Photos_1"})
			return err
		}, "invalid bucket name Photos_1"},
		"a bucket name taken in another region": {func(c *client) error {
			c.in("us-west-2").create(bucket, "b", Properties{"bucket": "photos"})
			_, err := c.try(bucket, "b", Properties{"bucket": "photos"})
			return err
		}, "api error BucketAlreadyExists"},
		"a bucket name taken in this region": {func(c *client) error {
			c.create(bucket, "b", Properties{"bucket": "photos"})
			_, err := c.try(bucket, "b", Properties{"bucket": "photos"})
			return err
		}, "api error BucketAlreadyOwnedByYou"},
		"deleting a bucket with objects": {func(c *client) error {
			id := c.create(bucket, "b", Properties{"bucket": "photos"})
			c.create(object, "o", Properties{"bucket": id, "key": "1.jpg"})
			return c.delete(bucket, id)
		}, "api error BucketNotEmpty: The bucket you tried to delete is not empty: photos holds 1 objects"},
		"a policy that is not JSON": {func(c *client) error {
			_, err := c.try(bucketPolicy, "p", Properties{"bucket": "photos", "policy": "{"})
			return err
		}, "policy: contains an invalid JSON policy"},
		"a policy without effect": {func(c *client) error {
			_, err := c.try(kmsKey, "k", Properties{"policy": `{"Statement": [{"Action": "kms:*"}]}`})
			return err
		}, `MalformedPolicyDocument: statement 0: Effect must be Allow or Deny, found <nil>`},
		"a deletion window of one day": {func(c *client) error {
			_, err := c.try(kmsKey, "k", Properties{"deletionWindowInDays": 1})
			return err
		}, "range (7 - 30)"},
		"a second alias of the same name": {func(c *client) error {
			key := c.create(kmsKey, "k", nil)
			c.create("aws:kms/alias:Alias", "a", Properties{"name": "alias/a", "targetKeyId": key})
			_, err := c.try("aws:kms/alias:Alias", "b", Properties{"name": "alias/a", "targetKeyId": key})
			return err
		}, "api error AlreadyExistsException"},
		"an unknown price class": {func(c *client) error {
			_, err := c.try(distribution, "d", Properties{"priceClass": "PriceClass_300"})
			return err
		}, "priceClass: expected one of"},
		"a behaviour without an origin": {func(c *client) error {
			_, err := c.try(distribution, "d", Properties{"defaultCacheBehavior": map[string]any{"targetOriginId": "x"}})
			return err
		}, "NoSuchOrigin"},
		"deleting an access control in use": {func(c *client) error {
			id := c.create(accessControl, "a", Properties{"signingBehavior": "always", "signingProtocol": "sigv4"})
			c.in("us-east-1").create(distribution, "d", Properties{"origins": []any{map[string]any{"originId": "x", "originAccessControlId": id}}})
			return c.delete(accessControl, id)
		}, "api error OriginAccessControlInUse"},
		"an alarm on DNSSEC with a period without values": {func(c *client) error {
			_, err := c.try("aws:cloudwatch/metricAlarm:MetricAlarm", "a", Properties{"metricName": "DNSSECInternalFailure", "period": 300})
			return err
		}, "period: Route 53 publishes this metric every four hours"},
		"a static parameter with immediate effect": {func(c *client) error {
			_, err := c.try(parameterGroup, "p", Properties{"family": "postgres16", "parameters": []any{
				map[string]any{"name": "shared_preload_libraries", "value": "pgaudit", "applyMethod": "immediate"},
			}})
			return err
		}, "api error InvalidParameterCombination: cannot use immediate apply method for static parameter"},
		"a third signing key": {func(c *client) error {
			id := signedZone(c, "one", "two")
			_, err := c.try(signingKey, "three", Properties{"hostedZoneId": id, "name": "three", "keyManagementServiceArn": signer(c)})
			return err
		}, "api error TooManyKeySigningKeys"},
		"deleting a signed zone's only key": {func(c *client) error {
			return c.delete(signingKey, signedZone(c, "one")+",one")
		}, "api error KeySigningKeyInUse"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, row.try(newAccount(t)), row.message)
		})
	}
}

// signedZone creates a zone that is signed with keys of the given names.
func signedZone(c *client, keys ...string) string {
	c.t.Helper()
	id := c.create(zone, "z", Properties{"name": "example.com"})
	for _, name := range keys {
		c.create(signingKey, name, Properties{"hostedZoneId": id, "name": name, "keyManagementServiceArn": signer(c)})
	}
	c.create(zoneSigning, "z", Properties{"hostedZoneId": id})
	return id
}

// signer creates a KMS key for DNSSEC and returns its ARN.
func signer(c *client) any {
	c.t.Helper()
	c = c.in("us-east-1")
	return c.read(kmsKey, c.create(kmsKey, "signer", Properties{"customerMasterKeySpec": "ECC_NIST_P256", "keyUsage": "SIGN_VERIFY"}))["arn"]
}

func TestAParameterWithItsDefaultValueAppliesAtAReboot(t *testing.T) {
	c := newAccount(t)
	id := c.create(parameterGroup, "p", Properties{"family": "postgres16", "parameters": []any{
		map[string]any{"name": "rds.force_ssl", "value": "1", "applyMethod": "immediate"},
		map[string]any{"name": "log_connections", "value": "1", "applyMethod": "immediate"},
	}})
	assert.Equal(t, []any{"pending-reboot", "immediate"}, at(c.read(parameterGroup, id), "parameters[].applyMethod"))
}

func TestLogDeliveryAddsItsStatementToTheBucketPolicy(t *testing.T) {
	c := newAccount(t)
	logs := c.create(bucket, "b", Properties{"bucket": "aws-waf-logs-x"})
	id := c.create(bucketPolicy, "b", Properties{"bucket": logs, "policy": `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*"}]}`})
	arn := c.in("us-east-1").create(webACL, "a", Properties{"name": "a", "scope": "CLOUDFRONT"})
	c.in("us-east-1").create("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "a", Properties{
		"resourceArn": c.in("us-east-1").read(webACL, arn)["arn"], "logDestinationConfigs": []any{"arn:aws:s3:::" + logs},
	})
	assert.Contains(t, c.read(bucketPolicy, id)["policy"], `"s3:x-amz-acl":"bucket-owner-full-control"`)
}

// database creates a database with additional properties, and the resources that it needs.
func database(c *client, more Properties) string {
	c.t.Helper()
	_, a, b := network(c)
	c.create(subnetGroup, "g", Properties{"name": "g", "subnetIds": []any{a, b}})
	return c.create(instance, "d", merge(Properties{
		"engine": "postgres", "username": "u", "allocatedStorage": 20, "dbSubnetGroupName": "g",
	}, more))
}

// TestGrownStorageIsKept checks that storage that RDS increased by itself keeps its size
// while the configuration still has the initial size.
func TestGrownStorageIsKept(t *testing.T) {
	c := newAccount(t)
	id := database(c, Properties{"allocatedStorage": 200, "maxAllocatedStorage": 400})
	require.NoError(t, c.modify(instance, id, Properties{"allocatedStorage": 100}))
	assert.InDelta(t, 200, c.read(instance, id)["allocatedStorage"], 0)
}

// TestReplicaHasItsPrimarysEngineVersion creates several replicas, since the order in which
// the simulated cloud sets outputs must not matter.
func TestReplicaHasItsPrimarysEngineVersion(t *testing.T) {
	c := newAccount(t)
	primary := c.read(instance, database(c, Properties{"engineVersion": "16"}))
	require.Equal(t, "16.8", primary["engineVersionActual"])
	for n := range 20 {
		name := fmt.Sprintf("r%d", n)
		id := c.create(instance, name, Properties{"identifier": name, "replicateSourceDb": primary["identifier"]})
		replica := c.read(instance, id)
		assert.Equal(t, "16", replica["engineVersion"])
		assert.Equal(t, "16.8", replica["engineVersionActual"])
	}
}

func TestAReplacementCanBeCreatedBeforeTheDeletion(t *testing.T) {
	c := newAccount(t)
	inputs := Properties{"secretId": c.create(secret, "s", nil), "secretString": "1"}
	first := c.create("aws:secretsmanager/secretVersion:SecretVersion", "v", inputs)
	assert.NotEqual(t, first, c.create("aws:secretsmanager/secretVersion:SecretVersion", "v", inputs))
}

func TestAPolicyMayHaveAStatementInsteadOfAList(t *testing.T) {
	newAccount(t).create(kmsKey, "k", Properties{"policy": `{"Statement": {"Effect": "Allow", "Action": "kms:*"}}`})
}

func TestForceDestroyDeletesTheObjects(t *testing.T) {
	c := newAccount(t)
	id := c.create(bucket, "b", Properties{"bucket": "photos", "forceDestroy": true})
	key := c.create(object, "o", Properties{"bucket": id, "key": "1.jpg"})
	require.NoError(t, c.delete(bucket, id))
	assert.Empty(t, c.read(object, key))
}

func TestGlobalResourcesAreReadFromEveryRegion(t *testing.T) {
	c := newAccount(t)
	id := c.create(accessControl, "a", Properties{"signingBehavior": "always", "signingProtocol": "sigv4"})
	assert.NotEmpty(t, c.in("us-east-1").read(accessControl, id))
}
