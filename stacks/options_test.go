package stacks_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestEveryOption adds every option to a deployed site. Existing resources must change in
// place, and the site can still be deleted.
func TestEveryOption(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "california")
	p.EveryOption("california")
	steps := p.Preview("california")
	delete(steps, "create")
	delete(steps, "update")
	assert.Equal(t, map[string][]string{
		// A parameter group belongs to one version of PostgreSQL, and a target group to one port.
		"replace": {"aws:lb:TargetGroup california-entry-ecommerce", "aws:rds:ParameterGroup california-ecommerce"},
		// The CDN's own name gives way to the configured domain.
		"delete": {"aws:acm:Certificate california-cdn-own", "aws:cloudwatch:MetricAlarm california-cdn-own-expiry", "multisite:index:Certificate california-cdn-own"},
	}, steps)
	p.Up("california")
	assert.Empty(t, p.Preview("california"))
	assert.Empty(t, p.Preview("california", "--refresh"))
	state := p.State("california")
	t.Run("network", func(t *testing.T) { checkDualStack(t, state) })
	t.Run("secondary block", func(t *testing.T) { checkSecondaryBlock(t, state) })
	t.Run("database", func(t *testing.T) { checkReplica(t, state) })
	t.Run("bucket", func(t *testing.T) { checkBucketOptions(t, state) })
	t.Run("cdn", func(t *testing.T) { checkCdnOptions(t, state) })
	t.Run("alarms", func(t *testing.T) {
		for _, topic := range []string{"alarms", "edge-alarms"} {
			subscription := state["aws:sns:TopicSubscription california-"+topic+"-alarms@example.com"].Inputs
			assert.Equal(t, []any{"email", "alarms@example.com", state["aws:sns:Topic california-"+topic].ID},
				[]any{subscription["protocol"], subscription["endpoint"], subscription["topic"]})
		}
	})
	t.Run("endpoint", func(t *testing.T) {
		assert.Equal(t, []any{state["aws:ec2:Subnet california-network-private-a"].ID, state["aws:ec2:Subnet california-network-private-c"].ID},
			state["aws:ec2:VpcEndpoint california-network-secretsmanager"].Inputs["subnetIds"], "one subnet of each zone")
	})

	t.Run("irreversible options", func(t *testing.T) { checkWaysBack(t, engine.Copy(t, p)) })

	p.Edit("california", func(raw map[string]any) {
		delete(raw, "multisite:cdn")
		delete(raw, "multisite:alarms")
		delete(engine.Object(raw, "multisite:network"), "interfaceEndpoints")
		for _, bucket := range engine.Object(raw, "multisite:services", "ecommerce", "buckets") {
			for _, option := range []string{"replication", "expireAfterDays", "storageClass"} {
				delete(bucket.(map[string]any), option)
			}
		}
	})
	p.Up("california") // resources without data need no consent to be deleted
	assert.Empty(t, p.Preview("california"))
	takeDown(t, p, "california")
}

// checkWaysBack reverses options that AWS cannot reverse. Preview and update must refuse
// these changes before any resource changes.
func checkWaysBack(t *testing.T, p *engine.Project) {
	p.Tamper(p.State("california")["aws:rds:Instance california-ecommerce"], map[string]any{"allocatedStorage": 200})
	p.Pulumi("refresh", "--stack", "california", "--yes", "--skip-preview")
	assert.Empty(t, p.Preview("california"), "storage that RDS added causes no change")
	keys := p.TakeBack()
	contents := func() map[string]string {
		files := map[string]string{}
		for _, file := range p.Account() {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			files[file] = string(data)
		}
		return files
	}
	before := contents()
	for _, command := range [][]string{{"preview"}, {"up", "--yes", "--skip-preview"}} {
		output, err := p.Try(append(command, "--stack", "california")...)
		require.Error(t, err)
		for _, key := range keys {
			assert.Contains(t, output, "error: guardrail: Pulumi.california.yaml: "+key+": rule irreversible: found ")
		}
		assert.Contains(t, output, "at least a tenth above the 200 GiB that the database has by now")
		assert.Contains(t, output, fmt.Sprintf("AWS cannot make %d of the changes", len(keys)))
	}
	assert.Equal(t, before, contents(), "nothing is changed")
}

