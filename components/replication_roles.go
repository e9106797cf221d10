package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ReplicationRolesArgs describe ReplicationRoles.
type ReplicationRolesArgs struct {
	// AccountID is the 12-digit AWS account that data is copied in.
	AccountID string
}

// ReplicationRoles are the roles that AWS DMS looks for by name.
type ReplicationRoles struct{ pulumi.ResourceState }

// replicationRoles are AWS's policies by the names of the roles that need them
// (https://docs.aws.amazon.com/dms/latest/userguide/security-iam.html#CHAP_Security.APIRole).
var replicationRoles = map[string]struct{ policy, purpose string }{
	"dms-vpc-role":             {"AmazonDMSVPCManagementRole", "Places replication instances in networks"},
	"dms-cloudwatch-logs-role": {"AmazonDMSCloudWatchLogsRole", "Writes the logs of replication tasks"},
}

// NewReplicationRoles creates the two roles that AWS DMS takes on under fixed names,
// whatever the region. An account has them once, so they belong to a stack that is no
// site's, and have to be there before any ReplicationInstance.
func NewReplicationRoles(ctx *pulumi.Context, name string, args *ReplicationRolesArgs, opts ...pulumi.ResourceOption) (*ReplicationRoles, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	r := &ReplicationRoles{}
	if err := ctx.RegisterComponentResource("multisite:index:ReplicationRoles", name, r, opts...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, r}
	for roleName, role := range replicationRoles {
		created, err := iam.NewRole(ctx, p.child(roleName), &iam.RoleArgs{
			Name:             pulumi.String(roleName),
			Description:      pulumi.String(role.purpose),
			AssumeRolePolicy: trust("dms.amazonaws.com", pulumi.String(args.AccountID)),
			Tags:             nameTag(p.child(roleName)),
		}, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true))
		if err != nil {
			return nil, err
		}
		if _, err := iam.NewRolePolicyAttachment(ctx, p.child(roleName), &iam.RolePolicyAttachmentArgs{
			Role:      created.Name,
			PolicyArn: pulumi.String("arn:aws:iam::aws:policy/service-role/" + role.policy),
		}, pulumi.Parent(r)); err != nil {
			return nil, err
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

func (args ReplicationRolesArgs) validate(name string) error {
	var p problems
	p.check(accountID.MatchString(args.AccountID), "AccountID: found %q, allowed are 12 digits", args.AccountID)
	return p.err("ReplicationRoles", name)
}
