package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// flowLogs records all traffic of the VPC, accepted or rejected, in an encrypted log
// group.
func (p provisioner) flowLogs(vpc *ec2.Vpc, a NetworkArgs) error {
	name := p.child("flow-logs")
	group, err := p.logGroup(name, nil, a.LogsKeyARN, a.LogRetentionDays)
	if err != nil {
		return err
	}
	role, err := p.serviceRole(name, "vpc-flow-logs.amazonaws.com", "Writes the flow logs of "+p.name, a.PermissionsBoundaryARN, vpc.OwnerId)
	if err != nil {
		return err
	}
	policy, err := iam.NewRolePolicy(p.ctx, name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: policyDocument(allow([]string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			pulumi.Sprintf("%s:*", group.Arn), nil)),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return err
	}
	_, err = ec2.NewFlowLog(p.ctx, name, &ec2.FlowLogArgs{
		VpcId:          vpc.ID(),
		TrafficType:    pulumi.String("ALL"),
		LogDestination: group.Arn,
		IamRoleArn:     role.Arn,
		Tags:           nameTag(name),
	}, pulumi.Parent(p.parent), pulumi.DependsOn([]pulumi.Resource{policy}))
	return err
}
