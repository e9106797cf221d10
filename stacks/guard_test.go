package stacks_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/engine"
)

// properties holds a resource's inputs.
type properties = map[string]any

// statements returns a policy document.
func statements(list ...properties) string {
	document, _ := json.Marshal(properties{"Version": "2012-10-17", "Statement": list})
	return string(document)
}

const (
	key          = "the key" // of the resources that testdata/breaker declares
	oregonBucket = "arn:aws:s3:::oregon-mi-cloud-photos-0123456"
)

var tlsOnly = properties{
	"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": oregonBucket,
	"Condition": properties{"Bool": properties{"aws:SecureTransport": "false"}},
}

// with returns a copy of an object with changes. A nil value removes a property.
func with(object properties, changes properties) properties {
	changed := properties{}
	for _, from := range []properties{object, changes} {
		for name, value := range from {
			changed[name] = value
			if value == nil {
				delete(changed, name)
			}
		}
	}
	return changed
}

var (
	instance = properties{
		"identifier": "oregon-mi-cloud", "instanceClass": "db.m7g.large", "engine": "postgres", "allocatedStorage": 20, "username": "u", "password": "p",
		"storageEncrypted": true, "kmsKeyId": key, "publiclyAccessible": false, "deletionProtection": true, "parameterGroupName": "the parameter group",
		"backupRetentionPeriod": 35, "deleteAutomatedBackups": false, "finalSnapshotIdentifier": "final",
	}
	distribution = properties{
		"enabled": true, "viewerCertificate": properties{"cloudfrontDefaultCertificate": true},
		"restrictions":         properties{"geoRestriction": properties{"restrictionType": "none"}},
		"origins":              []any{properties{"originId": "o", "domainName": "content.s3.us-west-2.amazonaws.com"}},
		"defaultCacheBehavior": properties{"viewerProtocolPolicy": "https-only", "targetOriginId": "o", "allowedMethods": []string{"GET"}, "cachedMethods": []string{"GET"}},
	}
	replication = func(to properties) properties {
		return properties{"bucket": "the bucket", "role": "the role's ARN", "rules": []any{properties{"status": "Enabled", "destination": to}}}
	}
	inbound = func(rule properties) properties {
		return properties{"vpcId": "the VPC", "ingress": []any{with(properties{"protocol": "tcp", "fromPort": 443, "toPort": 443}, rule)}}
	}
	trust = func(principal any) properties {
		return properties{
			"assumeRolePolicy":    statements(properties{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}),
			"permissionsBoundary": guardrails.Boundary("123456789012", "oregon"),
		}
	}
	everyoneMay = properties{"Effect": "Allow", "Action": "s3:GetObject", "Resource": oregonBucket + "/*", "Principal": "*"}
)

