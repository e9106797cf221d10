package components

import (
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// NatGateways controls how private subnets reach the internet over IPv4.
type NatGateways string

const (
	// NatNone creates no NAT gateway, so private subnets cannot reach the internet over
	// IPv4.
	NatNone NatGateways = "none"
	// NatSingle creates one NAT gateway for all zones. It costs less, but if its zone
	// fails, no zone can reach the internet.
	NatSingle NatGateways = "single"
	// NatPerZone creates a NAT gateway in every zone.
	NatPerZone NatGateways = "per-zone"
)

// AllNatGateways lists the accepted values.
var AllNatGateways = []NatGateways{NatNone, NatSingle, NatPerZone}

// IPFamily controls which IP addresses a network has.
type IPFamily string

const (
	// IPv4 gives the network only IPv4 addresses.
	IPv4 IPFamily = "ipv4"
	// DualStack adds IPv6 to the public and the private tier. Private subnets reach the
	// internet through an egress-only gateway, and cannot be reached from the internet.
	DualStack IPFamily = "dual-stack"
)

// IPFamilies lists the accepted values.
var IPFamilies = []IPFamily{IPv4, DualStack}

// NetworkArgs are the arguments of NewNetwork.
type NetworkArgs struct {
	// Region is the AWS region, such as us-west-2.
	Region string
	// CidrBlock is the VPC's private IPv4 block, from /16 to /22.
	CidrBlock string
	// IPFamily controls which IP addresses the network has.
	IPFamily IPFamily
	// SecondaryCidrBlocks are additional IPv4 blocks of the VPC, such as for containers.
	// Each adds a private subnet per zone. Accepted are blocks from /16 to /22 of
	// 100.64.0.0/10, or of the RFC 1918 range that contains CidrBlock.
	SecondaryCidrBlocks []string
	// Zones are the names of at least two availability zones, such as us-west-2a.
	Zones []string
	// NatGateways controls how private subnets reach the internet over IPv4.
	NatGateways NatGateways
	// Egress lists the destinations that workloads may reach, in addition to the network
	// itself, S3 and DynamoDB.
	Egress []Egress
	// InterfaceEndpoints are AWS services, such as secretsmanager, that private subnets
	// reach without leaving the VPC, in addition to S3 and DynamoDB.
	InterfaceEndpoints []string
	// LogsKeyARN is the KMS key that encrypts the flow logs.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long the flow logs are kept, in days. LogRetentions lists
	// the accepted values.
	LogRetentionDays int
	// PermissionsBoundaryARN is the IAM policy that is the permissions boundary of every
	// role of the network.
	PermissionsBoundaryARN string
	// AlarmTopicARN is the SNS topic that receives the alarms.
	AlarmTopicARN pulumi.StringInput
	// AllowDeletion turns off Pulumi's protection against deletion of the VPC and its
	// subnets, which contain all other resources of the network.
	AllowDeletion bool
}

// Network is a VPC with public, private and data subnets in each zone.
type Network struct {
	pulumi.ResourceState

	// VpcID is the ID of the VPC.
	VpcID pulumi.IDOutput
	// SubnetIDs are the IDs of the subnets by tier, in the order of the zones' names. The
	// subnets of secondary blocks come last.
	SubnetIDs map[Tier]pulumi.StringArrayOutput
	// PublicSecurityGroupID is the security group for load balancers. It allows HTTPS and
	// HTTP from anywhere, and connections to the VPC.
	PublicSecurityGroupID pulumi.IDOutput
	// PrivateSecurityGroupID is the security group for workloads. It allows connections
	// from the public group and from other workloads, and to the network, S3, DynamoDB
	// and the destinations in Egress.
	PrivateSecurityGroupID pulumi.IDOutput
	// NatAddresses are the public IPv4 addresses of the NAT gateways, in the order of the
	// zones' names. Connections from private subnets to the internet come from these
	// addresses.
	NatAddresses pulumi.StringArray
}

// NewNetwork creates a VPC, an internet gateway, a subnet of each tier per zone, NAT
// gateways, route tables, network ACLs, endpoints for S3 and DynamoDB, flow logs of all
// traffic, and security groups for the public and the private tier. Data subnets have no
// route out of the VPC, and exchange traffic with the private tier only.
func NewNetwork(ctx *pulumi.Context, name string, args *NetworkArgs, opts ...pulumi.ResourceOption) (*Network, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	n := &Network{SubnetIDs: map[Tier]pulumi.StringArrayOutput{}}
	if err := ctx.RegisterComponentResource("multisite:index:Network", name, n, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, n)
	vpc, err := ec2.NewVpc(ctx, name, &ec2.VpcArgs{
		CidrBlock:                    pulumi.String(a.CidrBlock),
		AssignGeneratedIpv6CidrBlock: pulumi.Bool(a.IPFamily == DualStack),
		EnableDnsSupport:             pulumi.Bool(true),
		EnableDnsHostnames:           pulumi.Bool(true),
		Tags:                         provision.NameTag(name),
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
	var p provision.Problems
	block, err := netip.ParsePrefix(args.CidrBlock)
	p.Check(err == nil, "CidrBlock: found %q; allowed: an IPv4 block such as 10.16.0.0/16", args.CidrBlock)
	if err == nil {
		err = CheckBlock(block)
		p.Check(err == nil, "CidrBlock: %v", err)
	}
	for i, text := range args.SecondaryCidrBlocks {
		secondary, err := netip.ParsePrefix(text)
		p.Check(err == nil, "SecondaryCidrBlocks: found %q; allowed: IPv4 blocks such as 100.64.0.0/16", text)
		if err == nil {
			err = CheckSecondaryBlock(secondary, block)
			p.Check(err == nil, "SecondaryCidrBlocks: %v", err)
		}
		for _, other := range args.SecondaryCidrBlocks[:i] {
			taken, err := netip.ParsePrefix(other)
			p.Check(err != nil || !taken.Overlaps(secondary), "SecondaryCidrBlocks: found %q; allowed: a block that does not overlap %s", text, other)
		}
	}
	p.Check(slices.Contains(IPFamilies, args.IPFamily), "IPFamily: found %q; allowed: one of %q", args.IPFamily, IPFamilies)
	p.Check(len(args.Zones) >= 2, "Zones: found %d zones; allowed: at least 2", len(args.Zones))
	p.Check(len(slices.Compact(slices.Clone(args.Zones))) == len(args.Zones), "Zones: found %q; allowed: each zone once", args.Zones)
	for _, zone := range args.Zones {
		_, err := zoneSlot(zone)
		p.Check(err == nil, "Zones: %v", err)
	}
	p.Check(args.Region != "", "Region: found none; allowed: an AWS region such as us-west-2")
	args.validateEgress(&p)
	for _, service := range args.InterfaceEndpoints {
		p.Check(ServiceName.MatchString(service) && !slices.Contains(GatewayEndpoints, service),
			"InterfaceEndpoints: found %q; allowed: the name of an AWS service such as secretsmanager, except %q", service, GatewayEndpoints)
	}
	p.Check(args.LogsKeyARN != nil, "LogsKeyARN: found none; allowed: the ARN of a KMS key")
	p.CheckBoundary(args.PermissionsBoundaryARN)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	p.Check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d; allowed: one of %d", args.LogRetentionDays, LogRetentions)
	p.Check(slices.Contains(AllNatGateways, args.NatGateways), "NatGateways: found %q; allowed: one of %q", args.NatGateways, AllNatGateways)
	return p.Err("Network", name)
}
