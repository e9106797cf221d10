package components

import (
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NatGateways says how private subnets reach the internet.
type NatGateways string

const (
	// NatNone leaves private subnets without a way out.
	NatNone NatGateways = "none"
	// NatSingle sends all zones through one gateway: cheaper, and lost with its zone.
	NatSingle NatGateways = "single"
	// NatPerZone gives every zone a gateway of its own.
	NatPerZone NatGateways = "per-zone"
)

// AllNatGateways lists the accepted values.
var AllNatGateways = []NatGateways{NatNone, NatSingle, NatPerZone}

// IPFamily says which addresses a network has.
type IPFamily string

const (
	// IPv4 alone.
	IPv4 IPFamily = "ipv4"
	// DualStack adds IPv6 to the public and the private tier. What is private
	// reaches the internet over an egress-only gateway, and cannot be reached.
	DualStack IPFamily = "dual-stack"
)

// IPFamilies lists the accepted values.
var IPFamilies = []IPFamily{IPv4, DualStack}

// NetworkArgs describe a Network.
type NetworkArgs struct {
	// Region is the AWS region, such as us-west-2.
	Region string
	// CidrBlock is the VPC's private IPv4 block, /16 to /22.
	CidrBlock string
	// IPFamily says which addresses the network has.
	IPFamily IPFamily
	// SecondaryCidrBlocks each add a private subnet per zone, such as for
	// containers: /16 to /22 of 100.64.0.0/10, or of the private range that CidrBlock is of.
	SecondaryCidrBlocks []string
	// Zones are the names of at least two availability zones, such as us-west-2a.
	Zones []string
	// NatGateways says how private subnets reach the internet.
	NatGateways NatGateways
	// Egress is what workloads reach beside the network itself, S3 and DynamoDB.
	Egress []Egress
	// InterfaceEndpoints are AWS services, such as secretsmanager, that private
	// subnets reach without leaving the VPC, beside S3 and DynamoDB.
	InterfaceEndpoints []string
	// LogsKeyARN is the KMS key for the flow logs.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long flow logs are kept, in days; the values of
	// LogRetentions.
	LogRetentionDays int
	// PermissionsBoundaryARN is the IAM policy beyond which no role of the network has rights.
	PermissionsBoundaryARN string
	// AlarmTopicARN is the SNS topic that alarms tell.
	AlarmTopicARN pulumi.StringInput
	// AllowDeletion lifts the protection of the VPC and its subnets, in which
	// everything else lies, against deletion.
	AllowDeletion bool
}

// Network is a VPC with public, private and data subnets in each zone.
type Network struct {
	pulumi.ResourceState

	// VpcID is the VPC's ID.
	VpcID pulumi.IDOutput
	// SubnetIDs are the subnets' IDs by tier, in the order of the zones' names; those
	// of secondary blocks come last.
	SubnetIDs map[Tier]pulumi.StringArrayOutput
	// PublicSecurityGroupID is for load balancers: HTTPS in from anywhere, out to the VPC.
	PublicSecurityGroupID pulumi.IDOutput
	// PrivateSecurityGroupID is for workloads: in from the public group and one another,
	// out to the network, S3, DynamoDB and what Egress names.
	PrivateSecurityGroupID pulumi.IDOutput
	// NatAddresses are the public IPv4 addresses that connections from private subnets
	// come from, in the order of the zones' names.
	NatAddresses pulumi.StringArray
}

// NewNetwork creates a VPC, an internet gateway, per zone a subnet of each tier,
// NAT gateways, route tables, network ACLs, endpoints for S3 and DynamoDB, flow
// logs of all traffic, and security groups for the public and the private tier.
// Data subnets have no route out of the VPC and talk to the private tier alone.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	n := &Network{SubnetIDs: map[Tier]pulumi.StringArrayOutput{}}
	if err := ctx.RegisterComponentResource("multisite:index:Network", name, n, opts...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, n}
	vpc, err := ec2.NewVpc(ctx, name, &ec2.VpcArgs{
		CidrBlock:                    pulumi.String(a.CidrBlock),
		AssignGeneratedIpv6CidrBlock: pulumi.Bool(a.IPFamily == DualStack),
		EnableDnsSupport:             pulumi.Bool(true),
		EnableDnsHostnames:           pulumi.Bool(true),
		Tags:                         nameTag(name),
	}, pulumi.Parent(n), pulumi.Protect(!a.AllowDeletion))
	if err != nil {
		return nil, err
	}
	n.VpcID = vpc.ID()
	subnets, err := p.subnets(vpc, a)
	if err != nil {
		return nil, err
	}
	tables, addresses, err := p.routes(vpc, a, subnets)
	if err != nil {
		return nil, err
	}
	n.NatAddresses = addresses
	secondary, err := p.secondarySubnets(vpc, a, tables)
	if err != nil {
		return nil, err
	}
	var private, privateTables pulumi.StringArray
	for _, zone := range a.Zones {
		private, privateTables = append(private, subnets[Private][zone].ID()), append(privateTables, tables[zone].ID())
	}
	for _, tier := range Tiers {
		ids := pulumi.StringArray{}
		for _, zone := range a.Zones {
			ids = append(ids, subnets[tier][zone].ID())
		}
		if tier == Private {
			ids = append(ids, secondary...)
		}
		n.SubnetIDs[tier] = ids.ToStringArrayOutput()
	}
	gateways, err := p.gatewayEndpoints(vpc, a, privateTables)
	if err != nil {
		return nil, err
	}
	if err := p.securityGroups(vpc, a, n, gateways); err != nil {
		return nil, err
	}
	if err := p.networkACLs(vpc, a, n); err != nil {
		return nil, err
	}
	if err := p.interfaceEndpoints(vpc, a, private); err != nil {
		return nil, err
	}
	if err := p.flowLogs(vpc, a); err != nil {
		return nil, err
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{
		"vpcId":                  n.VpcID,
		"publicSubnetIds":        n.SubnetIDs[Public],
		"privateSubnetIds":       n.SubnetIDs[Private],
		"dataSubnetIds":          n.SubnetIDs[Data],
		"publicSecurityGroupId":  n.PublicSecurityGroupID,
		"privateSecurityGroupId": n.PrivateSecurityGroupID,
		"natAddresses":           n.NatAddresses,
	})
}

