package law

// perimeterServices are services that hold users' data and support RCPs since AWS introduced RCPs.
// AWS has added services since.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html
var perimeterServices = []string{"kms:*", "s3:*", "secretsmanager:*", "sqs:*"}

// perimeter returns the policy that denies access to the account's data by principals of other
// accounts, whatever a bucket's, key's or secret's own policy allows. Services of AWS keep
// access for the account itself, such as CloudFront, and log delivery from us-east-1. Roles can
// be assumed only by principals of the organization; a login from an identity provider, such as
// GitHub's, depends on the role's trust policy. RCPs do not apply to service-linked roles. The statements
// follow AWS's examples:
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
func (a *account) perimeter(organization string) policy {
	return policy{kind: resourceControl, account: a.id, name: "perimeter", statements: []statement{
		{Sid: "Principals", Action: perimeterServices, Condition: when{
			"StringNotEqualsIfExists": {"aws:PrincipalAccount": a.id},
			"BoolIfExists":            {"aws:PrincipalIsAWSService": "false"},
		}},
		{Sid: "Services", Action: perimeterServices, Condition: when{
			"StringNotEquals": {"aws:SourceAccount": a.id},
			"Null":            {"aws:SourceAccount": "false"},
			"Bool":            {"aws:PrincipalIsAWSService": "true"},
		}},
		{Sid: "Roles", Action: []string{"sts:AssumeRole"}, Condition: when{
			"StringNotEqualsIfExists": {"aws:PrincipalOrgID": organization},
			"BoolIfExists":            {"aws:PrincipalIsAWSService": "false"},
		}},
	}}
}
