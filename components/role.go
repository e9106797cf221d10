package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

var policyARN = regexp.MustCompile(`^arn:aws:iam::\d{12}:policy/[\w+=,.@/-]+$`)

// checkBoundary demands the argument of that name.
func (p *problems) checkBoundary(arn string) {
	p.check(policyARN.MatchString(arn), "PermissionsBoundaryARN: found %q, allowed is the ARN of an IAM policy of an account", arn)
}

// serviceRole creates a role that an AWS service assumes, for the given account alone,
// or without a condition where account is nil (see trust), with no rights beyond the
// boundary, the ARN of an IAM policy.
func (p provisioner) serviceRole(name, principal, purpose, boundary string, account pulumi.StringInput, options ...pulumi.ResourceOption) (*iam.Role, error) {
	return iam.NewRole(p.ctx, name, &iam.RoleArgs{
		Description:         pulumi.String(purpose),
		AssumeRolePolicy:    trust(principal, account),
		PermissionsBoundary: pulumi.String(boundary),
		Tags:                nameTag(name),
	}, append(options, pulumi.Parent(p.parent))...)
}

// trust lets an AWS service assume a role on the account's behalf. A nil account leaves
// the condition on aws:SourceAccount out, for services that AWS does not document to send
// that key: the condition would refuse them. No other account can name the role to the
// service, since iam:PassRole does not cross accounts
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html).
func trust(principal string, account pulumi.StringInput) pulumi.StringOutput {
	statement := pulumi.Map{
		"Effect":    pulumi.String("Allow"),
		"Principal": service(principal),
		"Action":    pulumi.String("sts:AssumeRole"),
	}
	if account != nil {
		statement["Condition"] = ofAccount(account)
	}
	return policyDocument(statement)
}
