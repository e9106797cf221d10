package permissions

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/iampolicy"
)

// everything is an administrator's policy.
var everything = iampolicy.Layer{{
	Version:    "2012-10-17",
	Statements: []iampolicy.Statement{{Effect: "Allow", Action: []string{"*"}, Resource: []string{"*"}}},
}}

// An attempt is a request by a role.
type attempt struct {
	action, resource string
	context          map[string]string
}

// on evaluates an attempt, in Oregon's region unless its context has another.
func (a attempt) on(layers ...iampolicy.Layer) bool {
	context := map[string][]string{"aws:RequestedRegion": {"us-west-2"}}
	for key, value := range a.context {
		context[key] = []string{value}
	}
	return iampolicy.Decide(iampolicy.Request{Action: a.action, Resource: a.resource, Context: context}, layers...).Allowed
}

const (
	ownBoundary   = "arn:aws:iam::123456789012:policy/multisite-boundary-oregon"
	otherBoundary = "arn:aws:iam::123456789012:policy/multisite-boundary-california"
	ownRole       = "arn:aws:iam::123456789012:role/oregon-ecommerce-monitoring-1a2b3c4"
	ownState      = "arn:aws:s3:::multisite-state-oregon-123456789012"
	otherState    = "arn:aws:s3:::multisite-state-california-123456789012"
	balancer      = "arn:aws:elasticloadbalancing:us-west-2:123456789012:loadbalancer/app/"
	someKey       = "arn:aws:kms:us-west-2:123456789012:key/1"
)

