package reach

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
)

// exported returns the states of all stacks of a project, with every option at California and a
// market that moves there, as the real engine exports them.
func exported(t *testing.T) func() (map[string][]resource, map[string]*siteconfig.Site) {
	p := engine.New(t)
	p.EveryOption("california")
	p.MoveShop()
	p.Up("california")
	p.Step("copying")
	exports := map[string][]byte{}
	for _, stack := range []string{"oregon", "singapore", "california", "global"} {
		p.Up(stack)
		exports[stack] = []byte(p.Pulumi("stack", "export", "--stack", stack))
	}
	return func() (map[string][]resource, map[string]*siteconfig.Site) {
		states := map[string][]resource{}
		for stack, export := range exports {
			_, resources, err := pulumicli.ParseExport(export)
			require.NoError(t, err)
			states[stack] = resources
		}
		sites, _, err := siteconfig.LoadProject(p.Dir)
		require.NoError(t, err)
		return states, sites
	}
}

// hasNoSite are the ends of the paths that every-option.yaml makes: a bucket that no stack has.
const hasNoSite = "arn:aws:s3:::elsewhere"

// TestNoPath checks that no path leads users' data out, other than to a bucket that no stack has, and
// then edits the states, one kind of edge at a time: each edit must be found, as a chain.
func TestNoPath(t *testing.T) {
	t.Parallel()
	load := exported(t)
	states, sites := load()
	_, rules, err := siteconfig.LoadProject("../..")
	require.NoError(t, err)
	report := Check(states, sites, rules)
	assert.Empty(t, report.Unknown)
	assert.Greater(t, report.Holders, 90)
	assert.Greater(t, report.Edges, 400)
	for _, path := range report.Paths {
		assert.Contains(t, path.Chain, hasNoSite)
	}
	assert.Contains(t, chains(report), "backups, keys, operational-logs, orders of MX: aws:s3:BucketV2 california-ecommerce-invoices → "+
		"(aws:s3:BucketReplicationConfig california-ecommerce-invoices: rules[0].destination.bucket) → arn:aws:s3:::elsewhere, which is in no site")
	for _, row := range edits {
		t.Run(row.resource+" "+row.property, func(t *testing.T) {
			states, sites := load()
			row.apply(t, states)
			assert.Contains(t, strings.Join(chains(Check(states, sites, rules)), "\n"), row.chain)
		})
	}
}

// chains returns the paths of a report as texts.
func chains(report Report) (list []string) {
	for _, path := range report.Paths {
		list = append(list, path.String())
	}
	return list
}

// edit is a change of one input of a resource, or a resource of an unknown type, and the chain that must be found.
type edit struct {
	stack, resource, property string
	value                     any
	chain                     string
}

// apply makes the edit. A value replaces ARN with the ARN of Singapore's first database.
func (e edit) apply(t *testing.T, states map[string][]resource) {
	t.Helper()
	for i, r := range states[e.stack] {
		if label(r) == e.resource {
			value := e.value
			if value == "SOURCE" { // turn the copy round
				value, r.Inputs["sourceEndpointArn"] = r.Inputs["sourceEndpointArn"], r.Inputs["targetEndpointArn"]
			}
			for _, other := range states[e.stack] { // the engine generates the bucket's name
				if e.property == "origins" && label(other) == "aws:s3:BucketV2 singapore-ecommerce-invoices" {
					value = []any{map[string]any{"domainName": other.ID + ".s3.ap-southeast-1.amazonaws.com"}}
				}
			}
			states[e.stack][i].Inputs[e.property] = value
			delete(states[e.stack][i].Outputs, e.property)
			return
		}
	}
	typ, name, _ := strings.Cut(e.resource, " ")
	var arn string
	for _, r := range states[e.stack] {
		if label(r) == "aws:rds:Instance "+name {
			arn = r.Text("arn")
		}
	}
	require.NotEmpty(t, arn, e.resource)
	states[e.stack] = append(states[e.stack], resource{
		Type: typ, ID: name, URN: "urn:pulumi:" + e.stack + "::multisite::" + typ + "::" + name, Provider: "p", Inputs: map[string]any{e.property: arn},
	})
}

const (
	stranger = "arn:aws:iam::999999999999:root"
	reading  = `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"` + stranger + `"},"Action":["s3:GetObject","kms:Decrypt","secretsmanager:GetSecretValue"],"Resource":"*"}]}`
	anybody  = `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"us-west-1"}}}}`
)