// checkDualStack checks that the public tier accepts IPv6 connections from the internet, that
// the private tier can only open them, and that the data tier has no IPv6.
func checkDualStack(t *testing.T, state map[string]engine.Resource) {
	network := state["aws:ec2:Vpc california-network"].Outputs["ipv6CidrBlock"].(string)
	assert.Regexp(t, `00::/56$`, network)
	prefix := network[:len(network)-len("00::/56")]
	for name, want := range map[string][]any{
		"public-a": {prefix + "00::/64", false}, "public-c": {prefix + "02::/64", false},
		"private-a": {prefix + "08::/64", true}, "private-c": {prefix + "0a::/64", true},
		"data-a": {nil, nil}, "data-c": {nil, nil}, "private-100-64-0-0-a": {nil, nil},
	} {
		subnet := state["aws:ec2:Subnet california-network-"+name].Inputs
		assert.Equal(t, want, []any{subnet["ipv6CidrBlock"], subnet["assignIpv6AddressOnCreation"]}, name)
	}
	in := state["aws:ec2:Route california-network-public-internet-ipv6"].Inputs
	assert.Equal(t, []any{"::/0", state["aws:ec2:InternetGateway california-network-internet"].ID}, []any{in["destinationIpv6CidrBlock"], in["gatewayId"]})
	for _, letter := range []string{"a", "c"} {
		out := state["aws:ec2:Route california-network-private-"+letter+"-internet-ipv6"].Inputs
		assert.Equal(t, []any{"::/0", state["aws:ec2:EgressOnlyInternetGateway california-network-egress"].ID, state["aws:ec2:RouteTable california-network-private-"+letter].ID},
			[]any{out["destinationIpv6CidrBlock"], out["egressOnlyGatewayId"], out["routeTableId"]})
	}
	rules := func(kind, name, direction string) map[string]any {
		return state["aws:ec2:"+kind+" california-network-"+name].Inputs[direction].([]any)[0].(map[string]any)
	}
	assert.Equal(t, []any{"::/0"}, rules("SecurityGroup", "public", "ingress")["ipv6CidrBlocks"])
	assert.Equal(t, []any{network}, rules("SecurityGroup", "public", "egress")["ipv6CidrBlocks"])
	assert.Nil(t, rules("SecurityGroup", "private", "ingress")["ipv6CidrBlocks"])
	for tier, want := range map[string]int{"public": 2, "private": 2, "data": 2} {
		assert.Len(t, state["aws:ec2:NetworkAcl california-network-"+tier].Inputs["ingress"], want, tier)
	}
}

// checkSecondaryBlock checks that the secondary block's subnets are in the private tier, and
// that the data tier admits them.
func checkSecondaryBlock(t *testing.T, state map[string]engine.Resource) {
	blocks := map[string]string{"a": "100.64.0.0/19", "c": "100.64.64.0/19"}
	outputs := state["pulumi:pulumi:Stack multisite-california"].Outputs["privateSubnetIds"].([]any)
	require.Len(t, outputs, 4)
	for i, letter := range []string{"a", "c"} {
		subnet := state["aws:ec2:Subnet california-network-private-100-64-0-0-"+letter]
		assert.Equal(t, blocks[letter], subnet.Inputs["cidrBlock"])
		assert.Equal(t, subnet.ID, outputs[2+i])
		association := state["aws:ec2:RouteTableAssociation california-network-private-100-64-0-0-"+letter].Inputs
		assert.Equal(t, []any{subnet.ID, state["aws:ec2:RouteTable california-network-private-"+letter].ID}, []any{association["subnetId"], association["routeTableId"]})
		assert.Contains(t, state["aws:ec2:NetworkAcl california-network-private"].Inputs["subnetIds"], subnet.ID)
	}
	var peers []any
	for _, rule := range state["aws:ec2:NetworkAcl california-network-data"].Inputs["ingress"].([]any) {
		peers = append(peers, rule.(map[string]any)["cidrBlock"])
	}
	assert.Equal(t, []any{"10.48.0.0/17", "100.64.0.0/16"}, peers)
	egress := state["aws:ec2:SecurityGroup california-network-public"].Inputs["egress"].([]any)[0].(map[string]any)
	assert.Equal(t, []any{"10.48.0.0/16", "100.64.0.0/16"}, egress["cidrBlocks"])
}