// TestBoundary checks what the boundary denies and allows to a role with an administrator's
// policy.
func TestBoundary(t *testing.T) {
	_, boundary := deployed(t, KindAWS).policies("UpRole")
	inIAM := func(context map[string]string) map[string]string {
		in := map[string]string{"aws:RequestedRegion": "us-east-1"}
		maps.Copy(in, context)
		return in
	}
	for name, a := range map[string]attempt{
		"another region":                       {"ec2:CreateVpc", "*", map[string]string{"aws:RequestedRegion": "eu-west-1"}},
		"another site's region":                {"s3:GetObject", "arn:aws:s3:::oregon-x/y", map[string]string{"aws:RequestedRegion": "us-west-1"}},
		"a network at the edge":                {"ec2:CreateVpc", "*", map[string]string{"aws:RequestedRegion": "us-east-1"}},
		"a database at the edge":               {"rds:CreateDBInstance", "arn:aws:rds:us-east-1:123456789012:db:oregon-x", map[string]string{"aws:RequestedRegion": "us-east-1"}},
		"an image of another account":          {"ecr:BatchGetImage", "arn:aws:ecr:us-west-2:210987654321:repository/mi-account", nil},
		"a new image":                          {"ecr:PutImage", "arn:aws:ecr:us-west-2:123456789012:repository/mi-account", nil},
		"a service that no site uses":          {"lambda:CreateFunction", "*", nil},
		"organizations":                        {"organizations:LeaveOrganization", "*", inIAM(nil)},
		"account settings":                     {"account:PutContactInformation", "*", inIAM(nil)},
		"a user":                               {"iam:CreateUser", "arn:aws:iam::123456789012:user/x", inIAM(nil)},
		"an access key":                        {"iam:CreateAccessKey", "arn:aws:iam::123456789012:user/x", inIAM(nil)},
		"a user's password":                    {"iam:CreateLoginProfile", "arn:aws:iam::123456789012:user/x", inIAM(nil)},
		"a user's policy":                      {"iam:AttachUserPolicy", "arn:aws:iam::123456789012:user/x", inIAM(nil)},
		"a group":                              {"iam:AddUserToGroup", "arn:aws:iam::123456789012:group/x", inIAM(nil)},
		"an identity provider":                 {"iam:CreateOpenIDConnectProvider", "arn:aws:iam::123456789012:oidc-provider/x", inIAM(nil)},
		"GitHub's identity provider":           {"iam:AddClientIDToOpenIDConnectProvider", "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com", inIAM(nil)},
		"a password policy":                    {"iam:UpdateAccountPasswordPolicy", "*", inIAM(nil)},
		"a managed policy":                     {"iam:CreatePolicy", "arn:aws:iam::123456789012:policy/x", inIAM(nil)},
		"the boundary itself":                  {"iam:CreatePolicyVersion", ownBoundary, inIAM(nil)},
		"the boundary's default version":       {"iam:SetDefaultPolicyVersion", ownBoundary, inIAM(nil)},
		"a role without a boundary":            {"iam:CreateRole", ownRole, inIAM(map[string]string{"aws:RequestTag/Site": "oregon"})},
		"a role with another boundary":         {"iam:CreateRole", ownRole, inIAM(map[string]string{"iam:PermissionsBoundary": otherBoundary})},
		"a role of another name":               {"iam:CreateRole", "arn:aws:iam::123456789012:role/admin", inIAM(map[string]string{"iam:PermissionsBoundary": ownBoundary})},
		"another boundary for a role":          {"iam:PutRolePermissionsBoundary", ownRole, inIAM(map[string]string{"iam:PermissionsBoundary": otherBoundary})},
		"no boundary for a role":               {"iam:DeleteRolePermissionsBoundary", ownRole, inIAM(map[string]string{"iam:PermissionsBoundary": ownBoundary})},
		"a policy for a role with no boundary": {"iam:PutRolePolicy", ownRole, inIAM(nil)},
		"trust of another site's role":         {"iam:UpdateAssumeRolePolicy", ownRole, inIAM(map[string]string{"aws:ResourceTag/Site": "california"})},
		"trust of a workflow's role":           {"iam:UpdateAssumeRolePolicy", "arn:aws:iam::123456789012:role/multisite-oregon-up", inIAM(map[string]string{"aws:ResourceTag/Site": "oregon"})},
		"a policy of a workflow's role":        {"iam:AttachRolePolicy", "arn:aws:iam::123456789012:role/multisite-oregon-preview", inIAM(map[string]string{"iam:PermissionsBoundary": ownBoundary})},
		"passing a workflow's role":            {"iam:PassRole", "arn:aws:iam::123456789012:role/multisite-oregon-destroy", inIAM(map[string]string{"iam:PassedToService": "s3.amazonaws.com"})},
		"passing a role to a compute service":  {"iam:PassRole", ownRole, inIAM(map[string]string{"iam:PassedToService": "ec2.amazonaws.com"})},
		"assuming another role":                {"sts:AssumeRole", "arn:aws:iam::123456789012:role/admin", nil},
		"another site's state":                 {"s3:GetObject", otherState + "/.pulumi/meta.yaml", nil},
		"the list of another site's stacks":    {"s3:ListBucket", otherState, nil},
		"the logs of a state":                  {"s3:PutBucketPolicy", "arn:aws:s3:::multisite-state-logs-oregon-123456789012", nil},
		"its own state's object lock":          {"s3:BypassGovernanceRetention", ownState + "/x", nil},
		"its own state's versions":             {"s3:DeleteObjectVersion", ownState + "/x", nil},
		"its own state's bucket policy":        {"s3:PutBucketPolicy", ownState, nil},
		"another site's secrets":               {"kms:Decrypt", someKey, map[string]string{"kms:ResourceAliases": "alias/pulumi-secrets-california"}},
		"another site's state key":             {"kms:PutKeyPolicy", someKey, map[string]string{"kms:ResourceAliases": "alias/pulumi-state-california"}},
		"its own state's key policy":           {"kms:PutKeyPolicy", someKey, map[string]string{"kms:ResourceAliases": "alias/pulumi-state-oregon"}},
		"an alias for another site's key":      {"kms:CreateAlias", "arn:aws:kms:us-west-2:123456789012:alias/pulumi-secrets-x", nil},
		"the alias of another site's key":      {"kms:DeleteAlias", "arn:aws:kms:us-west-2:123456789012:alias/pulumi-secrets-california", nil},
	} {
		assert.False(t, a.on(everything, boundary), "the boundary denies %s", name)
	}
	for name, a := range map[string]attempt{
		"a role with the boundary": {"iam:CreateRole", ownRole, inIAM(map[string]string{"iam:PermissionsBoundary": ownBoundary})},
		"a replica's bucket key":   {"kms:GenerateDataKey", someKey, map[string]string{"aws:RequestedRegion": "us-east-2"}},
		"replication elsewhere":    {"s3:ReplicateObject", "arn:aws:s3:::elsewhere/x", map[string]string{"aws:RequestedRegion": "us-east-2"}},
		"its own state":            {"s3:PutObject", ownState + "/.pulumi/stacks/multisite/oregon.json", nil},
		"its own secrets":          {"kms:Decrypt", someKey, map[string]string{"kms:ResourceAliases": "alias/pulumi-secrets-oregon"}},
		"a key without an alias":   {"kms:DescribeKey", someKey, nil},
		"an image of the site":     {"ecr:BatchGetImage", "arn:aws:ecr:us-west-2:123456789012:repository/mi-account", nil},
		"a database's logs":        {"logs:PutLogEvents", "arn:aws:logs:us-west-2:123456789012:log-group:RDSOSMetrics:log-stream:x", nil},
	} {
		assert.True(t, a.on(everything, boundary), "the boundary allows %s", name)
	}
}

