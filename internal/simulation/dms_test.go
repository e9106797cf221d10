package simulation

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// authority is a test certificate.
const authority = `-----BEGIN CERTIFICATE-----
MIIBijCCAS+gAwIBAgIUG0hJSM5Ss84Xw35FmkPTmpf/EIkwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYxMTIyMTc0NjAyWhgPMjEy
NjEwMjkxNzQ2MDJaMBkxFzAVBgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE7jnls9OUnqYECkiWAH8Eoz9p94aj68XEf2OFvIGZ
9CedTCft71wdPTN73dmQP5OEeRKHPuUSnSHxGMHmVqWZUaNTMFEwHQYDVR0OBBYE
FNB+I8LjE2LZoMTUuQ2UtxAsBPC3MB8GA1UdIwQYMBaAFNB+I8LjE2LZoMTUuQ2U
txAsBPC3MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAJmRyRcG
3qS65kDgBghCP5z29+iuSBfivIpTTXTf4/7FAiEAkIalSDbixrEAw1vV/+TS+vhS
TqMi1ug4mqoQ2pC0nHo=
-----END CERTIFICATE-----
`

// trusting creates a role that a service may assume, and returns its ARN.
func trusting(c *client, name, service string) string {
	c.t.Helper()
	return "arn:aws:iam::" + AccountID + ":role/" + c.create(role, name, Properties{
		"name": name, "assumeRolePolicy": `{"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "` + service + `"}}]}`,
	})
}

// replication creates a replication instance and the resources that it needs, and returns
// its ARN.
func replication(c *client) (instanceARN any) {
	c.t.Helper()
	_, a, b := network(c)
	c.create(replicationSubnetGroup, "g", Properties{"replicationSubnetGroupId": "g", "subnetIds": []any{a, b}})
	c.create(replicationInstance, "r", Properties{"replicationInstanceId": "r", "replicationInstanceClass": "dms.c6i.large", "replicationSubnetGroupId": "g"})
	return c.read(replicationInstance, "r")["replicationInstanceArn"]
}

// endpointOf creates a source or target endpoint, and returns its ARN.
func endpointOf(c *client, typ string) any {
	c.t.Helper()
	c.create(replicationEndpoint, typ, Properties{"endpointId": typ, "endpointType": typ, "engineName": "postgres"})
	return c.read(replicationEndpoint, typ)["endpointArn"]
}

// copying creates a running replication task.
func copying(c *client) {
	c.t.Helper()
	c.create(replicationTask, "t", Properties{
		"replicationTaskId": "t", "replicationInstanceArn": replication(c), "sourceEndpointArn": endpointOf(c, "source"), "targetEndpointArn": endpointOf(c, "target"),
		"migrationType": "cdc", "tableMappings": `{"rules": [{}]}`, "startReplicationTask": true,
	})
}

// transferring creates a location of each kind. The role of the bucket's location allows the
// actions, by default all that DataSync needs.
func transferring(c *client, actions ...string) (from, to string) {
	c.t.Helper()
	if actions == nil {
		actions = slices.Concat(bucketActions, sourceActions, destinationActions)
	}
	from = c.create(objectStorage, "o", Properties{"serverHostname": "h", "bucketName": "b", "agentArns": []any{"arn:aws:datasync:us-west-1:" + AccountID + ":agent/agent-0"}})
	access := trusting(c, "r", "datasync.amazonaws.com")
	c.create(rolePolicy, "r", Properties{
		"role": "r", "policy": `{"Statement": [{"Effect": "Allow", "Action": ["` + strings.Join(actions, `", "`) + `"], "Resource": "*"}]}`,
	})
	to = c.create(s3Location, "s", Properties{
		"s3BucketArn": "arn:aws:s3:::" + c.create(bucket, "b", nil), "s3Config": map[string]any{"bucketAccessRoleArn": access},
	})
	return from, to
}

