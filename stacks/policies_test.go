package stacks_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// statement is a statement of an IAM policy.
type statement struct {
	Sid, Effect                 string
	Action, Principal, Resource any
	Condition                   map[string]map[string]string
}

func policyOf(t *testing.T, r engine.Resource) []statement {
	t.Helper()
	var policy struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(r.Inputs["policy"].(string)), &policy))
	return policy.Statement
}

// Principals and conditions that several policies use.
var (
	everybody = map[string]any{"AWS": "*"}
	insecure  = map[string]map[string]string{"Bool": {"aws:SecureTransport": "false"}}
	oldTLS    = map[string]map[string]string{"NumericLessThan": {"s3:TlsVersion": "1.2"}}
	ours      = map[string]map[string]string{"StringEquals": {"aws:SourceAccount": "123456789012"}}
)

func checkPolicies(t *testing.T, state map[string]engine.Resource) {
	account := statement{
		Sid: "Account", Effect: "Allow", Action: "kms:*", Resource: "*",
		Principal: map[string]any{"AWS": "arn:aws:iam::123456789012:root"},
	}
	cloudFront := map[string]any{"Service": "cloudfront.amazonaws.com"}
	assert.Equal(t, []statement{account}, policyOf(t, state["aws:kms:Key california-data"]), "CloudFront cannot use the data key")
	assert.Equal(t, []statement{account}, policyOf(t, state["aws:kms:Key california-secrets"]))
	assert.Equal(t, []statement{account, {
		Sid: "CloudWatchLogs", Effect: "Allow", Resource: "*", Principal: map[string]any{"Service": "logs.us-west-1.amazonaws.com"},
		Action: []any{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"},
		Condition: map[string]map[string]string{"ArnLike": {
			"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-west-1:123456789012:log-group:*",
		}},
	}}, policyOf(t, state["aws:kms:Key california-logs"]))
	assert.Equal(t, []statement{account, {
		Sid: "CloudFront", Effect: "Allow", Action: "kms:Decrypt", Resource: "*", Principal: cloudFront,
		Condition: map[string]map[string]string{"ArnLike": {"aws:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*"}},
	}}, policyOf(t, state["aws:kms:Key california-content"]))

	for name, key := range map[string]string{"alarms": "us-west-1", "edge-alarms": "us-east-1"} {
		topic := state["aws:sns:Topic california-"+name]
		assert.Equal(t, state["aws:kms:Key california-"+name].Outputs["arn"], topic.Inputs["kmsMasterKeyId"])
		assert.Contains(t, topic.ID, ":"+key+":")
		use := []statement{account}
		publish := []statement{{Sid: "DenyInsecureTransport", Effect: "Deny", Action: "sns:Publish", Resource: topic.ID, Principal: everybody, Condition: insecure}}
		for _, sender := range [][2]string{{"CloudWatchAlarms", "cloudwatch"}, {"DatabaseEvents", "events.rds"}} {
			principal := map[string]any{"Service": sender[1] + ".amazonaws.com"}
			use = append(use, statement{sender[0], "Allow", []any{"kms:Decrypt", "kms:GenerateDataKey*"}, principal, "*", ours})
			publish = append(publish, statement{sender[0], "Allow", "sns:Publish", principal, topic.ID, ours})
		}
		events := map[string]any{"Service": "events.amazonaws.com"}
		use = append(use, statement{"Events", "Allow", []any{"kms:Decrypt", "kms:GenerateDataKey*"}, events, "*", nil})
		publish = append(publish, statement{"Events", "Allow", "sns:Publish", events, topic.ID, nil})
		assert.Equal(t, use, policyOf(t, state["aws:kms:Key california-"+name]))
		assert.Equal(t, publish, policyOf(t, state["aws:sns:TopicPolicy california-"+name]))
	}

	logs := "arn:aws:s3:::" + state["aws:s3:BucketV2 aws-waf-logs-california"].ID
	delivery := map[string]any{"Service": "delivery.logs.amazonaws.com"}
	delivered := func(region, source string, acl ...string) map[string]map[string]string {
		when := map[string]map[string]string{"StringEquals": {"aws:SourceAccount": "123456789012"}, "ArnLike": {"aws:SourceArn": "arn:aws:logs:" + region + ":123456789012:" + source}}
		if len(acl) > 0 {
			when["StringEquals"]["s3:x-amz-acl"] = acl[0]
		}
		return when
	}
	const owner = "bucket-owner-full-control"
	assert.Equal(t, []statement{
		{"DenyInsecureTransport", "Deny", "s3:*", everybody, []any{logs, logs + "/*"}, insecure},
		{"DenyOldTLS", "Deny", "s3:*", everybody, []any{logs, logs + "/*"}, oldTLS},
		{"BucketLogs", "Allow", "s3:PutObject", map[string]any{"Service": "logging.s3.amazonaws.com"}, logs + "/*", ours},
		{"AWSLogDeliveryAclCheck1", "Allow", "s3:GetBucketAcl", delivery, logs, delivered("us-east-1", "*")},
		{"AWSLogDeliveryList", "Allow", "s3:ListBucket", delivery, logs, delivered("us-east-1", "*")},
		{"AWSLogDeliveryWrite1", "Allow", "s3:PutObject", delivery, logs + "/AWSLogs/123456789012/*", delivered("us-east-1", "*", owner)},
		{"AWSLogDeliveryWrite2", "Allow", "s3:PutObject", delivery, logs + "/AWSLogs/123456789012/CloudFront/*", delivered("us-east-1", "delivery-source:california-cdn", owner)},
		{"LoadBalancerLogs", "Allow", "s3:PutObject", map[string]any{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, logs + "/AWSLogs/123456789012/*",
			map[string]map[string]string{"ArnLike": {"aws:SourceArn": "arn:aws:elasticloadbalancing:us-west-1:123456789012:loadbalancer/*"}}},
		{"AWSLogDeliveryAclCheck2", "Allow", "s3:GetBucketAcl", delivery, logs, delivered("us-west-1", "*")},
		{"AWSLogDeliveryList2", "Allow", "s3:ListBucket", delivery, logs, delivered("us-west-1", "*")},
		{"AWSLogDeliveryWrite3", "Allow", "s3:PutObject", delivery, logs + "/AWSLogs/123456789012/*", delivered("us-west-1", "*", owner)},
	}, policyOf(t, state["aws:s3:BucketPolicy aws-waf-logs-california"]))

	for _, bucket := range []string{"ecommerce-invoices", "ecommerce-product-media", "cdn-origin"} {
		arn := "arn:aws:s3:::" + state["aws:s3:BucketV2 california-"+bucket].ID
		deny := func(sid, action string, resource any, when map[string]map[string]string) statement {
			return statement{sid, "Deny", action, everybody, resource, when}
		}
		whole := []any{arn, arn + "/*"}
		const encryption, key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"
		purpose := "data"
		if bucket == "cdn-origin" {
			purpose = "content"
		}
		keyARN := state["aws:kms:Key california-"+purpose].Outputs["arn"].(string)
		want := []statement{
			deny("DenyInsecureTransport", "s3:*", whole, insecure),
			deny("DenyOldTLS", "s3:*", whole, oldTLS),
			deny("DenyOtherEncryption", "s3:PutObject", arn+"/*", map[string]map[string]string{
				"Null": {encryption: "false"}, "StringNotEquals": {encryption: "aws:kms"},
			}),
			deny("DenyOtherKeys", "s3:PutObject", arn+"/*", map[string]map[string]string{
				"Null": {key: "false"}, "StringNotEquals": {key: keyARN},
			}),
		}
		if bucket == "cdn-origin" {
			from := map[string]map[string]string{"StringEquals": {"aws:SourceArn": state["aws:cloudfront:Distribution california-cdn"].Outputs["arn"].(string)}}
			want = append(want, statement{"CloudFront", "Allow", "s3:GetObject", cloudFront, arn + "/*", from},
				statement{"CloudFrontMissing", "Allow", "s3:ListBucket", cloudFront, arn, from})
		}
		assert.Equal(t, want, policyOf(t, state["aws:s3:BucketPolicy california-"+bucket]), bucket)
	}
}
