package law

import (
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/iampolicy"
)

// row is a request to the policies of accounts.
type row struct {
	what string
	// in names whose accounts the request is tried on: "separate" (Oregon alone), "shared" (all
	// stacks in one account), "copying" (both, with a bucket that is replicated to eu-west-1),
	// "local" (India alone), or "" for separate and shared.
	in, action, resource, region string
	keys                         map[string]string
}

// on returns the row's request on an account.
func (r row) on(a *account) iampolicy.Request {
	resource, keys := r.resource, maps.Clone(r.keys)
	if resource == "" {
		resource = "*"
	}
	if keys["aws:SourceAccount"] == "own" {
		keys["aws:SourceAccount"] = a.id
	}
	return request(a, r.action, resource, r.region, keys)
}

// accounts returns the accounts that the row is tried on.
func (r row) accounts(t *testing.T) []*account {
	t.Helper()
	copies := map[string]string{"oregon": "eu-west-1"}
	one, all := placed(t, separate, nil), placed(t, drawn()[1], nil)
	switch r.in {
	case "separate":
		return []*account{one["oregon"]}
	case "shared":
		return []*account{all["oregon"]}
	case "local":
		return []*account{one["india"]}
	case "copying":
		return []*account{placed(t, separate, copies)["oregon"], placed(t, drawn()[1], copies)["oregon"]}
	}
	return []*account{one["oregon"], all["oregon"]}
}

const (
	home    = "us-west-2"
	edge    = "us-east-1"
	foreign = "999999999999"
)

// outsider are the keys of a principal outside of the organization.
var outsider = map[string]string{"aws:PrincipalAccount": foreign, "aws:PrincipalOrgID": "o-zzzzzzzzzz"}

// colleague are the keys of a principal of another account of the organization.
var colleague = map[string]string{"aws:PrincipalAccount": foreign}