func TestMigrationRefusals(t *testing.T) {
	for name, row := range map[string]struct {
		try     func(c *client) error
		message string
	}{
		"a replication subnet group in one zone": {func(c *client) error {
			_, a, _ := network(c)
			_, err := c.try(replicationSubnetGroup, "g", Properties{"replicationSubnetGroupId": "g", "subnetIds": []any{a}})
			return err
		}, "api error ReplicationSubnetGroupDoesNotCoverEnoughAZs"},
		"a second role of the same name": {func(c *client) error {
			trusting(c, "x", "dms.us-west-1.amazonaws.com")
			_, err := c.in("us-west-2").try(role, "x", Properties{"name": "x"})
			return err
		}, "api error EntityAlreadyExists"},
		"a role with another account's permissions boundary": {func(c *client) error {
			_, err := c.try(role, "x", Properties{"permissionsBoundary": "arn:aws:iam::222222222222:policy/multisite-boundary-oregon"})
			return err
		}, "api error NoSuchEntity: Scope ARN"},
		"the account's role for DMS": {func(c *client) error {
			_, err := c.try(role, "x", Properties{"name": "dms-vpc-role"})
			return err
		}, "api error EntityAlreadyExists: Role with name dms-vpc-role already exists."},
		"a replication instance with an RDS class": {func(c *client) error {
			_, err := c.try(replicationInstance, "r", Properties{"replicationInstanceId": "r", "replicationInstanceClass": "db.m7g.large", "replicationSubnetGroupId": ""})
			return err
		}, "api error InvalidParameterValueException"},
		"a replication instance called r--": {func(c *client) error {
			_, err := c.try(replicationInstance, "r", Properties{"replicationInstanceId": "r--"})
			return err
		}, "replicationInstanceId: \"r--\" is invalid"},
		"an endpoint with two sets of credentials": {func(c *client) error {
			_, err := c.try(replicationEndpoint, "e", Properties{"secretsManagerArn": "s", "secretsManagerAccessRoleArn": "r", "password": "p"})
			return err
		}, "password: conflicts with secretsManagerArn"},
		"an endpoint with a secret and no role": {func(c *client) error {
			_, err := c.try(replicationEndpoint, "e", Properties{"secretsManagerArn": "s"})
			return err
		}, "secretsManagerAccessRoleArn: is required with secretsManagerArn"},
		"an endpoint whose role trusts another region": {func(c *client) error {
			_, err := c.try(replicationEndpoint, "e", Properties{
				"endpointId": "e", "secretsManagerArn": c.create(secret, "s", nil), "secretsManagerAccessRoleArn": trusting(c, "r", "dms.us-west-2.amazonaws.com"),
			})
			return err
		}, "does not trust dms.us-west-1.amazonaws.com"},
		"an endpoint that verifies without a certificate": {func(c *client) error {
			_, err := c.try(replicationEndpoint, "e", Properties{"endpointId": "e", "sslMode": "verify-full"})
			return err
		}, "SSL mode verify-full requires a certificate"},
		"an invalid certificate": {func(c *client) error {
			_, err := c.try(replicationCertificate, "c", Properties{"certificateId": "c", "certificatePem": "x"})
			return err
		}, "api error InvalidCertificateFault"},
		"a task whose source is a target endpoint": {func(c *client) error {
			target := endpointOf(c, "target")
			_, err := c.try(replicationTask, "t", Properties{"replicationTaskId": "t", "replicationInstanceArn": replication(c), "sourceEndpointArn": target, "targetEndpointArn": target})
			return err
		}, "The endpoint target is not a source endpoint"},
		"a task whose secret has no value": {func(c *client) error {
			c.create(replicationEndpoint, "source", Properties{
				"endpointId": "source", "endpointType": "source", "engineName": "postgres",
				"secretsManagerArn": c.create(secret, "s", nil), "secretsManagerAccessRoleArn": trusting(c, "r", "dms.us-west-1.amazonaws.com"),
			})
			_, err := c.try(replicationTask, "t", Properties{
				"replicationTaskId": "t", "replicationInstanceArn": replication(c), "sourceEndpointArn": c.read(replicationEndpoint, "source")["endpointArn"],
				"targetEndpointArn": endpointOf(c, "target"), "tableMappings": `{"rules": [{}]}`, "startReplicationTask": true,
			})
			return err
		}, "api error InvalidResourceStateFault: Test connection for replication instance and endpoint should be successful"},
		"an endpoint that changes while its task runs": {func(c *client) error {
			copying(c)
			require.NoError(c.t, c.modify(replicationEndpoint, "source", Properties{"tags": Properties{"a": "b"}}))
			require.NoError(c.t, c.modify(replicationEndpoint, "source", Properties{"databaseName": "other", "pauseReplicationTasks": true}), "the provider stops the task")
			return c.modify(replicationEndpoint, "source", Properties{"databaseName": "another", "pauseReplicationTasks": false})
		}, "api error InvalidResourceStateFault: Endpoint source is part of the replication task t"},
		"a change of a task's type": {func(c *client) error {
			copying(c)
			return c.modify(replicationTask, "t", Properties{"migrationType": "full-load"})
		}, "The migration type of the replication task t cannot be changed"},
		"a task without tables": {func(c *client) error {
			_, err := c.try(replicationTask, "t", Properties{
				"replicationTaskId": "t", "replicationInstanceArn": replication(c), "sourceEndpointArn": endpointOf(c, "source"), "targetEndpointArn": endpointOf(c, "target"), "tableMappings": "{}",
			})
			return err
		}, "no selection rule"},
		"a task with settings that are not JSON": {func(c *client) error {
			_, err := c.try(replicationTask, "t", Properties{"replicationTaskSettings": "{"})
			return err
		}, "contains an invalid JSON"},
		"deleting an endpoint in use": {func(c *client) error {
			copying(c)
			return c.delete(replicationEndpoint, "source")
		}, "api error InvalidResourceStateFault"},
		"deleting a replication instance in use": {func(c *client) error {
			copying(c)
			return c.delete(replicationInstance, "r")
		}, "api error InvalidResourceStateFault"},
		"an agent of another region": {func(c *client) error {
			_, err := c.in("us-west-2").try(objectStorage, "o", Properties{"agentArns": []any{"arn:aws:datasync:us-west-1:" + AccountID + ":agent/agent-0"}})
			return err
		}, "api error InvalidRequestException: Agent arn:aws:datasync:us-west-1"},
		"an object store's certificate in Base64": {func(c *client) error {
			_, err := c.try(objectStorage, "o", Properties{
				"serverHostname": "h", "bucketName": "b", "serverCertificate": base64.StdEncoding.EncodeToString([]byte(authority)),
			})
			return err
		}, "ServerCertificate: it must be certificates in PEM format"},
		"certificates of more than 32 KiB for an object store": {func(c *client) error {
			_, err := c.try(objectStorage, "o", Properties{"serverHostname": "h", "bucketName": "b", "serverCertificate": strings.Repeat(authority, 60)})
			return err
		}, "of at most 32768 bytes"},
		"a destination that DataSync may not write to": {func(c *client) error {
			from, to := transferring(c, slices.Concat(bucketActions, sourceActions)...)
			_, err := c.try(transfer, "t", Properties{"sourceLocationArn": from, "destinationLocationArn": to})
			return err
		}, "DataSync location access test failed: could not perform s3:AbortMultipartUpload in bucket"},
		"a source whose versions DataSync may not read": {func(c *client) error {
			from, to := transferring(c, append(slices.Clone(bucketActions), "s3:GetObject", "s3:GetObjectTagging")...)
			_, err := c.try(transfer, "t", Properties{"sourceLocationArn": to, "destinationLocationArn": from})
			return err
		}, "could not perform s3:GetObjectVersion in bucket"},
		"enhanced mode with an agent": {func(c *client) error {
			from, to := transferring(c)
			_, err := c.try(transfer, "t", Properties{"sourceLocationArn": from, "destinationLocationArn": to, "taskMode": "ENHANCED"})
			return err
		}, "Enhanced mode is not supported"},
		"a bucket whose role does not trust DataSync": {func(c *client) error {
			_, err := c.try(s3Location, "s", Properties{
				"s3BucketArn": "arn:aws:s3:::" + c.create(bucket, "b", nil), "s3Config": map[string]any{"bucketAccessRoleArn": trusting(c, "r", "s3.amazonaws.com")},
			})
			return err
		}, "DataSync location access test failed"},
		"a transfer with neither end in AWS": {func(c *client) error {
			from, _ := transferring(c)
			_, err := c.try(transfer, "t", Properties{"sourceLocationArn": from, "destinationLocationArn": from})
			return err
		}, "neither lies in AWS"},
		"a transfer to a missing location": {func(c *client) error {
			from, _ := transferring(c)
			_, err := c.try(transfer, "t", Properties{"sourceLocationArn": from, "destinationLocationArn": "loc-0"})
			return err
		}, "Location loc-0 is not found"},
		"a log that DataSync may not write": {func(c *client) error {
			from, to := transferring(c)
			_, err := c.try(transfer, "t", Properties{"sourceLocationArn": from, "destinationLocationArn": to, "cloudwatchLogGroupArn": "g"})
			return err
		}, "no permission to write to the log group"},
		"deleting a location in use": {func(c *client) error {
			from, to := transferring(c)
			c.create(transfer, "t", Properties{"sourceLocationArn": to, "destinationLocationArn": from})
			return c.delete(objectStorage, from)
		}, "is in use by task"},
		"an eleventh resource policy for logs": {func(c *client) error {
			for _, name := range "abcdefghij" {
				c.create(logResourcePolicy, string(name), Properties{"policyName": string(name)})
			}
			_, err := c.try(logResourcePolicy, "k", Properties{"policyName": "k"})
			return err
		}, "api error LimitExceededException"},
		"deleting a rule with targets": {func(c *client) error {
			rule := c.create(eventRule, "r", Properties{"eventPattern": "{}"})
			c.create("aws:cloudwatch/eventTarget:EventTarget", "t", Properties{"rule": rule, "targetId": "t", "arn": c.create(topic, "t", nil)})
			return c.delete(eventRule, rule)
		}, "api error ValidationException"},
		"a target with a role for another service": {func(c *client) error {
			_, err := c.try("aws:cloudwatch/eventTarget:EventTarget", "t", Properties{
				"rule": c.create(eventRule, "r", Properties{"eventPattern": "{}"}), "targetId": "t", "arn": c.create(topic, "t", nil), "roleArn": trusting(c, "r", "s3.amazonaws.com"),
			})
			return err
		}, "cannot be assumed by principal 'events.amazonaws.com'"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.ErrorContains(t, row.try(newAccount(t)), row.message)
		})
	}
}
