package components

import (
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

const (
	anywhere     = "0.0.0.0/0"
	anywhereIPv6 = "::/0"
)

// letter returns the letter that identifies a zone within its region.
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
			name := p.Child(string(tier) + "-" + letter(zone))
			args := &ec2.SubnetArgs{
				VpcId:            vpc.ID(),
				AvailabilityZone: pulumi.String(zone),
				CidrBlock:        pulumi.String(block.String()),
				Tags:             tierTags(name, tier),
			}
			if a.IPFamily == DualStack && slices.Contains(dualStackTiers, tier) {
				args.Ipv6CidrBlock = vpc.Ipv6CidrBlock.ApplyT(func(network string) (string, error) {
					return IPv6Block(network, tier, zone)
				}).(pulumi.StringOutput)
				// In the public tier, only a resource that requests an IPv6 address gets
				// one.
				args.AssignIpv6AddressOnCreation = pulumi.Bool(tier == Private)
			}
			subnets[tier][zone], err = ec2.NewSubnet(p.Ctx, name, args, pulumi.Parent(p.Parent), pulumi.Protect(!a.AllowDeletion))
			if err != nil {
				return nil, err
			}
		}
	}
	return subnets, nil
}

// tierTags returns the tags of a subnet: its name and its tier.
func tierTags(name string, tier Tier) pulumi.StringMap {
	tags := provision.NameTag(name)
	tags["Tier"] = pulumi.String(tier)
	return tags
}