var denied = []row{
	{"a bucket in another region", "", "s3:CreateBucket", "arn:aws:s3:::x", "eu-west-1", nil},
	{"an object in another region", "", "s3:PutObject", "arn:aws:s3:::x/y", "eu-west-1", nil},
	{"a copy of a snapshot into another region", "", "rds:CopyDBSnapshot", "", "eu-west-1", nil},
	{"a region of another site's account", "separate", "s3:PutObject", "arn:aws:s3:::x/y", "us-west-1", nil},
	{"a database in a region of copies", "copying", "rds:CreateDBInstance", "", "eu-west-1", nil},
	{"S3 outside of the regions of copies", "copying", "s3:ReplicateObject", "arn:aws:s3:::x/y", "eu-west-2", nil},
	{"a database in us-east-1", "", "rds:CreateDBInstance", "", edge, nil},
	{"a function in us-east-1", "", "lambda:CreateFunction", "", edge, nil},
	{"a log group in us-east-1", "", "logs:CreateLogGroup", "", edge, nil},
	{"log events in us-east-1", "", "logs:PutLogEvents", "", edge, nil},
	{"the CDN's real-time logs", "", "cloudfront:CreateRealtimeLogConfig", "", edge, nil},
	{"the CDN's key-value stores", "", "cloudfront:CreateKeyValueStore", "", edge, nil},
	{"logs of DNS queries", "", "route53:CreateQueryLoggingConfig", "", edge, nil},
	{"a bucket in us-east-1", "", "s3:CreateBucket", "arn:aws:s3:::x", edge, nil},
	{"replicas in us-east-1", "", "s3:ReplicateObject", "arn:aws:s3:::x/y", edge, nil},
	{"another parameter in us-east-1", "", "ssm:PutParameter", "arn:aws:ssm:us-east-1:ACCOUNT:parameter/users", edge, nil},
	{"a secret in us-east-1", "", "secretsmanager:CreateSecret", "", edge, nil},
	{"a database in the region of a local site's state", "local", "rds:CreateDBInstance", "", "ap-south-1", nil},
	{"users' objects in the region of a local site's state", "local", "s3:PutObject", "arn:aws:s3:::users/x", "ap-south-1", nil},
	{"replication of backups", "", "rds:StartDBInstanceAutomatedBackupsReplication", "", home, nil},
	{"a copy between backup vaults", "", "backup:StartCopyJob", "", home, nil},
	{"a replica of a table", "", "dynamodb:CreateTableReplica", "", home, nil},
	{"a replica of a key", "", "kms:ReplicateKey", "", home, nil},
	{"a key for several regions", "", "kms:CreateKey", "", home, map[string]string{"kms:MultiRegion": "true"}},
	{"replicas of a secret", "", "secretsmanager:ReplicateSecretToRegions", "", home, nil},
	{"a secret with replicas", "", "secretsmanager:CreateSecret", "", home, map[string]string{"secretsmanager:AddReplicaRegions": "eu-west-1"}},
	{"a secret's replica in another account", "", "secretsmanager:AssociateCrossAccountReplica", "", home, nil},
	{"an access point for several regions", "", "s3:CreateMultiRegionAccessPoint", "", home, nil},
	{"a copy of another site's snapshot", "shared", "rds:CopyDBSnapshot", "", home, nil},
	{"a copy of another site's volume", "shared", "ec2:CopySnapshot", "", home, nil},
	{"replication to another site in the account", "shared", "s3:ReplicateObject", "arn:aws:s3:::x/y", "us-west-1", nil},
	{"an object in another account", "", "s3:PutObject", "arn:aws:s3:::x/y", home, map[string]string{"aws:ResourceAccount": foreign}},
	{"replicas in another account", "", "s3:ReplicateObject", "arn:aws:s3:::x/y", home, map[string]string{"aws:ResourceAccount": foreign}},
	{"messages to another account", "", "sqs:SendMessage", "", home, map[string]string{"aws:ResourceAccount": foreign}},
	{"a shared database snapshot", "", "rds:ModifyDBSnapshotAttribute", "", home, nil},
	{"a shared volume snapshot", "", "ec2:ModifySnapshotAttribute", "", home, nil},
	{"a shared image", "", "ec2:ModifyImageAttribute", "", home, nil},
	{"a resource share", "", "ram:CreateResourceShare", "", home, nil},
	{"shared parameters", "", "ssm:PutResourcePolicy", "", home, nil},
	{"a peering of networks", "", "ec2:CreateVpcPeeringConnection", "", home, nil},
	{"a peering of transit gateways", "", "ec2:CreateTransitGatewayPeeringAttachment", "", home, nil},
	{"public buckets", "", "s3:PutAccountPublicAccessBlock", "", home, nil},
	{"public snapshots", "", "ec2:DisableSnapshotBlockPublicAccess", "", home, nil},
	{"leaving the organization", "", "organizations:LeaveOrganization", "", edge, nil},
	{"opening a region", "", "account:EnableRegion", "", edge, nil},
	{"an outsider's read of an object", "", "s3:GetObject", "arn:aws:s3:::oregon-x/y", home, outsider},
	{"an outsider's use of a key", "", "kms:Decrypt", "", home, outsider},
	{"an outsider's read of a secret", "", "secretsmanager:GetSecretValue", "", home, outsider},
	{"an anonymous read of an object", "", "s3:GetObject", "arn:aws:s3:::oregon-x/y", home, map[string]string{
		"aws:PrincipalAccount": "", "aws:PrincipalOrgID": "", "aws:PrincipalIsAWSService": "",
	}},
	{"a read of an object from another account of the organization", "", "s3:GetObject", "arn:aws:s3:::oregon-x/y", home, colleague},
	{"another account's CDN", "", "s3:GetObject", "arn:aws:s3:::oregon-x/y", home, by(foreign)},
	{"another account's logs", "", "s3:PutObject", "arn:aws:s3:::aws-waf-logs-oregon-1/y", home, by(foreign)},
	{"an outsider's session of a role", "", "sts:AssumeRole", "arn:aws:iam::ACCOUNT:role/admin", home, outsider},
}

