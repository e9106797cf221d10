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

// serviceRole creates a role that an AWS service takes on, for the given account alone,
// with no rights beyond the boundary, the ARN of an IAM policy.
func (p provisioner) serviceRole(name, principal, purpose, boundary string, account pulumi.StringInput, options ...pulumi.ResourceOption) (*iam.Role, error) {
	return iam.NewRole(p.ctx, name, &iam.RoleArgs{
		Description:         pulumi.String(purpose),
		AssumeRolePolicy:    trust(principal, account),
		PermissionsBoundary: pulumi.String(boundary),
		Tags:                nameTag(name),
	}, append(options, pulumi.Parent(p.parent))...)
}

// trust lets an AWS service take on a role on the account's behalf.
func trust(principal string, account pulumi.StringInput) pulumi.StringOutput {
	return policyDocument(pulumi.Map{
		"Effect":    pulumi.String("Allow"),
		"Principal": service(principal),
		"Action":    pulumi.String("sts:AssumeRole"),
		"Condition": ofAccount(account),
	})
}
