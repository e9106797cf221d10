package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// serviceRole creates a role that an AWS service takes on, for the given account alone.
func (p provisioner) serviceRole(name, principal, purpose string, account pulumi.StringInput, options ...pulumi.ResourceOption) (*iam.Role, error) {
	return iam.NewRole(p.ctx, name, &iam.RoleArgs{
		Description: pulumi.String(purpose),
		AssumeRolePolicy: policyDocument(pulumi.Map{
			"Effect":    pulumi.String("Allow"),
			"Principal": service(principal),
			"Action":    pulumi.String("sts:AssumeRole"),
			"Condition": ofAccount(account),
		}),
		Tags: nameTag(name),
	}, append(options, pulumi.Parent(p.parent))...)
}