// allowed are requests that are not recorded: of workloads, operators and services of AWS.
var allowed = []row{
	{"a workload's object", "", "s3:PutObject", "arn:aws:s3:::oregon-mi-cloud-photos-1/x", home, nil},
	{"a workload's key", "", "kms:GenerateDataKey", "", home, nil},
	{"a text message", "", "sns:Publish", "", home, map[string]string{"aws:ResourceAccount": ""}},
	{"replication to eu-west-1", "copying", "s3:ReplicateObject", "arn:aws:s3:::copy/x", "eu-west-1", nil},
	{"the key of the replicas", "copying", "kms:Encrypt", "", "eu-west-1", nil},
	{"replication within the region", "separate", "s3:ReplicateObject", "arn:aws:s3:::copy/x", home, nil},
	{"a snapshot's copy within the region", "separate", "rds:CopyDBSnapshot", "", home, nil},
	{"a restored database", "", "rds:RestoreDBInstanceFromDBSnapshot", "", home, nil},
	{"a key saved from deletion", "", "kms:CancelKeyDeletion", "", home, nil},
	{"a key for one region", "", "kms:CreateKey", "", home, map[string]string{"kms:MultiRegion": "false"}},
	{"the account's stack of state/account", "", "cloudformation:CreateChangeSet", "", edge, nil},
	{"GitHub's identity provider", "", "iam:CreateOpenIDConnectProvider", "", edge, nil},
	{"the stack of state/setup", "local", "cloudformation:CreateChangeSet", "", "ap-south-1", nil},
	{"the bucket of a local site's state", "local", "s3:CreateBucket", "arn:aws:s3:::multisite-state-india-ACCOUNT", "ap-south-1", nil},
	{"the settings of a state's bucket", "local", "s3:PutBucketPublicAccessBlock", "arn:aws:s3:::multisite-state-india-ACCOUNT", "ap-south-1", nil},
	{"the key of a local site's state", "local", "kms:CreateKey", "", "ap-south-1", nil},
	{"the bucket of the state of global", "shared", "s3:CreateBucket", "arn:aws:s3:::multisite-state-global-ACCOUNT", edge, nil},
	{"metrics of the CDN", "", "cloudwatch:GetMetricData", "", edge, nil},
	{"a higher quota", "", "servicequotas:RequestServiceQuotaIncrease", "", edge, nil},
	{"a support case", "", "support:CreateCase", "", edge, nil},
	{"the status role, for global in another account", "", "sts:AssumeRole", "arn:aws:iam::ACCOUNT:role/multisite-status-oregon", home, colleague},
	{"a workflow of GitHub", "", "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::ACCOUNT:role/multisite-oregon-up", home, map[string]string{"aws:PrincipalAccount": "", "aws:PrincipalOrgID": ""}},
	{"a role of S3, DMS or DataSync", "", "sts:AssumeRole", "arn:aws:iam::ACCOUNT:role/oregon-x", home, by("own")},
	{"DMS reads the secret of the origin's database", "", "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:ACCOUNT:secret:oregon-x", home, nil},
	{"DataSync writes a moved object", "", "s3:PutObject", "arn:aws:s3:::oregon-mi-cloud-photos-1/x", home, nil},
	{"the CDN reads an object", "", "s3:GetObject", "arn:aws:s3:::oregon-ecommerce-product-media-1/x", home, by("own")},
	{"log delivery of the CDN and the firewall", "", "s3:PutObject", "arn:aws:s3:::aws-waf-logs-oregon-1/x", home, by("own")},
	{"a key for a service without a source", "", "kms:GenerateDataKey", "", home, by("")},
}

// TestDenied checks requests that no site of the account may make.
func TestDenied(t *testing.T) {
	for _, r := range denied {
		for _, a := range r.accounts(t) {
			layers := attached(t, a)
			if r.keys["aws:PrincipalAccount"] != "" || r.keys["aws:SourceAccount"] != "" { // SCPs do not apply to others' principals
				layers[0] = layers[0][:1]
			}
			d := iampolicy.Decide(r.on(a), layers...)
			assert.False(t, d.Allowed, "%s: %v", r.what, a.stacks)
			assert.NotNil(t, d.By, "%s: %v", r.what, a.stacks)
		}
	}
}

