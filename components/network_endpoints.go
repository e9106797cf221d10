package components

import (
	"net/netip"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ServiceName is the form of an AWS service's name, such as secretsmanager or ecr.api.
var ServiceName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// GatewayEndpoints are the services that every network reaches within AWS, over
// gateways that cost nothing.
var GatewayEndpoints = []string{"s3", "dynamodb"}

// endpoints keep the traffic of private subnets with AWS's services inside of
// AWS: over gateways, and over interfaces as asked for.
func (p provisioner) endpoints(vpc *ec2.Vpc, a NetworkArgs, subnets, routeTables pulumi.StringArray) error {
	// Nobody's credentials but the account's own pass, so that data cannot be carried
	// off with others. Requests without any, such as for public packages, may.
	policy := policyDocument(pulumi.Map{
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.String("*")},
		"Action":    pulumi.String("*"),
		"Resource":  pulumi.String("*"),
		"Condition": condition("StringEqualsIfExists", "aws:PrincipalAccount", vpc.OwnerId),
	})
	for _, service := range GatewayEndpoints {
		if _, err := ec2.NewVpcEndpoint(p.ctx, p.child(service), &ec2.VpcEndpointArgs{
			VpcId:           vpc.ID(),
			ServiceName:     pulumi.String("com.amazonaws." + a.Region + "." + service),
			VpcEndpointType: pulumi.String("Gateway"),
			RouteTableIds:   routeTables,
			Policy:          policy,
			Tags:            nameTag(p.child(service)),
		}, pulumi.Parent(p.parent)); err != nil {
			return err
		}
	}
	if len(a.InterfaceEndpoints) == 0 {
		return nil
	}
	// The replication instance comes from the private tier too, and has a group of its own.
	private := append([]string{TierBlock(netip.MustParsePrefix(a.CidrBlock), Private).String()}, a.SecondaryCidrBlocks...)
	group, err := ec2.NewSecurityGroup(p.ctx, p.child("endpoints"), &ec2.SecurityGroupArgs{
		VpcId:       vpc.ID(),
		Description: pulumi.String("AWS services: HTTPS from workloads"),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("HTTPS"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			CidrBlocks: pulumi.ToStringArray(private),
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
			SubnetIds:         subnets, // one of each zone
			Policy:            policy,
			SecurityGroupIds:  pulumi.StringArray{group.ID()},
			PrivateDnsEnabled: pulumi.Bool(true),
			Tags:              nameTag(p.child(service)),
		}, pulumi.Parent(p.parent)); err != nil {
			return err
		}
	}
	return nil
}