// checkReplica checks that a replica has its primary's properties.
func checkReplica(t *testing.T, state map[string]engine.Resource) {
	primary, replica := state["aws:rds:Instance california-ecommerce"], state["aws:rds:Instance california-ecommerce-replica-1"]
	assert.Equal(t, primary.Inputs["identifier"], replica.Inputs["replicateSourceDb"])
	for property, value := range promised["aws:rds:Instance"] {
		switch property {
		case "engine", "engineVersion", "backupRetentionPeriod", "backupWindow", "deleteAutomatedBackups", "parameterGroupName":
			assert.Nil(t, replica.Inputs[property], "%s comes from the primary", property)
		default:
			assert.Equal(t, value, replica.Inputs[property], property)
		}
	}
	assert.True(t, replica.Protect)
	assert.Equal(t, "17", primary.Inputs["engineVersion"])
	assert.Equal(t, "postgres17", state["aws:rds:ParameterGroup california-ecommerce"].Inputs["family"])
	assert.Equal(t, []any{replica.Outputs["endpoint"]}, state["pulumi:pulumi:Stack multisite-california"].Outputs["ecommerce.databaseReplicaEndpoints"])
	lag := state["aws:cloudwatch:MetricAlarm california-ecommerce-replica-1-lag"].Inputs
	assert.Equal(t, []any{"ReplicaLag", 600.0, replica.Inputs["identifier"]},
		[]any{lag["metricName"], lag["threshold"], lag["dimensions"].(map[string]any)["DBInstanceIdentifier"]})
	assert.Equal(t, "/aws/rds/instance/"+replica.Inputs["identifier"].(string)+"/postgresql", state["aws:cloudwatch:LogGroup california-ecommerce-replica-1-postgresql"].ID)
}

