package reach

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/siteconfig"
)

// entryState returns the state of a load balancer at Singapore, with a database and the network
// between them.
func entryState() []resource {
	const elb, arn = "arn:aws:elasticloadbalancing:ap-southeast-1:123456789012:", "arn:aws:rds:ap-southeast-1:123456789012:db:d"
	var state []resource
	add := func(typ, name, id string, inputs map[string]any) {
		state = append(state, resource{
			Type: typ, ID: id, URN: "urn:pulumi:singapore::multisite::" + typ + "::" + name, Provider: "urn:pulumi:singapore::multisite::pulumi:providers:aws::singapore::1", Inputs: inputs,
			Outputs: map[string]any{"arn": id},
		})
	}
	state = append(state, resource{Type: "pulumi:providers:aws", ID: "1", URN: "urn:pulumi:singapore::multisite::pulumi:providers:aws::singapore", Outputs: map[string]any{"region": "ap-southeast-1"}})
	add("aws:kms/key:Key", "singapore-data", "arn:aws:kms:ap-southeast-1:123456789012:key/1", nil)
	add("aws:rds/instance:Instance", "singapore-mi-account", arn, map[string]any{"vpcSecurityGroupIds": []any{"sg-1"}})
	add("aws:ec2/securityGroup:SecurityGroup", "singapore-mi-account", "sg-1", map[string]any{"vpcId": "vpc-1"})
	add("aws:ec2/vpc:Vpc", "singapore-network", "vpc-1", nil)
	add("aws:ec2/securityGroup:SecurityGroup", "singapore-network-public", "sg-2", map[string]any{"vpcId": "vpc-1", "ingress": []any{
		map[string]any{"fromPort": 443, "toPort": 443, "cidrBlocks": []any{"0.0.0.0/0"}}, map[string]any{"fromPort": 80, "toPort": 80, "cidrBlocks": []any{"0.0.0.0/0"}},
	}})
	add("aws:s3/bucketV2:BucketV2", "aws-waf-logs-singapore", "aws-waf-logs-singapore-1", nil)
	add("aws:lb/loadBalancer:LoadBalancer", "singapore-entry", elb+"loadbalancer/1", map[string]any{
		"securityGroups": []any{"sg-2"}, "accessLogs": map[string]any{"bucket": "aws-waf-logs-singapore-1"}, "internal": false,
	})
	add("aws:lb/targetGroup:TargetGroup", "singapore-entry-mi-account", elb+"targetgroup/1", map[string]any{"vpcId": "vpc-1"})
	add("aws:lb/listener:Listener", "singapore-entry-https", elb+"listener/1", map[string]any{"loadBalancerArn": elb + "loadbalancer/1"})
	add("aws:lb/listenerRule:ListenerRule", "singapore-entry-mi-account", elb+"listener-rule/1", map[string]any{
		"listenerArn": elb + "listener/1", "actions": []any{map[string]any{"targetGroupArn": elb + "targetgroup/1"}},
	})
	return state
}

// TestEntry checks the edges of a load balancer: reports state that users reach it, and an edit
// that leads requests or logs elsewhere is found.
func TestEntry(t *testing.T) {
	sites, rules, err := siteconfig.LoadProject("../..")
	require.NoError(t, err)
	check := func(state []resource) Report { return Check(map[string][]resource{"singapore": state}, sites, rules) }
	report := check(entryState())
	assert.Empty(t, report.Paths)
	assert.Empty(t, report.Unknown)
	assert.Equal(t, 3, report.Allowed[byUsers], "the load balancer, and ports 80 and 443 of its security group")
	for _, row := range []struct {
		resource string
		inputs   map[string]any
		chain    string
	}{
		{"aws:lb:ListenerRule singapore-entry-mi-account", map[string]any{"actions": []any{map[string]any{"targetGroupArn": "arn:aws:elasticloadbalancing:eu-west-1:999999999999:targetgroup/x/1"}}},
			"operational-logs of TW: aws:lb:LoadBalancer singapore-entry → (aws:lb:Listener singapore-entry-https: loadBalancerArn) → aws:lb:Listener singapore-entry-https → (aws:lb:ListenerRule singapore-entry-mi-account: actions[0].targetGroupArn) → arn:aws:elasticloadbalancing:eu-west-1:999999999999:targetgroup/x/1, which is in no site"},
		{"aws:lb:Listener singapore-entry-https", map[string]any{"defaultActions": []any{map[string]any{"redirect": map[string]any{"host": "elsewhere.example.com"}}}},
			"account-identity, backups, keys, operational-logs of TW: aws:rds:Instance singapore-mi-account → (aws:rds:Instance singapore-mi-account: vpcSecurityGroupIds[0]) → aws:ec2:SecurityGroup singapore-mi-account → (aws:ec2:SecurityGroup singapore-mi-account: vpcId) → aws:ec2:Vpc singapore-network → (aws:lb:TargetGroup singapore-entry-mi-account: vpcId) → aws:lb:TargetGroup singapore-entry-mi-account → (aws:lb:ListenerRule singapore-entry-mi-account: listenerArn) → aws:lb:Listener singapore-entry-https → (aws:lb:Listener singapore-entry-https: defaultActions[0].redirect.host) → elsewhere.example.com, which is in no site"},
		{"aws:lb:LoadBalancer singapore-entry", map[string]any{"accessLogs": map[string]any{"bucket": "elsewhere"}},
			"operational-logs of TW: aws:lb:LoadBalancer singapore-entry → (aws:lb:LoadBalancer singapore-entry: accessLogs.bucket) → elsewhere, which is in no site"},
		{"aws:ec2:SecurityGroup singapore-network-public", map[string]any{"ingress": []any{map[string]any{"fromPort": 22, "toPort": 22, "cidrBlocks": []any{"0.0.0.0/0"}}}},
			"(aws:ec2:SecurityGroup singapore-network-public: ingress[0].cidrBlocks[0]) → the addresses 0.0.0.0/0, which is in no site"},
	} {
		t.Run(row.resource, func(t *testing.T) {
			state := entryState()
			for _, r := range state {
				if label(r) == row.resource {
					for name, value := range row.inputs {
						r.Inputs[name] = value
					}
				}
			}
			assert.Contains(t, strings.Join(chains(check(state)), "\n"), row.chain)
		})
	}
}
