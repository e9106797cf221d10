package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// serviceRole creates a role that an AWS service takes on, for the given account alone.
func (p provisioner) serviceRole(name, principal, purpose string, account pulumi.StringInput, options ...pulumi.ResourceOption) (*iam.Role, error) {
	return iam.NewRole(p.ctx, name, &iam.RoleArgs{
		Description:      pulumi.String(purpose),
		AssumeRolePolicy: trust(principal, account),
		Tags:             nameTag(name),
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
