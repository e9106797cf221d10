package components

import (
	"net/netip"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// ServiceName matches the name of an AWS service, such as secretsmanager or ecr.api.
var ServiceName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*$`)

// GatewayEndpoints are the services that every network reaches within AWS, through
// gateway endpoints, which cost nothing.
var GatewayEndpoints = []string{"s3", "dynamodb"}

// gatewayEndpoints keeps the traffic between private subnets and S3 and DynamoDB within
// AWS.
func (p provisioner) gatewayEndpoints(vpc *ec2.Vpc, a NetworkArgs, routeTables pulumi.StringArray) ([]*ec2.VpcEndpoint, error) {
	var endpoints []*ec2.VpcEndpoint
	for _, service := range GatewayEndpoints {
		statements := []pulumi.Map{ownCredentials(vpc)}
		if service == "s3" {
			statements = append(statements, imageLayers(a.Region))
		}
		endpoint, err := ec2.NewVpcEndpoint(p.Ctx, p.Child(service), &ec2.VpcEndpointArgs{
			VpcId:           vpc.ID(),
			ServiceName:     pulumi.String("com.amazonaws." + a.Region + "." + service),
			VpcEndpointType: pulumi.String("Gateway"),
			RouteTableIds:   routeTables,
			Policy:          provision.PolicyDocument(statements...),
			Tags:            provision.NameTag(p.Child(service)),
		}, pulumi.Parent(p.Parent))
		if err != nil {
			return nil, err
		}
		endpoints = append(endpoints, endpoint)
	}
	return endpoints, nil
}

// ownCredentials returns the statement that lets requests with the account's credentials
// pass an endpoint, so that no data leaves with the credentials of another account.
// Requests without credentials, such as for public packages, also pass.
func ownCredentials(vpc *ec2.Vpc) pulumi.Map {
	return pulumi.Map{
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.String("*")},
		"Action":    pulumi.String("*"),
		"Resource":  pulumi.String("*"),
		"Condition": provision.Condition("StringEqualsIfExists", "aws:PrincipalAccount", vpc.OwnerId),
	}
}

// imageLayers returns the statement that lets downloads of container images pass an
// endpoint. ECR returns the layers of images as URLs that an account of AWS has signed
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

// interfaceEndpoints keeps the traffic between private subnets and other AWS services
// within AWS.
func (p provisioner) interfaceEndpoints(vpc *ec2.Vpc, a NetworkArgs, subnets pulumi.StringArray) error {
	if len(a.InterfaceEndpoints) == 0 {
		return nil
	}
	// The rule admits blocks, not the private security group: the replication instance is
	// in the private tier too, and has another security group.
	private := append([]string{TierBlock(netip.MustParsePrefix(a.CidrBlock), Private).String()}, a.SecondaryCidrBlocks...)
	group, err := ec2.NewSecurityGroup(p.Ctx, p.Child("endpoints"), &ec2.SecurityGroupArgs{
		VpcId:       vpc.ID(),
		Description: pulumi.String("AWS services: HTTPS from workloads"),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("HTTPS"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			CidrBlocks: pulumi.ToStringArray(private),
		}},
		Egress: ec2.SecurityGroupEgressArray{},
		Tags:   provision.NameTag(p.Child("endpoints")),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return err
	}
	for _, service := range a.InterfaceEndpoints {
		if _, err := ec2.NewVpcEndpoint(p.Ctx, p.Child(service), &ec2.VpcEndpointArgs{
			VpcId:             vpc.ID(),
			ServiceName:       pulumi.String("com.amazonaws." + a.Region + "." + service),
			VpcEndpointType:   pulumi.String("Interface"),
			SubnetIds:         subnets, // one per zone
			Policy:            provision.PolicyDocument(ownCredentials(vpc)),
			SecurityGroupIds:  pulumi.StringArray{group.ID()},
			PrivateDnsEnabled: pulumi.Bool(true),
			Tags:              provision.NameTag(p.Child(service)),
		}, pulumi.Parent(p.Parent)); err != nil {
			return err
		}
	}
	return nil
}
