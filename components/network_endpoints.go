package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ServiceName is the form of an AWS service's name, such as secretsmanager or ecr.api.
var ServiceName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// endpoints keep the traffic of private subnets with AWS's services inside of
// AWS: gateways for S3 and DynamoDB, which cost nothing, and interfaces as asked for.
func (p provisioner) endpoints(vpc *ec2.Vpc, a NetworkArgs, n *Network, routeTables pulumi.StringArray) error {
	for _, service := range []string{"s3", "dynamodb"} {
		if _, err := ec2.NewVpcEndpoint(p.ctx, p.child(service), &ec2.VpcEndpointArgs{
			VpcId:           vpc.ID(),
			ServiceName:     pulumi.String("com.amazonaws." + a.Region + "." + service),
			VpcEndpointType: pulumi.String("Gateway"),
			RouteTableIds:   routeTables,
			Tags:            nameTag(p.child(service)),
		}, pulumi.Parent(p.parent)); err != nil {
			return err
		}
	}
	if len(a.InterfaceEndpoints) == 0 {
		return nil
	}
	group, err := ec2.NewSecurityGroup(p.ctx, p.child("endpoints"), &ec2.SecurityGroupArgs{
		VpcId:       vpc.ID(),
		Description: pulumi.String("AWS services: HTTPS from workloads"),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("HTTPS"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			SecurityGroups: pulumi.StringArray{n.PrivateSecurityGroupID},
		}},
		Egress: ec2.SecurityGroupEgressArray{},
		Tags:   nameTag(p.child("endpoints")),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return err
	}
	for _, service := range a.InterfaceEndpoints {
		if _, err := ec2.NewVpcEndpoint(p.ctx, p.child(service), &ec2.VpcEndpointArgs{
			VpcId:             vpc.ID(),
			ServiceName:       pulumi.String("com.amazonaws." + a.Region + "." + service),
			VpcEndpointType:   pulumi.String("Interface"),
			SubnetIds:         n.SubnetIDs[Private],
			SecurityGroupIds:  pulumi.StringArray{group.ID()},
			PrivateDnsEnabled: pulumi.Bool(true),
			Tags:              nameTag(p.child(service)),
		}, pulumi.Parent(p.parent)); err != nil {
			return err
		}
	}
	return nil
}
