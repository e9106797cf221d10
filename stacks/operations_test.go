package stacks_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// checkLogs checks that the logs key encrypts every log group, and that each service writes
// to its log.
func checkLogs(t *testing.T, state map[string]engine.Resource) {
	logBucket := state["aws:s3:BucketV2 aws-waf-logs-california"].ID
	for name, r := range state {
		if strings.HasPrefix(name, "aws:cloudwatch:LogGroup ") {
			assert.Equal(t, state["aws:kms:Key california-logs"].Outputs["arn"], r.Inputs["kmsKeyId"], name)
		}
	}
	for name, r := range state {
		if rest, isBucket := strings.CutPrefix(name, "aws:s3:BucketV2 "); isBucket && rest != "aws-waf-logs-california" {
			logging := state["aws:s3:BucketLoggingV2 "+rest].Inputs
			assert.Equal(t, []any{r.ID, logBucket, "s3/" + rest + "/"}, []any{logging["bucket"], logging["targetBucket"], logging["targetPrefix"]}, name)
		}
	}
	destination := state["aws:cloudwatch:LogDeliveryDestination california-cdn"]
	assert.Equal(t, "arn:aws:s3:::"+logBucket+"/AWSLogs/123456789012/CloudFront", destination.Inputs["deliveryDestinationConfiguration"].(map[string]any)["destinationResourceArn"])
	source := state["aws:cloudwatch:LogDeliverySource california-cdn"]
	assert.Equal(t, []any{"ACCESS_LOGS", state["aws:cloudfront:Distribution california-cdn"].Outputs["arn"]}, []any{source.Inputs["logType"], source.Inputs["resourceArn"]})
	delivery := state["aws:cloudwatch:LogDelivery california-cdn"].Inputs
	assert.Equal(t, []any{source.ID, destination.Outputs["arn"]}, []any{delivery["deliverySourceName"], delivery["deliveryDestinationArn"]})

	identifier := state["aws:rds:Instance california-ecommerce"].Inputs["identifier"].(string)
	for _, log := range []string{"postgresql", "upgrade"} {
		assert.Equal(t, "/aws/rds/instance/"+identifier+"/"+log, state["aws:cloudwatch:LogGroup california-ecommerce-"+log].ID)
	}
	flow := state["aws:ec2:FlowLog california-network-flow-logs"].Inputs
	assert.Equal(t, state["aws:ec2:Vpc california-network"].ID, flow["vpcId"])
	assert.Equal(t, state["aws:cloudwatch:LogGroup california-network-flow-logs"].Outputs["arn"], flow["logDestination"])
	rights := policyOf(t, state["aws:iam:RolePolicy california-network-flow-logs"])
	require.Len(t, rights, 1)
	assert.Equal(t, []any{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, rights[0].Action)
	assert.Equal(t, state["aws:cloudwatch:LogGroup california-network-flow-logs"].Outputs["arn"].(string)+":*", rights[0].Resource)
	for name, principal := range map[string]string{"network-flow-logs": "vpc-flow-logs", "ecommerce-monitoring": "monitoring.rds"} {
		role := state["aws:iam:Role california-"+name]
		var policy struct{ Statement []statement }
		require.NoError(t, json.Unmarshal([]byte(role.Inputs["assumeRolePolicy"].(string)), &policy))
		assert.Equal(t, []statement{{
			Effect: "Allow", Action: "sts:AssumeRole", Principal: map[string]any{"Service": principal + ".amazonaws.com"},
			Condition: map[string]map[string]string{"StringEquals": {"aws:SourceAccount": "123456789012"}},
		}}, policy.Statement, name)
	}
}

// checkLifecycles checks that logs expire, that other objects do not, and that noncurrent
// versions and incomplete uploads are deleted.
func checkLifecycles(t *testing.T, state map[string]engine.Resource) {
	invisible := func(noncurrent float64) map[string]any {
		return map[string]any{
			"id": "invisible", "status": "Enabled", "filter": map[string]any{"prefix": ""},
			"abortIncompleteMultipartUpload": map[string]any{"daysAfterInitiation": 7.0},
			"noncurrentVersionExpiration":    map[string]any{"noncurrentDays": noncurrent},
			"expiration":                     map[string]any{"expiredObjectDeleteMarker": true},
		}
	}
	for name, r := range state {
		bucket, isLifecycle := strings.CutPrefix(name, "aws:s3:BucketLifecycleConfigurationV2 ")
		switch {
		case isLifecycle && bucket == "aws-waf-logs-california":
			assert.Equal(t, []any{invisible(7), map[string]any{
				"id": "expiry", "status": "Enabled", "filter": map[string]any{"prefix": ""}, "expiration": map[string]any{"days": 365.0},
			}}, r.Inputs["rules"])
		case isLifecycle:
			assert.Equal(t, []any{invisible(90)}, r.Inputs["rules"], bucket)
		}
	}
}

// checkFirewall checks the CDN's firewall: AWS's rule groups, a rate limit, and logs.
func checkFirewall(t *testing.T, state map[string]engine.Resource) {
	acl := state["aws:wafv2:WebAcl california-cdn"]
	assert.Equal(t, "CLOUDFRONT", acl.Inputs["scope"])
	statements := map[any]any{}
	for _, rule := range acl.Inputs["rules"].([]any) {
		rule := rule.(map[string]any)
		statements[rule["name"]] = rule["statement"]
		if rule["name"] == "RateLimit" {
			assert.Equal(t, map[string]any{"count": map[string]any{}}, rule["action"], "the rate limit counts requests until the configuration blocks them")
		} else {
			assert.Equal(t, map[string]any{"none": map[string]any{}}, rule["overrideAction"], "the rule group's actions apply")
		}
	}
	managed := func(name string) map[string]any {
		return map[string]any{"managedRuleGroupStatement": map[string]any{"vendorName": "AWS", "name": name}}
	}
	assert.Equal(t, map[any]any{
		"RateLimit": map[string]any{"rateBasedStatement": map[string]any{"limit": 2000.0, "evaluationWindowSec": 300.0, "aggregateKeyType": "CUSTOM_KEYS", "customKeys": []any{
			map[string]any{"ip": map[string]any{}}, map[string]any{"ja4Fingerprint": map[string]any{"fallbackBehavior": "MATCH"}},
		}}},
		"AWSManagedRulesAmazonIpReputationList": managed("AWSManagedRulesAmazonIpReputationList"),
		"AWSManagedRulesCommonRuleSet":          managed("AWSManagedRulesCommonRuleSet"),
		"AWSManagedRulesKnownBadInputsRuleSet":  managed("AWSManagedRulesKnownBadInputsRuleSet"),
	}, statements)
	assert.Equal(t, acl.Outputs["arn"], state["aws:cloudfront:Distribution california-cdn"].Inputs["webAclId"])
	logging := state["aws:wafv2:WebAclLoggingConfiguration california-cdn"].Inputs
	assert.Equal(t, acl.Outputs["arn"], logging["resourceArn"])
	assert.Equal(t, []any{"arn:aws:s3:::" + state["aws:s3:BucketV2 aws-waf-logs-california"].ID}, logging["logDestinationConfigs"])
	assert.Len(t, logging["redactedFields"], 2, "neither credentials nor cookies are logged")
}

// checkAlarms checks each alarm's threshold, and that it notifies the topic of its region.
func checkAlarms(t *testing.T, state map[string]engine.Resource) {
	const gib = 1 << 30
	database := map[string]any{"DBInstanceIdentifier": state["aws:rds:Instance california-ecommerce"].Inputs["identifier"]}
	nat := func(letter string) map[string]any {
		return map[string]any{"NatGatewayId": state["aws:ec2:NatGateway california-network-nat-"+letter].ID}
	}
	storage := state["aws:cloudwatch:MetricAlarm california-ecommerce-storage"].Inputs
	assert.Equal(t, []any{"GreaterThanThreshold", 95.0, []any{map[string]any{
		"id": "value", "period": 300.0, "returnData": true,
		"expression": "DB_PERF_INSIGHTS('RDS', '" + state["aws:rds:Instance california-ecommerce"].Outputs["resourceId"].(string) + "', 'os.fileSys.usedPercent.avg')",
	}}}, []any{storage["comparisonOperator"], storage["threshold"], storage["metricQueries"]}, "a share of the current storage, also after RDS has increased it")
	for name, want := range map[string]struct {
		namespace, metric, statistic, comparison string
		threshold                                float64
		dimensions                               map[string]any
		topic                                    string
	}{
		"ecommerce-cpu":         {"AWS/RDS", "CPUUtilization", "Average", "GreaterThanThreshold", 80, database, "alarms"},
		"ecommerce-connections": {"AWS/RDS", "DatabaseConnections", "Average", "GreaterThanThreshold", 8 * gib / 9531392.0 * 0.8, database, "alarms"},
		"network-nat-a-ports":   {"AWS/NATGateway", "ErrorPortAllocation", "Sum", "GreaterThanThreshold", 0, nat("a"), "alarms"},
		"network-nat-c-ports":   {"AWS/NATGateway", "ErrorPortAllocation", "Sum", "GreaterThanThreshold", 0, nat("c"), "alarms"},
		"cdn-errors": {"AWS/CloudFront", "5xxErrorRate", "Average", "GreaterThanThreshold", 1, map[string]any{
			"DistributionId": state["aws:cloudfront:Distribution california-cdn"].ID, "Region": "Global",
		}, "edge-alarms"},
	} {
		alarm := state["aws:cloudwatch:MetricAlarm california-"+name].Inputs
		assert.Equal(t, []any{want.namespace, want.metric, want.statistic, want.comparison, want.dimensions},
			[]any{alarm["namespace"], alarm["metricName"], alarm["statistic"], alarm["comparisonOperator"], alarm["dimensions"]}, name)
		assert.Equal(t, []any{300.0, 3.0, "notBreaching"}, []any{alarm["period"], alarm["evaluationPeriods"], alarm["treatMissingData"]}, name)
		assert.InDelta(t, want.threshold, alarm["threshold"], 1, name)
		topic := []any{state["aws:sns:Topic california-"+want.topic].ID}
		assert.Equal(t, []any{topic, topic}, []any{alarm["alarmActions"], alarm["okActions"]}, name)
	}
	for kind, source := range map[string]any{
		"db-instance":        state["aws:rds:Instance california-ecommerce"].Inputs["identifier"],
		"db-parameter-group": state["aws:rds:ParameterGroup california-ecommerce"].ID,
	} {
		events := state["aws:rds:EventSubscription california-ecommerce-"+kind].Inputs
		assert.Equal(t, []any{kind, []any{source}, state["aws:sns:Topic california-alarms"].ID}, []any{events["sourceType"], events["sourceIds"], events["snsTopic"]})
	}
}
