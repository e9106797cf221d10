package components

import (
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const anywhere = "0.0.0.0/0"

// letter is what a zone is called within its region.
func letter(zone string) string { return zone[len(zone)-1:] }

// subnets creates a subnet per tier and zone.
func (p provisioner) subnets(vpc *ec2.Vpc, a NetworkArgs) (map[Tier]map[string]*ec2.Subnet, error) {
	subnets := map[Tier]map[string]*ec2.Subnet{}
	for _, tier := range Tiers {
		subnets[tier] = map[string]*ec2.Subnet{}
		for _, zone := range a.Zones {
			block, err := SubnetBlock(netip.MustParsePrefix(a.CidrBlock), tier, zone)
			if err != nil {
				return nil, err
			}
			name := p.child(string(tier) + "-" + letter(zone))
			tags := nameTag(name)
			tags["Tier"] = pulumi.String(tier)
			subnets[tier][zone], err = ec2.NewSubnet(p.ctx, name, &ec2.SubnetArgs{
				VpcId:            vpc.ID(),
				AvailabilityZone: pulumi.String(zone),
				CidrBlock:        pulumi.String(block.String()),
				Tags:             tags,
			}, pulumi.Parent(p.parent), pulumi.Protect(!a.AllowDeletion))
			if err != nil {
				return nil, err
			}
		}
	}
	return subnets, nil
}

// routes connects public subnets to the internet gateway, private subnets to a
// NAT gateway, and data subnets to nothing. Each private subnet has a route
// table of its own whatever NatGateways says, so that a change of it moves routes
// only. It returns the IDs of these.
func (p provisioner) routes(vpc *ec2.Vpc, a NetworkArgs, subnets map[Tier]map[string]*ec2.Subnet) (pulumi.StringArray, error) {
	gateway, err := ec2.NewInternetGateway(p.ctx, p.child("internet"), &ec2.InternetGatewayArgs{
		VpcId: vpc.ID(),
		Tags:  nameTag(p.child("internet")),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	public, err := p.routeTable(vpc, string(Public))
	if err != nil {
		return nil, err
	}
	if _, err := ec2.NewRoute(p.ctx, p.child("public-internet"), &ec2.RouteArgs{
		RouteTableId:         public.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		GatewayId:            gateway.ID(),
	}, pulumi.Parent(p.parent)); err != nil {
		return nil, err
	}
	data, err := p.routeTable(vpc, string(Data))
	if err != nil {
		return nil, err
	}
	var nat *ec2.NatGateway
	var tables pulumi.StringArray
	for i, zone := range a.Zones {
		if a.NatGateways == NatPerZone || a.NatGateways == NatSingle && i == 0 {
			if nat, err = p.natGateway(zone, subnets[Public][zone], gateway); err != nil {
				return nil, err
			}
		}
		private, err := p.privateRoutes(vpc, zone, nat)
		if err != nil {
			return nil, err
		}
		tables = append(tables, private.ID())
		for tier, table := range map[Tier]*ec2.RouteTable{Public: public, Private: private, Data: data} {
			if _, err := ec2.NewRouteTableAssociation(p.ctx, p.child(string(tier)+"-"+letter(zone)), &ec2.RouteTableAssociationArgs{
				SubnetId:     subnets[tier][zone].ID(),
				RouteTableId: table.ID(),
			}, pulumi.Parent(p.parent)); err != nil {
				return nil, err
			}
		}
	}
	return tables, nil
}

func (p provisioner) routeTable(vpc *ec2.Vpc, suffix string) (*ec2.RouteTable, error) {
	return ec2.NewRouteTable(p.ctx, p.child(suffix), &ec2.RouteTableArgs{
		VpcId: vpc.ID(),
		Tags:  nameTag(p.child(suffix)),
	}, pulumi.Parent(p.parent))
}

// privateRoutes creates a zone's private route table, with a way out if there is one.
func (p provisioner) privateRoutes(vpc *ec2.Vpc, zone string, nat *ec2.NatGateway) (*ec2.RouteTable, error) {
	suffix := string(Private) + "-" + letter(zone)
	table, err := p.routeTable(vpc, suffix)
	if err != nil || nat == nil {
		return table, err
	}
	_, err = ec2.NewRoute(p.ctx, p.child(suffix+"-internet"), &ec2.RouteArgs{
		RouteTableId:         table.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		NatGatewayId:         nat.ID(),
	}, pulumi.Parent(p.parent))
	return table, err
}

func (p provisioner) natGateway(zone string, subnet *ec2.Subnet, gateway *ec2.InternetGateway) (*ec2.NatGateway, error) {
	name := p.child("nat-" + letter(zone))
	address, err := ec2.NewEip(p.ctx, name, &ec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   nameTag(name),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	return ec2.NewNatGateway(p.ctx, name, &ec2.NatGatewayArgs{
		AllocationId: address.ID(),
		SubnetId:     subnet.ID(),
		Tags:         nameTag(name),
		// AWS asks for a gateway that is attached before its address can be used.
	}, pulumi.Parent(p.parent), pulumi.DependsOn([]pulumi.Resource{gateway}))
}
