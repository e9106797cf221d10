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

// gatewayEndpoints keep the traffic of private subnets with S3 and DynamoDB inside of AWS.
func (p provisioner) gatewayEndpoints(vpc *ec2.Vpc, a NetworkArgs, routeTables pulumi.StringArray) ([]*ec2.VpcEndpoint, error) {
	var endpoints []*ec2.VpcEndpoint
	for _, service := range GatewayEndpoints {
		statements := []pulumi.Map{ownCredentials(vpc)}
		if service == "s3" {
			statements = append(statements, imageLayers(a.Region))
		}
		endpoint, err := ec2.NewVpcEndpoint(p.ctx, p.child(service), &ec2.VpcEndpointArgs{
			VpcId:           vpc.ID(),
			ServiceName:     pulumi.String("com.amazonaws." + a.Region + "." + service),
			VpcEndpointType: pulumi.String("Gateway"),
			RouteTableIds:   routeTables,
			Policy:          policyDocument(statements...),
			Tags:            nameTag(p.child(service)),
		}, pulumi.Parent(p.parent))
		if err != nil {
			return nil, err
		}
		endpoints = append(endpoints, endpoint)
	}
	return endpoints, nil
}

// ownCredentials lets requests under the account's credentials through an endpoint, so
// that no data leaves under another account's. Requests without credentials, such as
// for public packages, pass too.
func ownCredentials(vpc *ec2.Vpc) pulumi.Map {
	return pulumi.Map{
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.String("*")},
		"Action":    pulumi.String("*"),
		"Resource":  pulumi.String("*"),
		"Condition": condition("StringEqualsIfExists", "aws:PrincipalAccount", vpc.OwnerId),
	}
}

// imageLayers lets container images through: ECR hands out their layers as URLs that
// an account of AWS has signed
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms).
func imageLayers(region string) pulumi.Map {
	return pulumi.Map{
		"Sid":       pulumi.String("ImageLayers"),
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.String("*")},
		"Action":    pulumi.String("s3:GetObject"),
		"Resource":  pulumi.String("arn:aws:s3:::prod-" + region + "-starport-layer-bucket/*"),
	}
}

// interfaceEndpoints keep the traffic of private subnets with further AWS services inside of AWS.
func (p provisioner) interfaceEndpoints(vpc *ec2.Vpc, a NetworkArgs, subnets pulumi.StringArray) error {
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
			Policy:            policyDocument(ownCredentials(vpc)),
			SecurityGroupIds:  pulumi.StringArray{group.ID()},
			PrivateDnsEnabled: pulumi.Bool(true),
			Tags:              nameTag(p.child(service)),
		}, pulumi.Parent(p.parent)); err != nil {
			return err
		}
	}
	return nil
}
