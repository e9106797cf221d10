package components

import (
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// networkACLs creates an ACL for each tier, and removes all rules of the default ACL. An
// ACL filters packets, not connections: the public and the private tier must accept
// responses from anywhere, and rely on their security groups.
func (p provisioner) networkACLs(vpc *ec2.Vpc, a NetworkArgs, n *Network) error {
	if _, err := ec2.NewDefaultNetworkAcl(p.Ctx, p.Name, &ec2.DefaultNetworkAclArgs{
		DefaultNetworkAclId: vpc.DefaultNetworkAclId,
		Tags:                provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent),
		// AWS lists a subnet here until the ACL of its tier is associated.
		pulumi.IgnoreChanges([]string{"subnetIds"})); err != nil {
		return err
	}
	outside := []string{anywhere}
	if a.IPFamily == DualStack {
		outside = append(outside, anywhereIPv6)
	}
	private := append([]string{TierBlock(netip.MustParsePrefix(a.CidrBlock), Private).String()}, a.SecondaryCidrBlocks...)
	for tier, peers := range map[Tier][]string{Public: outside, Private: outside, Data: private} {
		args := &ec2.NetworkAclArgs{
			VpcId:     vpc.ID(),
			SubnetIds: n.SubnetIDs[tier],
			Tags:      provision.NameTag(p.Child(string(tier))),
		}
		args.Ingress, args.Egress = aclRules(peers)
		if _, err := ec2.NewNetworkAcl(p.Ctx, p.Child(string(tier)), args, pulumi.Parent(p.Parent)); err != nil {
			return err
		}
	}
	return nil
}

// aclRules returns rules that allow all traffic from and to the peers, which are IPv4 or
// IPv6 blocks.
func aclRules(peers []string) (in ec2.NetworkAclIngressArray, out ec2.NetworkAclEgressArray) {
	for i, peer := range peers {
		var v4, v6 pulumi.StringPtrInput = pulumi.String(peer), nil
		if netip.MustParsePrefix(peer).Addr().Is6() {
			v4, v6 = v6, v4
		}
		in = append(in, ec2.NetworkAclIngressArgs{
			RuleNo: pulumi.Int(100 + i), Action: pulumi.String("allow"), CidrBlock: v4, Ipv6CidrBlock: v6,
			Protocol: pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
		})
		out = append(out, ec2.NetworkAclEgressArgs{
			RuleNo: pulumi.Int(100 + i), Action: pulumi.String("allow"), CidrBlock: v4, Ipv6CidrBlock: v6,
			Protocol: pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
		})
	}
	return in, out
}
