package simulation

import (
	"net/netip"
	"slices"
)

const (
	vpc           = "aws:ec2/vpc:Vpc"
	subnet        = "aws:ec2/subnet:Subnet"
	gateway       = "aws:ec2/internetGateway:InternetGateway"
	address       = "aws:ec2/eip:Eip"
	natGateway    = "aws:ec2/natGateway:NatGateway"
	routeTable    = "aws:ec2/routeTable:RouteTable"
	securityGroup = "aws:ec2/securityGroup:SecurityGroup"

	egressGateway  = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	secondaryBlock = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
)

const ec2ARN = "arn:aws:ec2:{region}:{account}:"

func init() {
	model(map[string]*Type{
		vpc: {
			ID: "vpc-{hex17}", Tagged: true,
			Missing: "InvalidVpcID.NotFound", InUse: "DependencyViolation",
			Outputs: map[string]any{
				"arn": ec2ARN + "vpc/{id}", "ownerId": "{account}", "instanceTenancy": "default",
				"enableDnsSupport": true, "enableDnsHostnames": false, "enableNetworkAddressUsageMetrics": false,
				"mainRouteTableId": "rtb-{hex17}", "defaultRouteTableId": "rtb-{hex17}",
				"defaultSecurityGroupId": "sg-{hex17}", "defaultNetworkAclId": "acl-{hex17}",
				"dhcpOptionsId": "dopt-{hex17}", "assignGeneratedIpv6CidrBlock": false,
				"ipv6AssociationId": ifIPv6("vpc-cidr-assoc-{hex17}"), "ipv6CidrBlock": ifIPv6("2600:1f{digits2}:{digits4}:{digits2}00::/56"), "ipv6CidrBlockNetworkBorderGroup": "", "ipv6IpamPoolId": "", "ipv6NetmaskLength": 0,
			},
			Replace: []string{"cidrBlock"},
			Valid:   map[string]Rule{"cidrBlock": cidr(16, 28)},
			Check:   ipv4,
			Put:     putVpc,
		},
		subnet: {
			ID: "subnet-{hex17}", Tagged: true,
			Missing: "InvalidSubnetID.NotFound", InUse: "DependencyViolation",
			Outputs: map[string]any{
				"arn": ec2ARN + "subnet/{id}", "ownerId": "{account}",
				"mapPublicIpOnLaunch": false, "assignIpv6AddressOnCreation": false, "enableDns64": false, "ipv6Native": false,
				"enableResourceNameDnsARecordOnLaunch": false, "enableResourceNameDnsAaaaRecordOnLaunch": false,
				"privateDnsHostnameTypeOnLaunch": "ip-name", "availabilityZoneId": "{availabilityZone}",
				"customerOwnedIpv4Pool": "", "enableLniAtDeviceIndex": 0, "ipv6CidrBlock": "", "ipv6CidrBlockAssociationId": "",
				"mapCustomerOwnedIpOnLaunch": false, "outpostArn": "",
			},
			Replace: []string{"vpcId", "cidrBlock", "availabilityZone"},
			Valid:   map[string]Rule{"cidrBlock": cidr(16, 28)},
			Check:   ipv4,
			Put:     putSubnet,
		},
		gateway: {
			ID: "igw-{hex17}", Tagged: true,
			Missing: "InvalidInternetGatewayID.NotFound", Taken: "Resource.AlreadyAssociated",
			Outputs: map[string]any{"arn": ec2ARN + "internet-gateway/{id}", "ownerId": "{account}"},
			Unique:  []string{"vpcId"},
			Delete:  deleteGateway,
		},
		egressGateway: {
			ID: "eigw-{hex17}", Tagged: true,
			Missing: "InvalidGatewayID.NotFound",
			Replace: []string{"vpcId"},
		},
		secondaryBlock: {
			ID:      "vpc-cidr-assoc-{hex17}",
			Missing: "InvalidVpcCidrBlockAssociationID.NotFound", Taken: "CidrConflict",
			Replace: []string{"vpcId", "cidrBlock"},
			Unique:  []string{"vpcId", "cidrBlock"},
			Valid:   map[string]Rule{"cidrBlock": cidr(16, 28)},
			Delete:  deleteBlock,
		},
		address: {
			ID: "eipalloc-{hex17}", Tagged: true,
			Missing: "InvalidAllocationID.NotFound", InUse: "InvalidIPAddress.InUse",
			Outputs: map[string]any{
				"arn": ec2ARN + "elastic-ip/{id}", "allocationId": "{id}",
				"publicIp": "52.{digits2}.{digits2}.{digits2}", "publicIpv4Pool": "amazon", "networkBorderGroup": "{region}",
				"associationId": "", "carrierIp": "", "customerOwnedIp": "", "customerOwnedIpv4Pool": "", "instance": "",
				"networkInterface": "", "privateIp": "", "ptrRecord": "", "publicDns": "ec2-52-{digits2}-{digits2}-{digits2}.{region}.compute.amazonaws.com", "vpc": true,
			},
			Replace: []string{"domain"},
			Valid:   map[string]Rule{"domain": oneOf("vpc", "standard")},
		},
		natGateway: {
			ID: "nat-{hex17}", Tagged: true,
			Missing: "InvalidNatGatewayID.NotFound",
			Outputs: map[string]any{
				"connectivityType": "public", "associationId": "eipassoc-{hex17}", "networkInterfaceId": "eni-{hex17}",
				"privateIp": "10.{digits2}.{digits2}.{digits2}", "publicIp": "52.{digits2}.{digits2}.{digits2}",
				"secondaryPrivateIpAddressCount": 0, "secondaryPrivateIpAddresses": []any{},
			},
			Replace: []string{"subnetId", "allocationId", "connectivityType"},
			Valid:   map[string]Rule{"connectivityType": oneOf("private", "public")},
		},
		routeTable: {
			ID: "rtb-{hex17}", Tagged: true,
			Missing: "InvalidRouteTableID.NotFound", InUse: "DependencyViolation",
			Outputs: map[string]any{
				"arn": ec2ARN + "route-table/{id}", "ownerId": "{account}", "routes": []any{}, "propagatingVgws": []any{},
			},
			Replace: []string{"vpcId"},
		},
		"aws:ec2/route:Route": {
			ID: "r-{routeTableId}{digits10}", Import: "{routeTableId}_{destinationCidrBlock}{destinationIpv6CidrBlock}",
			Missing: "InvalidRoute.NotFound", Taken: "RouteAlreadyExists",
			Outputs: map[string]any{
				"origin": "CreateRoute", "state": "active", "instanceId": "", "instanceOwnerId": "", "networkInterfaceId": "",
				"carrierGatewayId": "", "coreNetworkArn": "", "destinationIpv6CidrBlock": "", "destinationPrefixListId": "",
				"destinationCidrBlock": "", "egressOnlyGatewayId": "", "gatewayId": "", "localGatewayId": "", "natGatewayId": "", "transitGatewayId": "",
				"vpcEndpointId": "", "vpcPeeringConnectionId": "",
			},
			Replace: []string{"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"},
			Valid:   map[string]Rule{"destinationCidrBlock": cidr(0, 32), "destinationIpv6CidrBlock": cidr(0, 128)},
			Unique:  []string{"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"},
			Put:     putRoute,
		},
		"aws:ec2/routeTableAssociation:RouteTableAssociation": {
			ID: "rtbassoc-{hex17}", Import: "{subnetId}/{routeTableId}",
			Missing: "InvalidAssociationID.NotFound", Taken: "Resource.AlreadyAssociated",
			Outputs: map[string]any{"gatewayId": ""},
			Replace: []string{"subnetId"},
			Unique:  []string{"subnetId"},
		},
		securityGroup: {
			ID: "sg-{hex17}", Name: "name", Tagged: true,
			Missing: "InvalidGroup.NotFound", Taken: "InvalidGroup.Duplicate", InUse: "DependencyViolation",
			Outputs: map[string]any{
				"arn": ec2ARN + "security-group/{id}", "ownerId": "{account}", "description": "Managed by Pulumi",
				"ingress": []any{}, "egress": []any{}, "namePrefix": "", "revokeRulesOnDelete": false,
				"ingress[].cidrBlocks": []any{}, "ingress[].ipv6CidrBlocks": []any{}, "ingress[].prefixListIds": []any{},
				"ingress[].securityGroups": []any{}, "ingress[].self": false, "egress[].cidrBlocks": []any{}, "egress[].ipv6CidrBlocks": []any{},
				"egress[].prefixListIds": []any{}, "egress[].securityGroups": []any{}, "egress[].self": false,
			},
			Replace: []string{"name", "description", "vpcId"},
			Unique:  []string{"vpcId", "name"},
			Valid:   map[string]Rule{"name": match(`^([^s]|s[^g]|sg[^-])`, "it cannot begin with sg-")},
		},
	})
}

