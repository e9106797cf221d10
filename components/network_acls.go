package components

import (
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// networkACLs give each tier an ACL of its own, and empty the default one. An ACL
// sees packets, not connections: the public and the private tier must take
// answers from anywhere, and are guarded by their security groups.
func (p provisioner) networkACLs(vpc *ec2.Vpc, a NetworkArgs, n *Network) error {
	if _, err := ec2.NewDefaultNetworkAcl(p.ctx, p.name, &ec2.DefaultNetworkAclArgs{
		DefaultNetworkAclId: vpc.DefaultNetworkAclId,
		Tags:                nameTag(p.name),
	}, pulumi.Parent(p.parent),
		// AWS lists a subnet here for the moment before it has an ACL of its tier.
		pulumi.IgnoreChanges([]string{"subnetIds"})); err != nil {
		return err
	}
	private := TierBlock(netip.MustParsePrefix(a.CidrBlock), Private).String()
	for tier, peer := range map[Tier]string{Public: anywhere, Private: anywhere, Data: private} {
		if _, err := ec2.NewNetworkAcl(p.ctx, p.child(string(tier)), &ec2.NetworkAclArgs{
			VpcId:     vpc.ID(),
			SubnetIds: n.SubnetIDs[tier],
			Ingress: ec2.NetworkAclIngressArray{ec2.NetworkAclIngressArgs{
				RuleNo: pulumi.Int(100), Action: pulumi.String("allow"), CidrBlock: pulumi.String(peer),
				Protocol: pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
			}},
			Egress: ec2.NetworkAclEgressArray{ec2.NetworkAclEgressArgs{
				RuleNo: pulumi.Int(100), Action: pulumi.String("allow"), CidrBlock: pulumi.String(peer),
				Protocol: pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
			}},
			Tags: nameTag(p.child(string(tier))),
		}, pulumi.Parent(p.parent)); err != nil {
			return err
		}
	}
	return nil
}
