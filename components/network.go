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

// NetworkArgs describe a Network.
type NetworkArgs struct {
	// Region is the AWS region, such as us-west-2.
	Region string
	// CidrBlock is the VPC's private IPv4 block, /16 to /22.
	CidrBlock string
	// Zones are the names of at least two availability zones, such as us-west-2a.
	Zones []string
	// NatGateways defaults to NatPerZone.
	NatGateways NatGateways
	// InterfaceEndpoints are AWS services, such as secretsmanager, that private
	// subnets reach without leaving the VPC, beside S3 and DynamoDB.
	InterfaceEndpoints []string
	// LogsKeyARN is the KMS key for the flow logs.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long flow logs are kept, by default 365 days. CloudWatch
	// Logs accepts the values of LogRetentions.
	LogRetentionDays int
	// AllowDeletion lifts the protection of the VPC and its subnets, in which
	// everything else lies, against deletion.
	AllowDeletion bool
}

// Network is a VPC with public, private and data subnets in each zone.
type Network struct {
	pulumi.ResourceState

	// VpcID is the VPC's ID.
	VpcID pulumi.IDOutput
	// SubnetIDs are the subnets' IDs by tier, in the order of the zones' names.
	SubnetIDs map[Tier]pulumi.StringArrayOutput
	// PublicSecurityGroupID is for load balancers: HTTPS in from anywhere, out to the VPC.
	PublicSecurityGroupID pulumi.IDOutput
	// PrivateSecurityGroupID is for workloads: in from the public group, out to anywhere.
	PrivateSecurityGroupID pulumi.IDOutput
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
		CidrBlock:          pulumi.String(a.CidrBlock),
		EnableDnsSupport:   pulumi.Bool(true),
		EnableDnsHostnames: pulumi.Bool(true),
		Tags:               nameTag(name),
	}, pulumi.Parent(n), pulumi.Protect(!a.AllowDeletion))
	if err != nil {
		return nil, err
	}
	n.VpcID = vpc.ID()
	subnets, err := p.subnets(vpc, a)
	if err != nil {
		return nil, err
	}
	for _, tier := range Tiers {
		ids := pulumi.StringArray{}
		for _, zone := range a.Zones {
			ids = append(ids, subnets[tier][zone].ID())
		}
		n.SubnetIDs[tier] = ids.ToStringArrayOutput()
	}
	private, err := p.routes(vpc, a, subnets)
	if err != nil {
		return nil, err
	}
	if err := p.securityGroups(vpc, a, n); err != nil {
		return nil, err
	}
	if err := p.networkACLs(vpc, a, n); err != nil {
		return nil, err
	}
	if err := p.endpoints(vpc, a, n, private); err != nil {
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
	})
}

func (args NetworkArgs) withDefaults() NetworkArgs {
	args.Zones = slices.Sorted(slices.Values(args.Zones))
	if args.NatGateways == "" {
		args.NatGateways = NatPerZone
	}
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = defaultLogRetention
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
	p.check(len(args.Zones) >= 2, "Zones: found %d, allowed are at least 2", len(args.Zones))
	p.check(len(slices.Compact(slices.Clone(args.Zones))) == len(args.Zones), "Zones: found %q, allowed is each zone once", args.Zones)
	for _, zone := range args.Zones {
		_, err := zoneSlot(zone)
		p.check(err == nil, "Zones: %v", err)
	}
	p.check(args.Region != "", "Region: found none, allowed is an AWS region such as us-west-2")
	for _, service := range args.InterfaceEndpoints {
		p.check(ServiceName.MatchString(service), "InterfaceEndpoints: found %q, allowed is the name of an AWS service such as secretsmanager", service)
	}
	p.check(args.LogsKeyARN != nil, "LogsKeyARN: found none, allowed is the ARN of a KMS key")
	p.check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d, allowed are %d", args.LogRetentionDays, LogRetentions)
	p.check(slices.Contains(AllNatGateways, args.NatGateways), "NatGateways: found %q, allowed are %q", args.NatGateways, AllNatGateways)
	return p.err("Network", name)
}