// putVpc refuses to remove the IPv6 block while subnets use it.
func putVpc(a *Account, r *Resource) error {
	if r.Properties["assignGeneratedIpv6CidrBlock"] == true {
		return nil
	}
	for _, in := range a.All(func(o *Resource) bool { return o.Type == subnet && o.Properties["vpcId"] == r.ID }) {
		if text(in.Properties, "ipv6CidrBlock") != "" {
			return apiError("InvalidCidrBlock.InUse", "The vpc %s currently has a subnet within CIDR block: %s", r.ID, in.ID)
		}
	}
	return nil
}

// putSubnet requires a zone of the region, and a block that is within the VPC's blocks and
// overlaps no other subnet.
func putSubnet(a *Account, r *Resource) error {
	zone := text(r.Properties, "availabilityZone")
	if offered := zonesOf(r.Region); !slices.Contains(offered, any(zone)) {
		return apiError("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: %v.", zone, offered)
	}
	block := netip.MustParsePrefix(text(r.Properties, "cidrBlock"))
	parent := a.find(vpc, r.Region, r.Properties["vpcId"])
	outer := blocks(a, parent)
	if !slices.ContainsFunc(outer, func(outer netip.Prefix) bool { return outer.Contains(block.Addr()) && block.Bits() >= outer.Bits() }) {
		return apiError("InvalidSubnet.Range", "The CIDR '%s' is invalid: it is outside of %s, the blocks of %s.", block, outer, parent.ID)
	}
	for _, other := range siblings(a, r) {
		taken := netip.MustParsePrefix(text(other.Properties, "cidrBlock"))
		if other.Properties["vpcId"] == parent.ID && taken.Overlaps(block) {
			return apiError("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet: %s has %s.", block, other.ID, taken)
		}
	}
	return nil
}

