// Package state_test tests the templates and scripts for the sites' Pulumi state.
package state_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

type object = map[string]any

type resource struct {
	Type                string `yaml:"Type"`
	DependsOn           string `yaml:"DependsOn"`
	Condition           string `yaml:"Condition"`
	DeletionPolicy      string `yaml:"DeletionPolicy"`
	UpdateReplacePolicy string `yaml:"UpdateReplacePolicy"`
	Properties          object `yaml:"Properties"`
}

// template reads backend.yaml.
func template(t *testing.T) map[string]resource {
	t.Helper()
	return resourcesOf(t, "backend.yaml")
}

// resourcesOf reads a template. It reads a CloudFormation function as its argument.
func resourcesOf(t *testing.T, file string) map[string]resource {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var content struct {
		Resources map[string]resource `yaml:"Resources"`
	}
	require.NoError(t, yaml.Unmarshal(data, &content))
	require.NotEmpty(t, content.Resources)
	return content.Resources
}

// statements returns the statements of a bucket policy by Sid.
func statements(t *testing.T, policy resource) map[string]object {
	t.Helper()
	found := map[string]object{}
	for _, s := range policy.Properties["PolicyDocument"].(object)["Statement"].([]any) {
		found[s.(object)["Sid"].(string)] = s.(object)
	}
	return found
}

// TestEveryResourceIsRetained checks that every resource is retained.
// RetainExceptOnCreate retains like Retain, except in the rollback of the operation that
// creates the resource.
func TestEveryResourceIsRetained(t *testing.T) {
	for name, r := range template(t) {
		assert.Equal(t, "RetainExceptOnCreate", r.DeletionPolicy, name)
		assert.Equal(t, "Retain", r.UpdateReplacePolicy, name)
	}
}

// TestKeysRotateAndBelongToTheAccount checks the rotation, the waiting period before deletion
// and the only principal of each key.
func TestKeysRotateAndBelongToTheAccount(t *testing.T) {
	keys := 0
	for name, r := range template(t) {
		if r.Type != "AWS::KMS::Key" {
			continue
		}
		keys++
		assert.Equal(t, true, r.Properties["EnableKeyRotation"], name)
		assert.Equal(t, 30, r.Properties["PendingWindowInDays"], name)
		list := r.Properties["KeyPolicy"].(object)["Statement"].([]any)
		require.Len(t, list, 1, name)
		assert.Equal(t, object{"AWS": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}, list[0].(object)["Principal"], name)
	}
	assert.Equal(t, 2, keys, "separate keys, so that permission to read the state does not include its secrets")
}

func TestBucketsArePrivateVersionedAndEncrypted(t *testing.T) {
	resources := template(t)
	encryption := map[string]object{
		"State": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "StateKey.Arn"},
		"Logs":  {"SSEAlgorithm": "AES256"},
	}
	for name, wanted := range encryption {
		r := resources[name]
		require.Equal(t, "AWS::S3::Bucket", r.Type)
		rules := r.Properties["BucketEncryption"].(object)["ServerSideEncryptionConfiguration"].([]any)
		require.Len(t, rules, 1, name)
		assert.Equal(t, wanted, rules[0].(object)["ServerSideEncryptionByDefault"], name)
		assert.Equal(t, object{"Status": "Enabled"}, r.Properties["VersioningConfiguration"], name)
		assert.Equal(t, object{
			"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
		}, r.Properties["PublicAccessBlockConfiguration"], name)
		assert.Equal(t, object{"Rules": []any{object{"ObjectOwnership": "BucketOwnerEnforced"}}}, r.Properties["OwnershipControls"], name)

		policy := resources[name+"Policy"]
		assert.Equal(t, name, policy.Properties["Bucket"])
		for sid, condition := range map[string]object{
			"DenyInsecureTransport": {"Bool": object{"aws:SecureTransport": "false"}},
			"DenyOldTLS":            {"NumericLessThan": object{"s3:TlsVersion": "1.2"}},
		} {
			assert.Equal(t, object{
				"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:*",
				"Resource": []any{name + ".Arn", "${" + name + ".Arn}/*"}, "Condition": condition,
			}, statements(t, policy)[sid], name)
		}
	}
}

// TestStateIsLockedAndLogged checks that versions of the state cannot be deleted for at least
// 30 days, and that access to the state is logged.
func TestStateIsLockedAndLogged(t *testing.T) {
	resources := template(t)
	state := resources["State"].Properties
	assert.Equal(t, true, state["ObjectLockEnabled"])
	retention := state["ObjectLockConfiguration"].(object)["Rule"].(object)["DefaultRetention"].(object)
	assert.Equal(t, "GOVERNANCE", retention["Mode"])
	assert.GreaterOrEqual(t, retention["Days"], 30)
	rules := state["LifecycleConfiguration"].(object)["Rules"].([]any)
	require.Len(t, rules, 1)
	assert.Greater(t, rules[0].(object)["NoncurrentVersionExpiration"].(object)["NoncurrentDays"], retention["Days"])
	assert.NotContains(t, rules[0], "ExpirationInDays", "only old versions of the state expire")

	assert.Equal(t, "Logs", state["LoggingConfiguration"].(object)["DestinationBucketName"])
	assert.Equal(t, "LogsPolicy", resources["State"].DependsOn, "S3 checks its permission to deliver logs when logging is enabled")
	assert.Equal(t, object{
		"Sid": "AccessLogs", "Effect": "Allow", "Principal": object{"Service": "logging.s3.amazonaws.com"},
		"Action": "s3:PutObject", "Resource": "${Logs.Arn}/state/*",
		"Condition": object{
			"StringEquals": object{"aws:SourceAccount": "AWS::AccountId"},
			"ArnEquals":    object{"aws:SourceArn": "arn:${AWS::Partition}:s3:::" + state["BucketName"].(string)},
		},
	}, statements(t, resources["LogsPolicy"])["AccessLogs"])
}

// TestOtherKeysAreDenied checks that the bucket policy denies uploads with another encryption
// or another key.
func TestOtherKeysAreDenied(t *testing.T) {
	found := statements(t, template(t)["StatePolicy"])
	for sid, row := range map[string]struct{ key, value string }{
		"DenyOtherEncryption": {"s3:x-amz-server-side-encryption", "aws:kms"},
		"DenyOtherKeys":       {"s3:x-amz-server-side-encryption-aws-kms-key-id", "StateKey.Arn"},
	} {
		assert.Equal(t, object{
			"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "${State.Arn}/*",
			"Condition": object{"Null": object{row.key: "false"}, "StringNotEquals": object{row.key: row.value}},
		}, found[sid])
	}
}

// TestCloudFormationReadsTheTemplate checks for YAML anchors and aliases, which
// CloudFormation does not support.
func TestCloudFormationReadsTheTemplate(t *testing.T) {
	data, err := os.ReadFile("backend.yaml")
	require.NoError(t, err)
	var document yaml.Node
	require.NoError(t, yaml.Unmarshal(data, &document))
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		assert.Empty(t, n.Anchor, "line %d", n.Line)
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(&document)
}