// broken holds resources that each break exactly one rule. Together, broken, brokenCopies and
// brokenOptions break every rule.
var broken = []breach{
	{"provider", declared{Type: "pulumi:providers:aws", Name: "other", Inputs: properties{"region": "eu-west-1", "defaultTags": properties{"tags": properties{"Site": "oregon"}}}},
		`residency: pulumi:providers:aws other: region: rule provider: found eu-west-1; allowed: us-west-2, or us-east-1 for the CDN`},
	{"provider", declared{Type: "pulumi:providers:gcp", Name: "other"},
		`residency: pulumi:providers:gcp other: type: rule provider: found gcp; allowed: a provider of the packages aws, localdc, random`},
	{"provider", declared{Type: "pulumi:providers:localdc", Name: "other", Inputs: properties{"site": "brazil"}},
		`residency: pulumi:providers:localdc other: site: rule provider: found brazil; allowed: oregon`},
	{"region", declared{Type: "aws:ec2/eip:Eip", Name: "oregon-x", Edge: true},
		`residency: aws:ec2:Eip oregon-x: provider: rule region: found us-east-1; allowed: us-west-2; us-east-1 is only for the CDN, DNS and the resources that they need`},
	{"partition", declared{Type: "aws:sns/topicSubscription:TopicSubscription", Name: "oregon-x", Inputs: properties{"topic": "arn:aws-cn:sns:cn-north-1:123456789012:beijing", "protocol": "email", "endpoint": "a@b.c"}},
		`residency: aws:sns:TopicSubscription oregon-x: topic: rule partition: found arn:aws-cn; allowed: the partition aws, which has no regions in mainland China`},
	{"account", declared{Type: "aws:iam/role:Role", Name: "oregon-x", Inputs: trust(properties{"AWS": "arn:aws:iam::210987654321:root"})},
		`residency: aws:iam:Role oregon-x: assumeRolePolicy: rule account: found 210987654321; allowed: the site's account, 123456789012`},
	{"account", declared{Type: "aws:iam/role:Role", Name: "oregon-x", Inputs: trust(properties{"AWS": "210987654321"})},
		`residency: aws:iam:Role oregon-x: assumeRolePolicy.Statement[0]: rule account: found the principal 210987654321; allowed: the site's account, 123456789012`},
	{"account", declared{Type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig", Name: "oregon-mi-cloud-photos", Inputs: replication(properties{
		"bucket": "arn:aws:s3:::x", "account": "210987654321", "encryptionConfiguration": properties{"replicaKmsKeyId": key},
	})}, `residency: aws:s3:BucketReplicationConfig oregon-mi-cloud-photos: rules[0].destination.account: rule account: found 210987654321; allowed: the site's account, 123456789012`},
	{"flow", declared{Type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig", Name: "oregon-mi-cloud-photos", Inputs: replication(properties{
		"bucket": "arn:aws:s3:::x", "encryptionConfiguration": properties{"replicaKmsKeyId": "arn:aws:kms:ap-southeast-1:123456789012:key/1"},
	})}, `residency: aws:s3:BucketReplicationConfig oregon-mi-cloud-photos: rules[0].destination.encryptionConfiguration.replicaKmsKeyId: rule flow: found ap-southeast-1 (singapore); ` +
		`allowed: flows that register/residency/residency.yaml has; it has none from oregon to singapore of backups, keys, operational-logs, user-storage of BR (LGPD art. 33, ANPD Resolution 19/2024); ` +
		`backups, keys, operational-logs, user-storage of MX (LFPDPPP of 2025)`},
	{"flow", declared{Type: "aws:s3/bucketReplicationConfig:BucketReplicationConfig", Name: "oregon-mi-cloud-photos", Inputs: replication(properties{"bucket": "arn:aws:s3:::x"})},
		`residency: aws:s3:BucketReplicationConfig oregon-mi-cloud-photos: rules[].destination.encryptionConfiguration.replicaKmsKeyId: rule flow: found nothing; allowed: the ARN of the key that encrypts the copies, which names their region`},
	{"type", declared{Type: "aws:rds/snapshotCopy:SnapshotCopy", Name: "oregon-mi-account", Inputs: properties{
		"sourceDbSnapshotIdentifier": "s", "targetDbSnapshotIdentifier": "t", "destinationRegion": "eu-west-1",
	}}, `residency: aws:rds:SnapshotCopy oregon-mi-account: type: rule type: found aws:rds/snapshotCopy:SnapshotCopy; allowed: types with a row in internal/awstypes`},
	{"flow", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{
		"replicateSourceDb": "arn:aws:rds:ap-southeast-1:123456789012:db:d", "username": nil, "password": nil, "engine": nil, "allocatedStorage": nil,
	})}, `replicateSourceDb: rule flow: found ap-southeast-1 (singapore); allowed: flows that register/residency/residency.yaml has; it has none from singapore to oregon of `},
	{"property", declared{Type: "aws:s3/bucketLoggingV2:BucketLoggingV2", Name: "oregon-x", Inputs: properties{"bucket": "the bucket", "targetBucket": "elsewhere", "targetPrefix": "p"}},
		`residency: aws:s3:BucketLoggingV2 oregon-x: targetBucket: rule property: found elsewhere; allowed: the aws:s3:BucketV2 of this stack`},
	{"flow", declared{Type: "aws:ec2/flowLog:FlowLog", Name: "oregon-x", Inputs: properties{"vpcId": "the VPC", "trafficType": "ALL", "iamRoleArn": "the role's ARN", "logDestination": "arn:aws:logs:us-west-1:123456789012:log-group:g"}},
		`logDestination: rule flow: found us-west-1 (california); allowed: flows that register/residency/residency.yaml has; it has none from oregon to california of account-identity, backups, keys, operational-logs, push-messaging, user-storage of BR `},
	{"flow", declared{Type: "aws:cloudfront/distribution:Distribution", Name: "oregon-cdn", Edge: true, Inputs: with(distribution, properties{
		"origins": []any{properties{"originId": "o", "domainName": "content.s3.eu-west-1.amazonaws.com"}},
	})}, `origins[0].domainName: rule flow: found eu-west-1; allowed: flows that register/residency/residency.yaml has; it has none from a place that is no site to oregon of account-identity, `},
	{"flow", declared{Type: "aws:cloudfront/distribution:Distribution", Name: "oregon-cdn", Edge: true, Inputs: with(distribution, properties{
		"origins": []any{properties{"originId": "o", "domainName": "shop.example.com"}},
	})}, `origins[].domainName: rule flow: found shop.example.com; allowed: the host of a bucket with its region, BUCKET.s3.REGION.amazonaws.com`},
	{"flow", declared{Type: "aws:secretsmanager/secret:Secret", Name: "oregon-mi-cloud", Protect: true, Inputs: properties{"kmsKeyId": key, "replicas": []any{properties{"region": "us-west-1"}}}},
		`replicas[0].region: rule flow: found us-west-1 (california); allowed: flows that register/residency/residency.yaml has; it has none from oregon to california of backups, keys, operational-logs, user-storage of BR `},
	{"flow", declared{Type: "aws:kms/key:Key", Name: "oregon-x", Protect: true, Inputs: properties{"enableKeyRotation": true, "multiRegion": true}},
		`residency: aws:kms:Key oregon-x: multiRegion: rule flow: found true; allowed: single-region keys: a replica of a multi-region key can decrypt the site's data elsewhere`},
	{"property", declared{Type: "aws:cloudfront/distribution:Distribution", Name: "oregon-cdn", Edge: true, Inputs: with(distribution, properties{
		"loggingConfig": properties{"bucket": "elsewhere.s3.amazonaws.com"},
	})}, `residency: aws:cloudfront:Distribution oregon-cdn: loggingConfig.bucket: rule property: found an input without a meaning; allowed: inputs that the row of the type lists in internal/awstypes`},
	{"property", declared{Type: "aws:iam/rolePolicy:RolePolicy", Name: "oregon-x", Inputs: properties{"role": "the role", "policy": statements(properties{
		"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::elsewhere/*",
	})}}, `residency: aws:iam:RolePolicy oregon-x: policy.Statement[0].Resource: rule property: found arn:aws:s3:::elsewhere/*; allowed: resources of this stack`},
	{"encryption", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"storageEncrypted": false})},
		`guardrail: aws:rds:Instance oregon-mi-cloud: storageEncrypted: rule encryption: found false; allowed: true`},
	{"encryption", declared{Type: "aws:sns/topic:Topic", Name: "oregon-x", Inputs: properties{"kmsMasterKeyId": "alias/aws/sns"}},
		`guardrail: aws:sns:Topic oregon-x: kmsMasterKeyId: rule encryption: found alias/aws/sns; allowed: a key of the site`},
	{"encryption", declared{Type: "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", Name: "oregon-x", Inputs: properties{
		"bucket": "the bucket", "rules": []any{properties{"applyServerSideEncryptionByDefault": properties{"sseAlgorithm": "AES256", "kmsMasterKeyId": key}}},
	}}, `sseAlgorithm: rule encryption: found AES256; allowed: aws:kms`},
	{"encryption", declared{Type: "aws:kms/key:Key", Name: "oregon-x", Protect: true, Inputs: properties{"enableKeyRotation": false}},
		`guardrail: aws:kms:Key oregon-x: enableKeyRotation: rule encryption: found false; allowed: true`},
	{"tls", declared{Type: "aws:s3/bucketPolicy:BucketPolicy", Name: "oregon-x", Inputs: properties{"bucket": "the bucket", "policy": statements(with(tlsOnly, properties{"Principal": properties{"AWS": "the role's ARN"}}))}},
		`guardrail: aws:s3:BucketPolicy oregon-x: policy: rule tls: found no statement that denies requests without TLS; allowed: Deny for every principal where aws:SecureTransport is false`},
	{"tls", declared{Type: "aws:rds/parameterGroup:ParameterGroup", Name: "oregon-x", Inputs: properties{"family": "postgres16", "parameters": []any{properties{"name": "rds.force_ssl", "value": "0"}}}},
		`guardrail: aws:rds:ParameterGroup oregon-x: parameters: rule tls: found no rds.force_ssl; allowed: rds.force_ssl = 1`},
	{"tls", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"parameterGroupName": nil})},
		`parameterGroupName: rule tls: found nothing; allowed: a parameter group that requires TLS`},
	{"tls", declared{Type: "aws:lb/listener:Listener", Name: "oregon-x", Inputs: properties{"port": 80, "protocol": "HTTP", "defaultActions": []any{
		properties{"type": "fixed-response", "fixedResponse": properties{"contentType": "text/plain", "statusCode": "404"}}}}},
		`guardrail: aws:lb:Listener oregon-x: defaultActions[].type: rule tls: found fixed-response; allowed: redirect: a listener without TLS redirects to port 443`},
	{"tls", declared{Type: "aws:lb/listener:Listener", Name: "oregon-y", Inputs: properties{"port": 443, "protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"}},
		`guardrail: aws:lb:Listener oregon-y: sslPolicy: rule tls: found ELBSecurityPolicy-2016-08; allowed: ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09, `},
	{"property", declared{Type: "aws:lb/listener:Listener", Name: "oregon-z", Inputs: properties{"port": 80, "protocol": "HTTP", "defaultActions": []any{
		properties{"type": "redirect", "redirect": properties{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301", "host": "elsewhere.example.com"}}}}},
		`residency: aws:lb:Listener oregon-z: defaultActions[0].redirect.host: rule property: found elsewhere.example.com; allowed: #{host}`},
	{"property", declared{Type: "aws:ecs/taskDefinition:TaskDefinition", Name: "oregon-x", Inputs: properties{"family": "oregon-x", "containerDefinitions": `[{"name":"x","image":"registry.example.com/x"}]`}},
		`residency: aws:ecs:TaskDefinition oregon-x: containerDefinitions[0].image: rule property: found registry.example.com/x; allowed: an image in the registry of the site`},
	{"companions", declared{Type: "aws:lb/loadBalancer:LoadBalancer", Name: "oregon-x", Protect: true, Inputs: properties{"enableDeletionProtection": true}},
		`guardrail: aws:lb:LoadBalancer oregon-x: companions: rule companions: found nothing; allowed: aws:wafv2:WebAclAssociation oregon-x`},
	{"tls", declared{Type: "aws:cloudfront/distribution:Distribution", Name: "oregon-cdn", Edge: true, Inputs: with(distribution, properties{
		"defaultCacheBehavior": with(distribution["defaultCacheBehavior"].(properties), properties{"viewerProtocolPolicy": "allow-all"}),
	})}, `defaultCacheBehavior.viewerProtocolPolicy: rule tls: found allow-all; allowed: https-only`},
	{"public", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"publiclyAccessible": true})},
		`guardrail: aws:rds:Instance oregon-mi-cloud: publiclyAccessible: rule public: found true; allowed: false`},
	{"public", declared{Type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", Name: "oregon-x", Inputs: properties{
		"bucket": "the bucket", "blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true,
	}}, `guardrail: aws:s3:BucketPublicAccessBlock oregon-x: restrictPublicBuckets: rule public: found nothing; allowed: true`},
	{"principal", declared{Type: "aws:s3/bucketPolicy:BucketPolicy", Name: "oregon-x", Inputs: properties{"bucket": "the bucket", "policy": statements(tlsOnly, everyoneMay)}},
		`guardrail: aws:s3:BucketPolicy oregon-x: policy.Statement[1]: rule principal: found Allow for every principal; allowed: named principals, or a condition`},
	{"principal", declared{Type: "aws:s3/bucketPolicy:BucketPolicy", Name: "oregon-x", Inputs: properties{"bucket": "the bucket", "policy": statements(tlsOnly,
		with(everyoneMay, properties{"Condition": properties{"Bool": properties{"aws:SecureTransport": "true"}}}))}},
		`policy.Statement[1]: rule principal: found Allow for every principal; allowed: named principals, or a condition on the site's account`},
	{"principal", declared{Type: "aws:s3/bucketPolicy:BucketPolicy", Name: "oregon-x", Inputs: properties{"bucket": "the bucket", "policy": statements(tlsOnly,
		with(everyoneMay, properties{"Condition": properties{"StringEqualsIfExists": properties{"aws:PrincipalAccount": "123456789012"}}}))}},
		`policy.Statement[1]: rule principal: found Allow for every principal`},
	{"rights", declared{Type: "aws:iam/rolePolicy:RolePolicy", Name: "oregon-x", Inputs: properties{"role": "the role", "policy": statements(properties{"Effect": "Allow", "Action": []string{"rds:*"}, "Resource": "*"})}},
		`policy.Statement[0]: rule rights: found Action rds:* on Resource *; allowed: named actions and resources`},
	{"rights", declared{Type: "aws:iam/rolePolicy:RolePolicy", Name: "oregon-x", Inputs: properties{"role": "the role", "policy": statements(properties{"Effect": "Allow", "Action": []string{"s3:GetObject", "*"}, "Resource": "*"})}},
		`guardrail: aws:iam:RolePolicy oregon-x: policy.Statement[0]: rule rights: found Action * on Resource *; allowed: named actions and resources`},
	{"rights", declared{Type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", Name: "oregon-x", Inputs: properties{"role": "the role", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}},
		`policyArn: rule rights: found arn:aws:iam::aws:policy/AdministratorAccess; allowed: a policy that grants only the actions needed`},
	{"boundary", declared{Type: "aws:iam/role:Role", Name: "oregon-x", Inputs: properties{"assumeRolePolicy": statements(properties{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": properties{"Service": "s3.amazonaws.com"}})}},
		`guardrail: aws:iam:Role oregon-x: permissionsBoundary: rule boundary: found nothing; allowed: the site's boundary, arn:aws:iam::123456789012:policy/multisite-boundary-oregon`},
	{"boundary", declared{Type: "aws:iam/role:Role", Name: "oregon-x", Inputs: properties{"assumeRolePolicy": statements(properties{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": properties{"Service": "s3.amazonaws.com"}}), "permissionsBoundary": "arn:aws:iam::123456789012:policy/multisite-boundary-california"}},
		`permissionsBoundary: rule boundary: found arn:aws:iam::123456789012:policy/multisite-boundary-california; allowed: the site's boundary, `},
	{"ingress", declared{Type: "aws:ec2/securityGroup:SecurityGroup", Name: "oregon-private", Inputs: inbound(properties{"cidrBlocks": []string{"0.0.0.0/0"}})},
		`guardrail: aws:ec2:SecurityGroup oregon-private: ingress[]: rule ingress: found 0.0.0.0/0; allowed: security groups and private blocks; public blocks only on ports 80 and 443 of the group SITE-network-public`},
	{"ingress", declared{Type: "aws:ec2/securityGroup:SecurityGroup", Name: "oregon-network-public", Inputs: inbound(properties{"fromPort": 22, "toPort": 22, "ipv6CidrBlocks": []string{"::/0"}})},
		`guardrail: aws:ec2:SecurityGroup oregon-network-public: ingress[]: rule ingress: found ::/0; allowed: `},
	{"egress", declared{Type: "aws:ec2/securityGroup:SecurityGroup", Name: "oregon-workloads", Inputs: properties{"vpcId": "the VPC", "egress": []any{
		properties{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": []string{"10.16.0.0/16", "0.0.0.0/0"}},
	}}}, `guardrail: aws:ec2:SecurityGroup oregon-workloads: egress[]: rule egress: found 0.0.0.0/0; allowed: security groups, private blocks, and for workloads the blocks in multisite:network.egress`},
	{"flow", declared{Type: "aws:wafv2/webAcl:WebAcl", Name: "oregon-cdn", Edge: true, Inputs: properties{
		"scope": "CLOUDFRONT", "defaultAction": properties{"allow": properties{}},
		"visibilityConfig": properties{"metricName": "m", "cloudwatchMetricsEnabled": true, "sampledRequestsEnabled": true},
	}}, `residency: aws:wafv2:WebAcl oregon-cdn: visibilityConfig.sampledRequestsEnabled: rule flow: found true; allowed: false: AWS WAF stores samples of requests in the firewall's region`},
	{"retention", declared{Type: "aws:cloudwatch/logGroup:LogGroup", Name: "oregon-x", Inputs: properties{"kmsKeyId": key}},
		`guardrail: aws:cloudwatch:LogGroup oregon-x: retentionInDays: rule retention: found nothing; allowed: 1 day or more; without a number, CloudWatch Logs never deletes logs`},
	{"protection", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"deletionProtection": nil})},
		`guardrail: aws:rds:Instance oregon-mi-cloud: deletionProtection: rule protection: found nothing; allowed: true, unless the configuration allows the deletion`},
	{"protection", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"finalSnapshotIdentifier": nil, "skipFinalSnapshot": true})},
		`finalSnapshotIdentifier: rule protection: found nothing; allowed: a name, with skipFinalSnapshot not set`},
	{"protection", declared{Type: "aws:kms/key:Key", Name: "oregon-x", Inputs: properties{"enableKeyRotation": true}},
		`guardrail: aws:kms:Key oregon-x: protect: rule protection: found false; allowed: true, unless the configuration allows the deletion`},
	{"backups", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"backupRetentionPeriod": 1})},
		`guardrail: aws:rds:Instance oregon-mi-cloud: backupRetentionPeriod: rule backups: found 1; allowed: 7 days or more`},
	{"backups", declared{Type: "aws:rds/instance:Instance", Name: "oregon-mi-cloud", Protect: true, Inputs: with(instance, properties{"deleteAutomatedBackups": nil})},
		`deleteAutomatedBackups: rule backups: found nothing; allowed: false, so that backups outlive the database`},
	{"tags", declared{Type: "pulumi:providers:aws", Name: "other", Inputs: properties{"region": "us-west-2"}},
		`guardrail: pulumi:providers:aws other: defaultTags.Site: rule tags: found nothing; allowed: oregon`},
	{"companions", declared{Type: "aws:s3/bucketV2:BucketV2", Name: "oregon-x", Protect: true},
		`guardrail: aws:s3:BucketV2 oregon-x: companions: rule companions: found nothing; allowed: aws:s3:BucketPolicy oregon-x`},
}

// TestGuardrails runs a program whose resources break rules, on the real engine.
func TestGuardrails(t *testing.T) {
	t.Parallel()
	program := engine.Build(t, "example.com/multisite/stacks/testdata/breaker")
	tested := map[string]bool{}
	for i, rows := range together(slices.Concat(broken, brokenCopies, brokenOptions)) {
		var resources []declared
		for _, row := range rows {
			tested[row.rule] = true
			resources = append(resources, row.resource)
		}
		t.Run(fmt.Sprint("together ", i), func(t *testing.T) {
			t.Parallel()
			output, err := guarded(t, program, nil, resources...).Try("preview", "--stack", "oregon")
			require.Error(t, err, "a preview that breaks a rule fails")
			lines := reports(output)
			for _, row := range rows {
				t.Run(row.rule+" "+row.resource.title(), func(t *testing.T) {
					own, others := partition(lines, row.resource)
					lines = others
					require.NotEmpty(t, own, output)
					assert.Contains(t, own[0], row.message)
					for _, line := range own {
						assert.Contains(t, line, ": rule "+row.rule+": ", "the resource breaks no other rule")
					}
				})
			}
			assert.Empty(t, lines, "nothing else is reported")
		})
	}
	tested["recreation"] = true // test/chaos tests this rule, since it deletes existing resources
	for _, rule := range guardrails.Rules() {
		assert.True(t, tested[rule], "a resource breaks the rule %s", rule)
	}
	t.Run("all at once in a preview", func(t *testing.T) {
		t.Parallel()
		p := guarded(t, program, nil, nakedTopic, nakedGroup)
		output, err := p.Try("preview", "--stack", "oregon")
		require.Error(t, err)
		assert.Len(t, reports(output), 3, output)
		assert.Contains(t, output, "3 of the site's rules are broken")
	})
	t.Run("refused by up", func(t *testing.T) {
		t.Parallel()
		p := guarded(t, program, nil, nakedTopic)
		output, err := p.Try("up", "--stack", "oregon", "--yes", "--skip-preview")
		require.Error(t, err)
		assert.Len(t, reports(output), 1, output)
		assert.Contains(t, output, "aws:sns:Topic oregon-x breaks 1 of the site's rules")
		assert.Empty(t, p.Account(), "no resource is created")
	})
	t.Run("an output that a preview lacks is checked by up", func(t *testing.T) {
		t.Parallel()
		p := guarded(t, program, nil, declared{Type: "aws:ec2/eip:Eip", Name: "oregon-x"},
			declared{Type: "aws:s3/bucketLoggingV2:BucketLoggingV2", Name: "oregon-y", Inputs: properties{"bucket": "the bucket", "targetBucket": "id of oregon-x", "targetPrefix": "p"}})
		p.Pulumi("preview", "--stack", "oregon")
		output, err := p.Try("up", "--stack", "oregon", "--yes", "--skip-preview")
		require.Error(t, err)
		require.Len(t, reports(output), 1, output)
		assert.Contains(t, reports(output)[0], "oregon-y: targetBucket: rule property: found eipalloc-")
		assert.NotContains(t, p.State("oregon"), "aws:s3:BucketLoggingV2 oregon-y")
	})
	for name, row := range map[string]struct {
		exception any
		message   string
		err       bool
	}{
		"in force":         {exception("encryption", "aws:sns:Topic oregon-x", "2026-01-31"), "warning: exception: aws:sns:Topic oregon-x: rule encryption does not apply until 2026-01-31: migration of alarms", false},
		"expired":          {exception("encryption", "aws:sns:Topic oregon-x", "2026-01-30"), "guardrail: aws:sns:Topic oregon-x: multisite:exceptions: rule encryption: expired on 2026-01-30; renew or remove it", true},
		"not needed":       {exception("tls", "aws:sns:Topic oregon-x", "2026-02-01"), "guardrail: aws:sns:Topic oregon-x: multisite:exceptions: rule tls: found an exception without effect; allowed: exceptions for resources of this stack that break the rule", true},
		"unknown resource": {exception("encryption", "aws:sns:Topic oregon-z", "2026-02-01"), "guardrail: aws:sns:Topic oregon-z: multisite:exceptions: rule encryption: found an exception without effect", true},
		"of no rule":       {exception("encrypt", "aws:sns:Topic oregon-x", "2026-02-01"), `multisite:exceptions[0].rule: found "encrypt"; allowed: one of companions, recreation, encryption, `, true},
		"without end":      {exception("encryption", "aws:sns:Topic oregon-x", "soon"), `multisite:exceptions[0].until: found "soon"; allowed: a day such as 2026-01-31`, true},
		"too long":         {exception("encryption", "aws:sns:Topic oregon-x", "2026-05-02"), "guardrail: aws:sns:Topic oregon-x: multisite:exceptions: rule encryption: found an expiry on 2026-05-02; allowed: at most 90 days from now, 2026-05-01", true},
		"from the law":     {exception("flow", "aws:sns:Topic oregon-x", "2026-01-31"), `multisite:exceptions[0].rule: found "flow"; allowed: one of companions, `, true},
		"without reason":   {properties{"rule": "encryption", "resource": "aws:sns:Topic oregon-x", "reason": "x", "until": "2026-01-31"}, `multisite:exceptions[0].reason: found "x"; allowed: the reason, in one line of three words or more`, true},
		"of no day":        {exception("encryption", "aws:sns:Topic oregon-x", "2026-02-30"), `multisite:exceptions[0].until: found "2026-02-30"; allowed: a day such as 2026-01-31`, true},
	} {
		t.Run("an exception "+name, func(t *testing.T) {
			t.Parallel()
			p := guarded(t, program, []any{row.exception}, nakedTopic)
			var output []byte
			output, err := p.Command("pulumi", "preview", "--stack", "oregon", "--non-interactive", "--color=never").CombinedOutput()
			assert.Equal(t, row.err, err != nil, string(output))
			assert.Contains(t, string(output), row.message)
		})
	}
}

var (
	nakedTopic = declared{Type: "aws:sns/topic:Topic", Name: "oregon-x"}
	nakedGroup = declared{Type: "aws:cloudwatch/logGroup:LogGroup", Name: "oregon-y"}
)

func exception(rule, resource, until string) properties {
	return properties{"rule": rule, "resource": resource, "reason": "migration of alarms", "until": until}
}

// TestEveryOptionIsPermitted checks that the guardrails accept every site with every option.
func TestEveryOptionIsPermitted(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{"california", "oregon", "singapore"} {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			p := engine.New(t)
			p.EveryOption(stack)
			p.Up(stack)
		})
	}
}

// TestAnUndeclaredFlowIsRefused configures the replication of users' data to another region,
// which residency.yaml does not declare.
func TestAnUndeclaredFlowIsRefused(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.Edit("california", func(raw map[string]any) {
		engine.Object(raw, "multisite:services", "ecommerce", "buckets", "invoices")["replication"] = properties{
			"bucket": "elsewhere", "keyArn": "arn:aws:kms:us-west-2:123456789012:key/1",
		}
	})
	const refused = "rule flow: found us-west-2 (oregon); allowed: flows that register/residency/residency.yaml has; " +
		"it has none from california to oregon of backups, keys, operational-logs, orders of BR (LGPD art. 33, ANPD Resolution 19/2024); "
	output, err := p.Try("preview", "--stack", "california")
	require.Error(t, err)
	assert.Contains(t, output, "residency: aws:s3:BucketReplicationConfig california-ecommerce-invoices: rules[0].destination.encryptionConfiguration.replicaKmsKeyId: "+refused)

	output, err = p.Try("up", "--stack", "california", "--yes", "--skip-preview")
	require.Error(t, err)
	assert.Contains(t, output, refused)
	for name := range p.State("california") {
		assert.NotContains(t, name, "BucketReplicationConfig")
	}
}
