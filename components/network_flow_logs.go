package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// flowLogs records all traffic of the VPC, accepted or rejected, in an encrypted log
// group.
func (p provisioner) flowLogs(vpc *ec2.Vpc, a NetworkArgs) error {
	name := p.Child("flow-logs")
	group, err := p.NewLogGroup(name, nil, a.LogsKeyARN, a.LogRetentionDays)
	if err != nil {
		return err
	}
	role, err := p.NewServiceRole(name, "vpc-flow-logs.amazonaws.com", "Writes the flow logs of "+p.Name, a.PermissionsBoundaryARN, vpc.OwnerId)
	if err != nil {
		return err
	}
	policy, err := iam.NewRolePolicy(p.Ctx, name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: provision.PolicyDocument(provision.Allow([]string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			pulumi.Sprintf("%s:*", group.Arn), nil)),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return err
	}
	_, err = ec2.NewFlowLog(p.Ctx, name, &ec2.FlowLogArgs{
		VpcId:          vpc.ID(),
		TrafficType:    pulumi.String("ALL"),
		LogDestination: group.Arn,
		IamRoleArn:     role.Arn,
		Tags:           provision.NameTag(name),
	}, pulumi.Parent(p.Parent), pulumi.DependsOn([]pulumi.Resource{policy}))
	return err
}