// blocks returns the IPv4 blocks of a VPC.
func blocks(a *Account, parent *Resource) []netip.Prefix {
	all := []netip.Prefix{netip.MustParsePrefix(text(parent.Properties, "cidrBlock"))}
	for _, more := range a.All(func(r *Resource) bool { return r.Type == secondaryBlock && r.Properties["vpcId"] == parent.ID }) {
		all = append(all, netip.MustParsePrefix(text(more.Properties, "cidrBlock")))
	}
	return all
}

// deleteBlock refuses the deletion while a subnet uses the block.
func deleteBlock(a *Account, r *Resource) error {
	block := netip.MustParsePrefix(text(r.Properties, "cidrBlock"))
	for _, in := range a.All(func(o *Resource) bool { return o.Type == subnet && o.Properties["vpcId"] == r.Properties["vpcId"] }) {
		if block.Overlaps(netip.MustParsePrefix(text(in.Properties, "cidrBlock"))) {
			return apiError("InvalidCidrBlock.InUse", "The vpc-cidr-block-association %s has dependencies and cannot be deleted: %s", r.ID, in.ID)
		}
	}
	return nil
}

// ifIPv6 returns an output that is empty unless the VPC has an IPv6 block.
func ifIPv6(pattern string) func(r *Resource) any {
	return func(r *Resource) any {
		if r.Properties["assignGeneratedIpv6CidrBlock"] == true {
			return r.render(pattern, pattern)
		}
		return ""
	}
}

// putRoute requires an existing route table. The table is not one of the type's Refs: AWS
// deletes a table together with its routes, so a route must not prevent the deletion.
func putRoute(a *Account, r *Resource) error {
	table := r.Properties["routeTableId"]
	if a.find(routeTable, r.Region, table) == nil {
		return apiError(types[routeTable].Missing, "The routeTable ID '%v' does not exist", table)
	}
	return nil
}

// deleteGateway refuses the deletion while the VPC has a NAT gateway or a public load
// balancer, which need the internet gateway.
func deleteGateway(a *Account, r *Resource) error {
	for _, balancer := range a.All(func(o *Resource) bool {
		return o.Type == loadBalancer && o.Properties["vpcId"] == r.Properties["vpcId"]
	}) {
		if balancer.Properties["internal"] != true {
			return apiError("DependencyViolation", "Network %v has some mapped public address(es): %s", r.Properties["vpcId"], balancer.ID)
		}
	}
	for _, nat := range a.All(func(nat *Resource) bool { return nat.Type == natGateway && nat.Region == r.Region }) {
		if in := a.find(subnet, r.Region, nat.Properties["subnetId"]); in != nil && in.Properties["vpcId"] == r.Properties["vpcId"] {
			return apiError("DependencyViolation", "Network %v has some mapped public address(es): %s", r.Properties["vpcId"], nat.ID)
		}
	}
	return nil
}

// ipv4 requires an IPv4 block.
func ipv4(p Properties) []Problem {
	return required(p, "in the sandbox, which does not model networks without an IPv4 block", "cidrBlock")
}