func (args NetworkArgs) withDefaults() NetworkArgs {
	args.Zones = slices.Sorted(slices.Values(args.Zones))
	if args.IPFamily == "" {
		args.IPFamily = IPv4
	}
	if args.NatGateways == "" {
		args.NatGateways = NatPerZone
	}
	args.Egress = args.withEgressPorts()
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = DefaultLogRetention
	}
	return args
}

func (args NetworkArgs) validate(name string) error {
	var p problems
	block, err := netip.ParsePrefix(args.CidrBlock)
	if err == nil {
		err = CheckBlock(block)
	}
	p.check(err == nil, "CidrBlock: %v", err)
	for i, text := range args.SecondaryCidrBlocks {
		secondary, _ := netip.ParsePrefix(text) // the zero block is refused too
		err := CheckSecondaryBlock(secondary, block)
		p.check(err == nil, "SecondaryCidrBlocks: %v", err)
		for _, other := range args.SecondaryCidrBlocks[:i] {
			taken, err := netip.ParsePrefix(other)
			p.check(err != nil || !taken.Overlaps(secondary), "SecondaryCidrBlocks: found %q, allowed is a block apart from %s", text, other)
		}
	}
	p.check(slices.Contains(IPFamilies, args.IPFamily), "IPFamily: found %q, allowed are %q", args.IPFamily, IPFamilies)
	p.check(len(args.Zones) >= 2, "Zones: found %d, allowed are at least 2", len(args.Zones))
	p.check(len(slices.Compact(slices.Clone(args.Zones))) == len(args.Zones), "Zones: found %q, allowed is each zone once", args.Zones)
	for _, zone := range args.Zones {
		_, err := zoneSlot(zone)
		p.check(err == nil, "Zones: %v", err)
	}
	p.check(args.Region != "", "Region: found none, allowed is an AWS region such as us-west-2")
	args.validateEgress(&p)
	for _, service := range args.InterfaceEndpoints {
		p.check(ServiceName.MatchString(service) && !slices.Contains(GatewayEndpoints, service),
			"InterfaceEndpoints: found %q, allowed is the name of an AWS service such as secretsmanager, other than %q", service, GatewayEndpoints)
	}
	p.check(args.LogsKeyARN != nil, "LogsKeyARN: found none, allowed is the ARN of a KMS key")
	p.checkBoundary(args.PermissionsBoundaryARN)
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, allowed is the ARN of an SNS topic")
	p.check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d, allowed are %d", args.LogRetentionDays, LogRetentions)
	p.check(slices.Contains(AllNatGateways, args.NatGateways), "NatGateways: found %q, allowed are %q", args.NatGateways, AllNatGateways)
	return p.err("Network", name)
}
