package components

import (
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// Egress allows workloads to open connections to addresses outside of their network.
type Egress struct {
	// To is an IPv4 or IPv6 block. 0.0.0.0/0 and ::/0 contain all addresses of their IP
	// version.
	To string
	// Ports are TCP ports. The default is 443.
	Ports []int
	// Reason is the reason for the access, in one line. It becomes the description of the
	// rule in AWS.
	Reason string
}

// EgressReason matches a Reason, which becomes the description of the rule in AWS
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html).
var EgressReason = regexp.MustCompile(`^[\w .:/()#,@\[\]+=&;{}!$*-]{1,255}$`)

// defaultEgressPorts is the port of HTTPS.
var defaultEgressPorts = []int{443}

// workloadEgress returns the rules that let workloads reach their network, S3 and
// DynamoDB through the gateway endpoints, and the destinations in a.Egress. Amazon's DNS
// and time services need no rule
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html).
func workloadEgress(vpc *ec2.Vpc, a NetworkArgs, gateways []*ec2.VpcEndpoint) ec2.SecurityGroupEgressArray {
	var within pulumi.StringArrayInput
	if a.IPFamily == DualStack {
		within = pulumi.StringArray{vpc.Ipv6CidrBlock}
	}
	var prefixLists pulumi.StringArray
	for _, gateway := range gateways {
		prefixLists = append(prefixLists, gateway.PrefixListId)
	}
	rules := ec2.SecurityGroupEgressArray{
		ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("The network"),
			Protocol:    pulumi.String("-1"), FromPort: pulumi.Int(0), ToPort: pulumi.Int(0),
			CidrBlocks: pulumi.ToStringArray(append([]string{a.CidrBlock}, a.SecondaryCidrBlocks...)), Ipv6CidrBlocks: within,
		},
		ec2.SecurityGroupEgressArgs{
			Description: pulumi.String("S3 and DynamoDB"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
			PrefixListIds: prefixLists,
		},
	}
	for _, egress := range a.Egress {
		for _, port := range egress.Ports {
			rule := ec2.SecurityGroupEgressArgs{
				Description: pulumi.String(egress.Reason),
				Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(port), ToPort: pulumi.Int(port),
			}
			if netip.MustParsePrefix(egress.To).Addr().Is4() {
				rule.CidrBlocks = pulumi.ToStringArray([]string{egress.To})
			} else {
				rule.Ipv6CidrBlocks = pulumi.ToStringArray([]string{egress.To})
			}
			rules = append(rules, rule)
		}
	}
	return rules
}

func (args NetworkArgs) withEgressPorts() []Egress {
	list := slices.Clone(args.Egress)
	for i := range list {
		if len(list[i].Ports) == 0 {
			list[i].Ports = defaultEgressPorts
		}
	}
	return list
}

// validateEgress adds the problems of the blocks, ports and reasons in Egress.
func (args NetworkArgs) validateEgress(p *provision.Problems) {
	for i, egress := range args.Egress {
		block, err := netip.ParsePrefix(egress.To)
		p.Check(err == nil && block == block.Masked(), "Egress[%d].To: found %q; allowed: an IPv4 or IPv6 block such as 203.0.113.0/24", i, egress.To)
		p.Check(EgressReason.MatchString(egress.Reason), "Egress[%d].Reason: found %q; allowed: 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*", i, egress.Reason)
		for _, port := range egress.Ports {
			p.Check(port >= 1 && port <= 65535, "Egress[%d].Ports: found %d; allowed: 1 to 65535", i, port)
		}
	}
}