// TestAllowed checks requests that are not recorded and that sites need.
func TestAllowed(t *testing.T) {
	for _, r := range allowed {
		for _, a := range r.accounts(t) {
			d := iampolicy.Decide(r.on(a), attached(t, a)...)
			assert.True(t, d.Allowed, "%s: %v: denied by %+v", r.what, a.stacks, d.By)
		}
	}
}

// inexpressible are requests that the law may forbid and that the policies allow, with what
// refuses them. docs/law-outside.md has the same table.
var inexpressible = []struct {
	row
	instead string
}{
	{row{"a class of data: payment data in a bucket for orders", "", "s3:PutObject", "arn:aws:s3:::oregon-ecommerce-invoices-1/card", home, nil}, "`register/residency` for what the program creates; the service's code for what it writes"},
	{row{"a market: data of a market that the site may not store", "", "s3:PutObject", "arn:aws:s3:::oregon-mi-cloud-photos-1/x", home, nil}, "`register/residency`; the routes of the stack `global`"},
	{row{"a class of a replicated bucket: any object may go to a region of copies", "copying", "s3:ReplicateObject", "arn:aws:s3:::copy/x", "eu-west-1", nil}, "rule `flow`"},
	{row{"a read replica, or an object, from one site to another in the same account", "shared", "rds:CreateDBInstanceReadReplica", "", home, nil}, "rule `flow`; an account for each site"},
	{row{"a flow through the network to the origin or to any other host: AWS DMS, AWS DataSync, VPN, the Internet", "", "dms:CreateEndpoint", "", home, nil}, "rules `origin` and `egress`; the network"},
	{row{"the target of vended logs: AWS WAF, CloudFront, flow logs", "", "wafv2:PutLoggingConfiguration", "", edge, nil}, "rule `flow`; the policy of the target's bucket"},
	{row{"a bucket policy that names another account: it can be written, but `Principals` denies its use", "", "s3:PutBucketPolicy", "arn:aws:s3:::oregon-x", home, nil}, "rules `account` and `principal`"},
	{row{"data of services without RCPs, such as topics and functions, that a resource policy opens", "", "sns:SetTopicAttributes", "", home, nil}, "rule `account`, for what the program creates"},
	{row{"a write whose request has no key `aws:ResourceAccount`, such as a text message", "", "sns:Publish", "", home, map[string]string{"aws:ResourceAccount": ""}}, "the workload's role; rule `egress`"},
	{row{"a login from an identity provider to a role of the account", "", "sts:AssumeRoleWithSAML", "arn:aws:iam::ACCOUNT:role/x", home, map[string]string{"aws:PrincipalAccount": "", "aws:PrincipalOrgID": ""}}, "the roles' trust policies: the policies in `state/roles-*.yaml` name GitHub's environments"},
	{row{"requests of AWS's service-linked roles, and all requests of the management account", "", "s3:PutObject", "arn:aws:s3:::oregon-x/y", home, nil}, "no site in the management account: AWS applies neither policy there"},
	{row{"encryption, retention, tags and deletion", "", "rds:DeleteDBInstance", "", home, nil}, "the other rules of `guardrails/`"},
}

// TestInexpressible checks that the policies allow what the table lists, and that the
// documentation has the table.
func TestInexpressible(t *testing.T) {
	doc, err := os.ReadFile("../../docs/law-outside.md")
	require.NoError(t, err)
	var rows []string
	for _, r := range inexpressible {
		for _, a := range r.accounts(t) {
			d := iampolicy.Decide(r.on(a), attached(t, a)...)
			assert.True(t, d.Allowed, "%s: denied by %+v; remove it from the table", r.what, d.By)
		}
		rows = append(rows, "| "+r.what+" | "+r.instead+" |")
	}
	assert.Contains(t, string(doc), "|---|---|\n"+strings.Join(rows, "\n")+"\n\n", "docs/law-outside.md: the table of what the policies cannot express")
}
