package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// securityGroups creates the security groups of the public and the private tier, and
// removes all rules of the default group, which AWS assigns to resources that name no
// group. Rules are inline, so that a refresh reports rules that were added by hand.
func (p provisioner) securityGroups(vpc *ec2.Vpc, a NetworkArgs, n *Network, gateways []*ec2.VpcEndpoint) error {
	if _, err := ec2.NewDefaultSecurityGroup(p.Ctx, p.Name, &ec2.DefaultSecurityGroupArgs{
		VpcId:   vpc.ID(),
		Ingress: ec2.DefaultSecurityGroupIngressArray{},
		Egress:  ec2.DefaultSecurityGroupEgressArray{},
		Tags:    provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent)); err != nil {
		return err
	}
	var everywhere, within pulumi.StringArrayInput
	if a.IPFamily == DualStack {
		everywhere, within = pulumi.ToStringArray([]string{anywhereIPv6}), pulumi.StringArray{vpc.Ipv6CidrBlock}
	}
	fromAnywhere := func(description string, port int) ec2.SecurityGroupIngressArgs {
		return ec2.SecurityGroupIngressArgs{
			Description: pulumi.String(description),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(port), ToPort: pulumi.Int(port),
			CidrBlocks: pulumi.ToStringArray([]string{anywhere}), Ipv6CidrBlocks: everywhere,
		}
	}
	public, err := ec2.NewSecurityGroup(p.Ctx, p.Child("public"), &ec2.SecurityGroupArgs{
		VpcId:       vpc.ID(),
		Description: pulumi.String("Load balancers: HTTPS from anywhere"), // a change would replace the group
		Ingress:     ec2.SecurityGroupIngressArray{fromAnywhere("HTTPS", 443), fromAnywhere("HTTP, to redirect to HTTPS", 80)},
		Egress: ec2.SecurityGroupEgressArray{ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("Workloads"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(65535),
			CidrBlocks: pulumi.ToStringArray(append([]string{a.CidrBlock}, a.SecondaryCidrBlocks...)), Ipv6CidrBlocks: within,
		}},
		Tags: provision.NameTag(p.Child("public")),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return err
	}
	private, err := ec2.NewSecurityGroup(p.Ctx, p.Child("private"), &ec2.SecurityGroupArgs{
		VpcId:       vpc.ID(),
		Description: pulumi.String("Workloads: from load balancers and one another"),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("Load balancers and other workloads"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(65535),
			SecurityGroups: pulumi.StringArray{public.ID()},
			Self:           pulumi.Bool(true),
		}},
		Egress: workloadEgress(vpc, a, gateways),
		Tags:   provision.NameTag(p.Child("private")),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return err
	}
	n.PublicSecurityGroupID, n.PrivateSecurityGroupID = public.ID(), private.ID()
	return nil
}
