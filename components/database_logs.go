package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// exportedLogs are the logs of PostgreSQL that RDS exports to CloudWatch Logs.
var exportedLogs = []string{"postgresql", "upgrade"}

// databaseLogs creates the log groups to which RDS writes. Otherwise RDS would create
// them itself, without the KMS key and without an expiry.
func (p provisioner) databaseLogs(a DatabaseArgs, identifier pulumi.StringOutput) ([]pulumi.Resource, error) {
	var groups []pulumi.Resource
	for _, log := range exportedLogs {
		group, err := p.NewLogGroup(p.Child(log), pulumi.Sprintf("/aws/rds/instance/%s/%s", identifier, log), a.LogsKeyARN, a.LogRetentionDays)
		if err != nil {
			return nil, err
		}
		groups = append(groups, group)
	}
	return groups, nil
}

// monitoringRole creates the role with which RDS publishes the operating system metrics
// of enhanced monitoring. RDS refuses a role without this policy.
func (p provisioner) monitoringRole(boundary string, account pulumi.StringInput) (*iam.Role, *iam.RolePolicyAttachment, error) {
	name := p.Child("monitoring")
	role, err := p.NewServiceRole(name, "monitoring.rds.amazonaws.com", "Publishes the metrics of "+p.Name, boundary, account)
	if err != nil {
		return nil, nil, err
	}
	rights, err := iam.NewRolePolicyAttachment(p.Ctx, name, &iam.RolePolicyAttachmentArgs{
		Role:      role.Name,
		PolicyArn: pulumi.String("arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"),
	}, pulumi.Parent(p.Parent))
	return role, rights, err
}