// edits has an edit per kind of edge.
var edits = []edit{
	{"singapore", "aws:s3:BucketPolicy singapore-ecommerce-invoices", "policy", reading,
		"orders of TW: aws:s3:BucketV2 singapore-ecommerce-invoices → (aws:s3:BucketPolicy singapore-ecommerce-invoices: policy.Statement allow 0) → " + stranger + ", which is in no site"},
	{"singapore", "aws:s3:BucketPolicy singapore-mi-cloud-photos", "policy", anybody,
		"user-storage of TW: aws:s3:BucketV2 singapore-mi-cloud-photos → (aws:s3:BucketPolicy singapore-mi-cloud-photos: policy.Statement allow 0) → *, which is in no site"},
	{"singapore", "aws:kms:Key singapore-data", "policy", reading,
		"→ aws:kms:Key singapore-data → (aws:kms:Key singapore-data: policy.Statement allow 0) → " + stranger + ", which is in no site"},
	{"singapore", "aws:secretsmanager:Secret singapore-mi-account", "policy", reading,
		"account-identity, backups, keys, operational-logs of TW: aws:rds:Instance singapore-mi-account → (aws:secretsmanager:Secret singapore-mi-account: credentials) → aws:secretsmanager:Secret singapore-mi-account → (aws:secretsmanager:Secret singapore-mi-account: policy.Statement allow 0) → " + stranger},
	{"singapore", "aws:secretsmanager:Secret singapore-mi-account", "replicas", []any{map[string]any{"region": "eu-west-1"}},
		"→ (aws:secretsmanager:Secret singapore-mi-account: replicas[0].region) → eu-west-1, which is in no site"},
	{"singapore", "aws:s3:BucketLoggingV2 singapore-ecommerce-invoices", "targetBucket", "elsewhere-logs",
		"operational-logs of TW: aws:s3:BucketV2 singapore-ecommerce-invoices → (aws:s3:BucketLoggingV2 singapore-ecommerce-invoices: targetBucket) → elsewhere-logs, which is in no site"},
	{"singapore", "aws:ec2:FlowLog singapore-network-flow-logs", "logDestination", "arn:aws:logs:eu-west-1:123456789012:log-group:x",
		"→ (aws:ec2:FlowLog singapore-network-flow-logs: logDestination) → arn:aws:logs:eu-west-1:123456789012:log-group:x, which is in no site"},
	{"singapore", "aws:wafv2:WebAclLoggingConfiguration singapore-cdn", "logDestinationConfigs", []any{"arn:aws:s3:::aws-waf-logs-x"},
		"→ (aws:wafv2:WebAclLoggingConfiguration singapore-cdn: logDestinationConfigs[0]) → arn:aws:s3:::aws-waf-logs-x, which is in no site"},
	{"singapore", "aws:cloudwatch:LogDeliveryDestination singapore-cdn", "deliveryDestinationConfiguration", map[string]any{"destinationResourceArn": "arn:aws:s3:::x"},
		"→ (aws:cloudwatch:LogDeliveryDestination singapore-cdn: deliveryDestinationConfiguration.destinationResourceArn) → arn:aws:s3:::x, which is in no site"},
	{"california", "aws:sns:TopicSubscription california-alarms-alarms@example.com", "protocol", "https",
		"→ (aws:sns:TopicSubscription california-alarms-alarms@example.com: endpoint) → alarms@example.com, which is in no site"},
	{"california", "aws:cloudwatch:EventTarget california-transfers-failures", "arn", "arn:aws:events:us-west-1:999999999999:event-bus/x",
		"→ (aws:cloudwatch:EventTarget california-transfers-failures: arn) → arn:aws:events:us-west-1:999999999999:event-bus/x, which is in no site"},
	{"singapore", "aws:ec2:Route singapore-network-private-a-internet", "transitGatewayId", "tgw-1",
		"→ (aws:ec2:Route singapore-network-private-a-internet: transitGatewayId) → tgw-1, which is in no site"},
	{"singapore", "aws:ec2:Route singapore-network-private-a-internet", "gatewayId", "vgw-1",
		"→ (aws:ec2:Route singapore-network-private-a-internet: gatewayId) → vgw-1, which is in no site"},
	{"singapore", "aws:ec2:SecurityGroup singapore-network-private", "egress", []any{map[string]any{"cidrBlocks": []any{"198.51.100.0/24"}}},
		"→ (aws:ec2:SecurityGroup singapore-network-private: egress[0].cidrBlocks[0]) → the addresses 198.51.100.0/24, which is in no site"},
	{"singapore", "aws:ec2:SecurityGroup singapore-mi-account", "ingress", []any{map[string]any{"cidrBlocks": []any{"0.0.0.0/0"}}},
		"→ (aws:ec2:SecurityGroup singapore-mi-account: ingress[0].cidrBlocks[0]) → the addresses 0.0.0.0/0, which is in no site"},
	{"singapore", "aws:ec2:VpcEndpoint singapore-network-s3", "policy", anybody,
		"→ (aws:ec2:VpcEndpoint singapore-network-s3: policy.Statement allow 0) → any account, which is in no site"},
	{"singapore", "aws:cloudfront:Distribution singapore-cdn", "origins", "the host of the bucket with invoices",
		"orders of TW: aws:s3:BucketV2 singapore-ecommerce-invoices → (aws:cloudfront:Distribution singapore-cdn: origins[0].domainName) → aws:cloudfront:Distribution singapore-cdn, which publishes it"},
	{"california", "aws:dms:ReplicationTask california-ecommerce-copy-mx", "targetEndpointArn", "SOURCE",
		"→ aws:dms:Endpoint california-ecommerce-copy-origin-source → (aws:dms:Endpoint california-ecommerce-copy-origin-source: secretsManagerArn) → the origin, to which the register has no flow"},
	{"california", "aws:datasync:Task california-ecommerce-invoices-transfer-mx", "destinationLocationArn", "arn:aws:datasync:us-west-1:999999999999:location/loc-1",
		"which is in no site"},
	{"california", "aws:iam:RolePolicyAttachment california-ecommerce-monitoring", "policyArn", "arn:aws:iam::aws:policy/AdministratorAccess",
		"→ aws:iam:Role california-ecommerce-monitoring → (aws:iam:RolePolicyAttachment california-ecommerce-monitoring: policyArn.Statement allow 0) → *, which is in no site"},
	{"singapore", "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication singapore-mi-account", "sourceDbInstanceArn", nil,
		"→ (aws:rds:InstanceAutomatedBackupsReplication singapore-mi-account: sourceDbInstanceArn) → aws:rds:InstanceAutomatedBackupsReplication singapore-mi-account, whose edges are unknown"},
}
