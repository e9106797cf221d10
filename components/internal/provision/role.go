package provision

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

var policyARN = regexp.MustCompile(`^arn:aws:iam::\d{12}:policy/[\w+=,.@/-]+$`)

// CheckBoundary checks the argument PermissionsBoundaryARN.
func (p *Problems) CheckBoundary(arn string) {
	p.Check(policyARN.MatchString(arn), "PermissionsBoundaryARN: found %q; allowed: the ARN of an IAM policy of an account", arn)
}

// NewServiceRole creates a role that an AWS service can assume, only for the given account,
// or without a condition if account is nil (see trust). boundary is the ARN of the IAM
// policy that is the role's permissions boundary.
func (p Component) NewServiceRole(name, principal, purpose, boundary string, account pulumi.StringInput, options ...pulumi.ResourceOption) (*iam.Role, error) {
	return iam.NewRole(p.Ctx, name, &iam.RoleArgs{
		Description:         pulumi.String(purpose),
		AssumeRolePolicy:    trust(principal, account),
		PermissionsBoundary: pulumi.String(boundary),
		Tags:                NameTag(name),
	}, append(options, pulumi.Parent(p.Parent))...)
}

// trust returns the policy that lets an AWS service assume a role on the account's
// behalf. If account is nil, the policy has no condition on aws:SourceAccount. Use nil
// for services that AWS does not document to send that key, because the condition would
// refuse them. No other account can pass the role to the service, since iam:PassRole does
// not cross accounts
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
func trust(principal string, account pulumi.StringInput) pulumi.StringOutput {
	statement := pulumi.Map{
		"Effect":    pulumi.String("Allow"),
		"Principal": service(principal),
		"Action":    pulumi.String("sts:AssumeRole"),
	}
	if account != nil {
		statement["Condition"] = OfAccount(account)
	}
	return PolicyDocument(statement)
}
