package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/engine"
)

// checkEntry checks what docs/decisions/0020-entry.md promises of a site's load balancer.
func checkEntry(t *testing.T, state map[string]engine.Resource, stack string) {
	t.Helper()
	balancer := state["aws:lb:LoadBalancer "+stack+"-entry"].Inputs
	for property, value := range map[string]any{
		"internal": false, "enableDeletionProtection": true, "enableHttp2": true, "dropInvalidHeaderFields": true,
		"enableWafFailOpen": false, "preserveHostHeader": true, "desyncMitigationMode": "defensive",
	} {
		assert.Equal(t, value, balancer[property], property)
	}
	assert.Equal(t, map[string]any{"bucket": state["aws:s3:BucketV2 aws-waf-logs-"+stack].ID, "enabled": true}, balancer["accessLogs"])

	plain, secure := state["aws:lb:Listener "+stack+"-entry-http"], state["aws:lb:Listener "+stack+"-entry-https"]
	assert.Equal(t, []any{map[string]any{"type": "redirect", "redirect": map[string]any{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}}, plain.Inputs["defaultActions"])
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", secure.Inputs["sslPolicy"])
	assert.Equal(t, "max-age=63072000", secure.Inputs["routingHttpResponseStrictTransportSecurityHeaderValue"])
	association := state["aws:wafv2:WebAclAssociation "+stack+"-entry"]
	assert.Equal(t, state["aws:wafv2:WebAcl "+stack+"-entry"].Outputs["arn"], association.Inputs["webAclArn"])
	assert.Contains(t, secure.Dependencies, association.URN, "the firewall guards the load balancer before it answers")

	actions := map[string]any{}
	for _, element := range state["aws:wafv2:WebAcl "+stack+"-entry"].Inputs["rules"].([]any) {
		rule := element.(map[string]any)
		action, _ := rule["action"].(map[string]any)
		override, _ := rule["overrideAction"].(map[string]any)
		for _, kind := range []map[string]any{action, override} {
			for name := range kind {
				actions[rule["name"].(string)] = []any{rule["priority"], name}
			}
		}
		assert.Equal(t, false, rule["visibilityConfig"].(map[string]any)["sampledRequestsEnabled"])
	}
	assert.Equal(t, map[string]any{
		"RateLimit": []any{0.0, "count"}, "HealthChecks": []any{1.0, "allow"}, "AWSManagedRulesAmazonIpReputationList": []any{2.0, "count"},
		"AWSManagedRulesCommonRuleSet": []any{3.0, "count"}, "AWSManagedRulesKnownBadInputsRuleSet": []any{4.0, "count"},
	}, actions)

	for name, r := range state {
		switch service := strings.TrimPrefix(name, r.Type+" "+stack+"-entry-"); {
		case strings.HasPrefix(name, "aws:lb:TargetGroup "):
			group := r.Inputs
			assert.Equal(t, []any{"ip", "HTTPS", 8443.0, 30.0, 30.0, "round_robin"},
				[]any{group["targetType"], group["protocol"], group["port"], group["slowStart"], group["deregistrationDelay"], group["loadBalancingAlgorithmType"]}, service)
			check := group["healthCheck"].(map[string]any)
			assert.Equal(t, []any{"/live", "HTTPS", "200"}, []any{check["path"], check["protocol"], check["matcher"]}, service)
			assert.Equal(t, false, group["stickiness"].(map[string]any)["enabled"], service)
		case strings.HasPrefix(name, "aws:cloudwatch:MetricAlarm "+stack+"-entry-") && strings.HasSuffix(name, "-expiry"):
			assert.Equal(t, []any{"LessThanThreshold", 30.0, "ignore"}, []any{r.Inputs["comparisonOperator"], r.Inputs["threshold"], r.Inputs["treatMissingData"]}, name)
		case strings.HasPrefix(name, "aws:cloudwatch:MetricAlarm "+stack+"-entry-") && strings.HasSuffix(name, "-targets"):
			assert.Equal(t, "LessThanThreshold", r.Inputs["comparisonOperator"], name)
		}
	}
}