// routes connects public subnets to the internet gateway, private subnets to a NAT
// gateway, and data subnets to nothing. The private subnet of each zone has its own route
// table, whatever NatGateways is, so that a change of NatGateways changes only routes. It
// returns these route tables by zone, and the addresses of the NAT gateways.
func (p provisioner) routes(vpc *ec2.Vpc, a NetworkArgs, subnets map[Tier]map[string]*ec2.Subnet) (tables map[string]*ec2.RouteTable, addresses pulumi.StringArray, err error) {
	gateway, err := ec2.NewInternetGateway(p.Ctx, p.Child("internet"), &ec2.InternetGatewayArgs{
		VpcId: vpc.ID(),
		Tags:  provision.NameTag(p.Child("internet")),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return nil, nil, err
	}
	public, err := p.routeTable(vpc, string(Public))
	if err != nil {
		return nil, nil, err
	}
	if _, err := ec2.NewRoute(p.Ctx, p.Child("public-internet"), &ec2.RouteArgs{
		RouteTableId:         public.ID(),
		DestinationCidrBlock: pulumi.String(anywhere),
		GatewayId:            gateway.ID(),
	}, pulumi.Parent(p.Parent)); err != nil {
		return nil, nil, err
	}
	data, err := p.routeTable(vpc, string(Data))
	if err != nil {
		return nil, nil, err
	}
	egress, err := p.ipv6Routes(vpc, a, gateway, public)
	if err != nil {
		return nil, nil, err
	}
	var nat *ec2.NatGateway
	tables = map[string]*ec2.RouteTable{}
	for i, zone := range a.Zones {
		if a.NatGateways == NatPerZone || a.NatGateways == NatSingle && i == 0 {
			var address *ec2.Eip
			if nat, address, err = p.natGateway(zone, a, subnets[Public][zone], gateway); err != nil {
				return nil, nil, err
			}
			addresses = append(addresses, address.PublicIp)
		}
		private, err := p.privateRoutes(vpc, zone, nat, egress)
		if err != nil {
			return nil, nil, err
		}
		tables[zone] = private
		for tier, table := range map[Tier]*ec2.RouteTable{Public: public, Private: private, Data: data} {
			if _, err := ec2.NewRouteTableAssociation(p.Ctx, p.Child(string(tier)+"-"+letter(zone)), &ec2.RouteTableAssociationArgs{
				SubnetId:     subnets[tier][zone].ID(),
				RouteTableId: table.ID(),
			}, pulumi.Parent(p.Parent)); err != nil {
				return nil, nil, err
			}
		}
	}
	return tables, addresses, nil
}

func (p provisioner) routeTable(vpc *ec2.Vpc, suffix string) (*ec2.RouteTable, error) {
	return ec2.NewRouteTable(p.Ctx, p.Child(suffix), &ec2.RouteTableArgs{
		VpcId: vpc.ID(),
		Tags:  provision.NameTag(p.Child(suffix)),
	}, pulumi.Parent(p.Parent))
}

// ipv6Routes creates the IPv6 routes of a dual-stack network. The public tier gets a
// route to and from the internet. The private tier reaches the internet through the
// egress-only gateway that ipv6Routes returns. Without dual stack, it returns nil.
func (p provisioner) ipv6Routes(vpc *ec2.Vpc, a NetworkArgs, gateway *ec2.InternetGateway, public *ec2.RouteTable) (*ec2.EgressOnlyInternetGateway, error) {
	if a.IPFamily != DualStack {
		return nil, nil
	}
	if _, err := ec2.NewRoute(p.Ctx, p.Child("public-internet-ipv6"), &ec2.RouteArgs{
		RouteTableId:             public.ID(),
		DestinationIpv6CidrBlock: pulumi.String(anywhereIPv6),
		GatewayId:                gateway.ID(),
	}, pulumi.Parent(p.Parent)); err != nil {
		return nil, err
	}
	return ec2.NewEgressOnlyInternetGateway(p.Ctx, p.Child("egress"), &ec2.EgressOnlyInternetGatewayArgs{
		VpcId: vpc.ID(),
		Tags:  provision.NameTag(p.Child("egress")),
	}, pulumi.Parent(p.Parent))
}

// privateRoutes creates the private route table of a zone, with routes to nat and to
// egress unless they are nil.
func (p provisioner) privateRoutes(vpc *ec2.Vpc, zone string, nat *ec2.NatGateway, egress *ec2.EgressOnlyInternetGateway) (*ec2.RouteTable, error) {
	suffix := string(Private) + "-" + letter(zone)
	table, err := p.routeTable(vpc, suffix)
	if err != nil {
		return nil, err
	}
	if nat != nil {
		if _, err := ec2.NewRoute(p.Ctx, p.Child(suffix+"-internet"), &ec2.RouteArgs{
			RouteTableId:         table.ID(),
			DestinationCidrBlock: pulumi.String(anywhere),
			NatGatewayId:         nat.ID(),
		}, pulumi.Parent(p.Parent)); err != nil {
			return nil, err
		}
	}
	if egress != nil {
		if _, err := ec2.NewRoute(p.Ctx, p.Child(suffix+"-internet-ipv6"), &ec2.RouteArgs{
			RouteTableId:             table.ID(),
			DestinationIpv6CidrBlock: pulumi.String(anywhereIPv6),
			EgressOnlyGatewayId:      egress.ID(),
		}, pulumi.Parent(p.Parent)); err != nil {
			return nil, err
		}
	}
	return table, nil
}

func (p provisioner) natGateway(zone string, a NetworkArgs, subnet *ec2.Subnet, gateway *ec2.InternetGateway) (*ec2.NatGateway, *ec2.Eip, error) {
	name := p.Child("nat-" + letter(zone))
	address, err := ec2.NewEip(p.Ctx, name, &ec2.EipArgs{
		Domain: pulumi.String("vpc"),
		Tags:   provision.NameTag(name),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return nil, nil, err
	}
	nat, err := ec2.NewNatGateway(p.Ctx, name, &ec2.NatGatewayArgs{
		AllocationId: address.ID(),
		SubnetId:     subnet.ID(),
		Tags:         provision.NameTag(name),
		// AWS requires an attached internet gateway before the address of a NAT gateway
		// can be used.
	}, pulumi.Parent(p.Parent), pulumi.DependsOn([]pulumi.Resource{gateway}))
	if err != nil {
		return nil, nil, err
	}
	return nat, address, p.NewAlarm(provision.AlarmArgs{
		Suffix: "nat-" + letter(zone) + "-ports", Description: "The NAT gateway has no ports left for new connections",
		Namespace: "AWS/NATGateway", Metric: "ErrorPortAllocation", Statistic: "Sum", Threshold: 0, Minutes: 15,
		Dimensions: pulumi.StringMap{"NatGatewayId": nat.ID()}, Topic: a.AlarmTopicARN,
	})
}