// TestRolesAreSeparate checks that each role of Oregon is denied the requests of other roles
// and of other sites.
func TestRolesAreSeparate(t *testing.T) {
	d := deployed(t, KindAWS)
	ownKey := map[string]string{"aws:ResourceTag/Site": "oregon"}
	deletion := attempt{"kms:ScheduleKeyDeletion", someKey, ownKey}
	for role, rows := range map[Role]map[string]struct {
		attempt
		allowed bool
	}{
		Up: {
			"deletes no key":                   {deletion, false},
			"changes its own keys":             {attempt{"kms:PutKeyPolicy", someKey, ownKey}, true},
			"changes no other key":             {attempt{"kms:PutKeyPolicy", someKey, map[string]string{"aws:ResourceTag/Site": "california"}}, false},
			"deletes no other network":         {attempt{"ec2:DeleteVpc", "*", map[string]string{"aws:ResourceTag/Site": "california"}}, false},
			"deletes no other bucket":          {attempt{"s3:DeleteBucket", "arn:aws:s3:::california-ecommerce-invoices-1", nil}, false},
			"reads no other secret":            {attempt{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:123456789012:secret:california-x", nil}, false},
			"tags no other network as its own": {attempt{"ec2:CreateTags", "arn:aws:ec2:us-west-2:123456789012:vpc/vpc-1", map[string]string{"aws:RequestTag/Site": "oregon"}}, false},
			"untags no other role":             {attempt{"iam:UntagRole", ownRole, map[string]string{"aws:RequestedRegion": "us-east-1", "aws:ResourceTag/Site": "california"}}, false},
			"reads no objects":                 {attempt{"s3:GetObject", "arn:aws:s3:::oregon-ecommerce-invoices-1/x", nil}, false},
			"changes no other zone":            {attempt{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z2", map[string]string{"aws:RequestedRegion": "us-east-1"}}, false},
			"deletes no other load balancer":   {attempt{"elasticloadbalancing:DeleteLoadBalancer", balancer + "california-entry-1a2b3c4d/1", nil}, false},
			"accepts no TLS 1.1":               {attempt{"elasticloadbalancing:CreateListener", balancer + "oregon-entry-1a2b3c4d/1", map[string]string{"elasticloadbalancing:SecurityPolicy": "ELBSecurityPolicy-2016-08"}}, false},
			"accepts TLS 1.2":                  {attempt{"elasticloadbalancing:CreateListener", balancer + "oregon-entry-1a2b3c4d/1", map[string]string{"elasticloadbalancing:SecurityPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"}}, true},
			"redirects HTTP":                   {attempt{"elasticloadbalancing:CreateListener", balancer + "oregon-entry-1a2b3c4d/1", nil}, true},
			"writes for no other application":  {attempt{"ssm:PutParameter", "arn:aws:ssm:us-west-2:123456789012:parameter/multisite/services/california/ecommerce", nil}, false},
			"writes no other status":           {attempt{"ssm:PutParameter", "arn:aws:ssm:us-east-1:123456789012:parameter/multisite/sites/california", map[string]string{"aws:RequestedRegion": "us-east-1"}}, false},
		},
		Destroy: {
			"deletes its own keys":                  {deletion, true},
			"deletes no other key":                  {attempt{"kms:ScheduleKeyDeletion", someKey, map[string]string{"aws:ResourceTag/Site": "california"}}, false},
			"deletes no key without a tag":          {attempt{"kms:ScheduleKeyDeletion", someKey, nil}, false},
			"deletes no key of the state's secrets": {attempt{"kms:ScheduleKeyDeletion", someKey, map[string]string{"aws:ResourceTag/Site": "oregon", "kms:ResourceAliases": "alias/pulumi-secrets-oregon"}}, false},
		},
		Drift: {
			"reads the site's secrets":     {attempt{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:123456789012:secret:oregon-x", nil}, true},
			"writes no state":              {attempt{"s3:PutObject", ownState + "/.pulumi/stacks/multisite/oregon.json", nil}, false},
			"reads no objects":             {attempt{"s3:GetObject", "arn:aws:s3:::oregon-ecommerce-invoices-1/x", nil}, false},
			"decrypts nothing but secrets": {attempt{"kms:Decrypt", someKey, map[string]string{"kms:ViaService": "s3.us-west-2.amazonaws.com"}}, false},
		},
		Preview: {
			"reads its state":      {attempt{"s3:GetObject", ownState + "/.pulumi/stacks/multisite/oregon.json", nil}, true},
			"decrypts its secrets": {attempt{"kms:Decrypt", someKey, map[string]string{"kms:ResourceAliases": "alias/pulumi-secrets-oregon"}}, true},
			"reads no roles":       {attempt{"iam:GetRole", ownRole, map[string]string{"aws:RequestedRegion": "us-east-1"}}, false},
		},
	} {
		own, boundary := d.policies(role.logicalID())
		for what, row := range rows {
			assert.Equal(t, row.allowed, row.on(own, boundary), "%s %s", role, what)
		}
	}
}

// TestPreviewIsDeniedEvenIfAllowed gives the role for previews all permissions. The role must
// still read neither data nor secrets nor logs, whatever policies are attached to it.
func TestPreviewIsDeniedEvenIfAllowed(t *testing.T) {
	own, boundary := deployed(t, KindAWS).policies("PreviewRole")
	for _, a := range []attempt{
		{"s3:GetObject", "arn:aws:s3:::oregon-ecommerce-invoices-1/x", nil},
		{"s3:GetObjectVersion", "arn:aws:s3:::aws-waf-logs-oregon-1/x", nil},
		{"logs:GetLogEvents", "*", nil},
		{"logs:StartQuery", "*", nil},
		{"rds:DownloadDBLogFilePortion", "*", nil},
		{"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-west-2:123456789012:secret:oregon-x", nil},
		{"ssm:GetParameter", "arn:aws:ssm:us-west-2:123456789012:parameter/x", nil},
		{"kms:Decrypt", someKey, nil},
		{"kms:Decrypt", someKey, map[string]string{"kms:ResourceAliases": "alias/oregon-secrets"}},
	} {
		assert.False(t, a.on(append(own, everything...), boundary), a.action)
	}
}

// TestBoundaryOfASiteNamedLikeTheRoles uses a site whose name makes the pattern for its own
// roles match the roles of workflows.
func TestBoundaryOfASiteNamedLikeTheRoles(t *testing.T) {
	d := deploy(t, KindAWS, map[string]string{"Site": "multisite", "Region": "us-west-2", "Repository": repository})
	own, boundary := d.policies("UpRole")
	a := attempt{"iam:UpdateAssumeRolePolicy", "arn:aws:iam::123456789012:role/multisite-oregon-up", map[string]string{
		"aws:RequestedRegion": "us-east-1", "aws:ResourceTag/Site": "multisite",
	}}
	assert.True(t, a.on(own), "the policies alone allow it")
	assert.False(t, a.on(own, boundary))
}

// TestTrust checks that each role can be assumed only from its GitHub environment.
func TestTrust(t *testing.T) {
	for _, kind := range Kinds {
		d := deployed(t, kind)
		for role, environment := range map[Role]string{Up: "", Drift: "drift-", Preview: "preview-", Destroy: "destroy-"} {
			properties := d.resources[role.logicalID()]["Properties"].(object)
			statements := properties["AssumeRolePolicyDocument"].(object)["Statement"].([]any)
			assert.Equal(t, []any{object{
				"Effect":    "Allow",
				"Principal": object{"Federated": "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},
				"Action":    "sts:AssumeRoleWithWebIdentity",
				"Condition": object{"StringEquals": object{
					"token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
					"token.actions.githubusercontent.com:sub": "repo:" + repository + ":environment:" + environment + stack[kind].site,
				}},
			}}, statements, "%s of %s", role, kind)
			assert.Equal(t, "multisite-"+stack[kind].site+"-"+string(role), properties["RoleName"])
		}
	}
}

// TestStatusRole checks that the status role may read one parameter, and that the roles of
// the stack global may assume it.
func TestStatusRole(t *testing.T) {
	for _, kind := range []string{KindAWS, KindLocal} {
		d := deployed(t, kind)
		own, boundary := d.policies("StatusRole")
		parameter := "arn:aws:ssm:us-east-1:123456789012:parameter/multisite/sites/"
		edge := map[string]string{"aws:RequestedRegion": "us-east-1"}
		assert.True(t, attempt{"ssm:GetParameter", parameter + stack[kind].site, edge}.on(own, boundary))
		assert.False(t, attempt{"ssm:GetParameter", parameter + "california", edge}.on(own, boundary))
		assert.False(t, attempt{"ssm:PutParameter", parameter + stack[kind].site, edge}.on(own, boundary))
		own, boundary = deployed(t, KindGlobal).policies("PreviewRole")
		assert.True(t, attempt{"sts:AssumeRole", "arn:aws:iam::999999999999:role/multisite-status-oregon", edge}.on(own, boundary))
		assert.False(t, attempt{"sts:AssumeRole", "arn:aws:iam::999999999999:role/admin", edge}.on(own, boundary))
	}
}

// TestParametersSelectResources checks that the template has no workflow roles without a
// repository, and no status role without another account.
func TestParametersSelectResources(t *testing.T) {
	for _, kind := range Kinds {
		bare := deploy(t, kind, map[string]string{"Site": stack[kind].site, "Region": stack[kind].region})
		assert.Len(t, bare.resources, 1, kind)
		assert.Contains(t, bare.resources, "Boundary", kind)
		assert.Len(t, bare.outputs, 1, kind)
		together := deploy(t, kind, map[string]string{"Site": "x", "Region": "us-west-2", "Repository": repository, "GlobalAccount": account})
		assert.NotContains(t, together.resources, "StatusRole", "%s in the account of global", kind)
		assert.Len(t, together.outputs, 5, kind)
	}
	zoneless, _ := deploy(t, KindAWS, map[string]string{"Site": "oregon", "Region": "us-west-2", "Repository": repository}).policies("UpRole")
	assert.False(t, attempt{"route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", nil}.on(zoneless), "without a zone")
}
