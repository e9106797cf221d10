package components

import (
	"net/netip"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// secondarySubnets adds each secondary block to the VPC, and its private subnets to the
// route tables of their zones. The names of the resources contain the block, so that
// adding or removing other blocks does not change them.
func (p provisioner) secondarySubnets(vpc *ec2.Vpc, a NetworkArgs, tables map[string]*ec2.RouteTable) (pulumi.StringArray, error) {
	var ids pulumi.StringArray
	for _, text := range a.SecondaryCidrBlocks {
		block := netip.MustParsePrefix(text)
		tier := string(Private) + "-" + strings.ReplaceAll(block.Addr().String(), ".", "-")
		association, err := ec2.NewVpcIpv4CidrBlockAssociation(p.Ctx, p.Child(tier), &ec2.VpcIpv4CidrBlockAssociationArgs{
			VpcId:     vpc.ID(),
			CidrBlock: pulumi.String(text),
		}, pulumi.Parent(p.Parent), pulumi.Protect(!a.AllowDeletion))
		if err != nil {
			return nil, err
		}
		for _, zone := range a.Zones {
			part, err := SecondaryBlock(block, zone)
			if err != nil {
				return nil, err
			}
			name := p.Child(tier + "-" + letter(zone))
			subnet, err := ec2.NewSubnet(p.Ctx, name, &ec2.SubnetArgs{
				VpcId:            association.VpcId,
				AvailabilityZone: pulumi.String(zone),
				CidrBlock:        pulumi.String(part.String()),
				Tags:             tierTags(name, Private),
			}, pulumi.Parent(p.Parent), pulumi.Protect(!a.AllowDeletion))
			if err != nil {
				return nil, err
			}
			if _, err := ec2.NewRouteTableAssociation(p.Ctx, name, &ec2.RouteTableAssociationArgs{
				SubnetId:     subnet.ID(),
				RouteTableId: tables[zone].ID(),
			}, pulumi.Parent(p.Parent)); err != nil {
				return nil, err
			}
			ids = append(ids, subnet.ID())
		}
	}
	return ids, nil
}