func checkBucketOptions(t *testing.T, state map[string]engine.Resource) {
	const bucket = "california-ecommerce-invoices"
	lock := state["aws:s3:BucketObjectLockConfigurationV2 "+bucket].Inputs
	assert.Equal(t, map[string]any{"defaultRetention": map[string]any{"mode": "GOVERNANCE", "days": 30.0}}, lock["rule"])
	var ids []any
	for _, rule := range state["aws:s3:BucketLifecycleConfigurationV2 "+bucket].Inputs["rules"].([]any) {
		ids = append(ids, rule.(map[string]any)["id"])
	}
	assert.Equal(t, []any{"invisible", "expiry", "tiering"}, ids)
	const key = "arn:aws:kms:us-west-1:123456789012:key/11111111-1111-1111-1111-111111111111"
	replication := state["aws:s3:BucketReplicationConfig "+bucket].Inputs
	assert.Equal(t, state["aws:iam:Role "+bucket+"-copy"].Outputs["arn"], replication["role"])
	assert.Equal(t, map[string]any{
		"bucket": "arn:aws:s3:::elsewhere", "encryptionConfiguration": map[string]any{"replicaKmsKeyId": key},
	}, replication["rules"].([]any)[0].(map[string]any)["destination"])

	arn := "arn:aws:s3:::" + state["aws:s3:BucketV2 "+bucket].ID
	var policy struct {
		Statement []struct{ Action, Resource, Condition any }
	}
	require.NoError(t, json.Unmarshal([]byte(state["aws:iam:RolePolicy "+bucket+"-copy"].Inputs["policy"].(string)), &policy))
	var actions, resources []any
	for _, statement := range policy.Statement {
		actions, resources = append(actions, statement.Action), append(resources, statement.Resource)
	}
	assert.Equal(t, []any{
		[]any{"s3:GetReplicationConfiguration", "s3:ListBucket"},
		[]any{"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:GetObjectRetention", "s3:GetObjectLegalHold"},
		[]any{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"}, "kms:Decrypt",
		[]any{"kms:Encrypt", "kms:GenerateDataKey", "kms:Decrypt"},
	}, actions)
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}]}`,
		state["aws:iam:Role "+bucket+"-copy"].Inputs["assumeRolePolicy"].(string), "the trust policy that S3 documents")
	assert.Equal(t, []any{arn, arn + "/*", "arn:aws:s3:::elsewhere/*", state["aws:kms:Key california-data"].Outputs["arn"], key}, resources,
		"the role reads one bucket, writes to one and uses their keys")
	// The site is protected, but the configuration allows the deletion of this bucket.
	assert.False(t, state["aws:s3:BucketV2 "+bucket].Protect)
	assert.Equal(t, true, state["aws:s3:BucketV2 aws-waf-logs-california"].Inputs["forceDestroy"])
	assert.Nil(t, state["aws:s3:BucketV2 "+bucket].Inputs["forceDestroy"])
}

func checkCdnOptions(t *testing.T, state map[string]engine.Resource) {
	distribution := state["aws:cloudfront:Distribution california-cdn"]
	assert.Equal(t, map[string]any{
		"acmCertificateArn":      state["aws:acm:CertificateValidation california-cdn"].Outputs["certificateArn"],
		"minimumProtocolVersion": "TLSv1.2_2021", "sslSupportMethod": "sni-only",
	}, distribution.Inputs["viewerCertificate"])
	assert.Equal(t, []any{"cdn.example.com"}, distribution.Inputs["aliases"])
	assert.Equal(t, "cdn.example.com", state["pulumi:pulumi:Stack multisite-california"].Outputs["cdnDomainName"])
	certificate := state["aws:acm:Certificate california-cdn"]
	assert.Contains(t, certificate.ID, ":us-east-1:")
	assert.Equal(t, "CNAME", state["aws:route53:Record california-cdn-certificate"].Inputs["type"])
	for _, kind := range []string{"A", "AAAA"} {
		record := state["aws:route53:Record california-cdn-"+strings.ToLower(kind)].Inputs
		assert.Equal(t, []any{kind, "cdn.example.com", "Z0123456789ABC"}, []any{record["type"], record["name"], record["zoneId"]})
		assert.Equal(t, distribution.Outputs["domainName"], record["aliases"].([]any)[0].(map[string]any)["name"])
	}
	origins := distribution.Inputs["origins"].([]any)
	require.Len(t, origins, 2)
	assert.Equal(t, map[string]any{"enabled": true, "originShieldRegion": "us-west-2"}, origins[0].(map[string]any)["originShield"], "CloudFront has no origin shield in us-west-1")
	assert.Equal(t, "elsewhere.s3.us-west-2.amazonaws.com", origins[1].(map[string]any)["domainName"])
	assert.Equal(t, []any{map[string]any{
		"originId": "bucket-or-failover", "failoverCriteria": map[string]any{"statusCodes": []any{500.0, 502.0, 503.0, 504.0}},
		"members": []any{map[string]any{"originId": "bucket"}, map[string]any{"originId": "failover"}},
	}}, distribution.Inputs["originGroups"])
	assert.Equal(t, "bucket-or-failover", distribution.Inputs["defaultCacheBehavior"].(map[string]any)["targetOriginId"])
	assert.Equal(t, []any{
		map[string]any{"errorCode": 403.0, "errorCachingMinTtl": 10.0, "responseCode": 403.0, "responsePagePath": "/403.html"},
		map[string]any{"errorCode": 404.0, "errorCachingMinTtl": 10.0, "responseCode": 404.0, "responsePagePath": "/404.html"},
	}, distribution.Inputs["customErrorResponses"])
	limit := state["aws:wafv2:WebAcl california-cdn"].Inputs["rules"].([]any)[0].(map[string]any)["statement"].(map[string]any)["rateBasedStatement"]
	assert.InDelta(t, 500, limit.(map[string]any)["limit"], 0)
	headers := state["aws:cloudfront:ResponseHeadersPolicy california-cdn"].Inputs["securityHeadersConfig"].(map[string]any)
	assert.Equal(t, "default-src 'none'", headers["contentSecurityPolicy"].(map[string]any)["contentSecurityPolicy"])
}
