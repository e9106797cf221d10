package awstypes

// Types of Amazon VPC and EC2.
const (
	VPC                       = "aws:ec2/vpc:Vpc"
	VPCCidrBlock              = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
	Subnet                    = "aws:ec2/subnet:Subnet"
	InternetGateway           = "aws:ec2/internetGateway:InternetGateway"
	EgressOnlyInternetGateway = "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway"
	ElasticIP                 = "aws:ec2/eip:Eip"
	NATGateway                = "aws:ec2/natGateway:NatGateway"
	RouteTable                = "aws:ec2/routeTable:RouteTable"
	RouteTableAssociation     = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	Route                     = "aws:ec2/route:Route"
	SecurityGroup             = "aws:ec2/securityGroup:SecurityGroup"
	DefaultSecurityGroup      = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
	NetworkACL                = "aws:ec2/networkAcl:NetworkAcl"
	DefaultNetworkACL         = "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl"
	VPCEndpoint               = "aws:ec2/vpcEndpoint:VpcEndpoint"
	FlowLog                   = "aws:ec2/flowLog:FlowLog"
)

var network = map[string]Type{
	VPC: {
		Stateful: true,
		Import:   byARN(`:vpc/(.*)$`),
		IDs:      paths("arn defaultNetworkAclId ipv6CidrBlock"),
		Plain:    paths("assignGeneratedIpv6CidrBlock cidrBlock enableDnsHostnames enableDnsSupport"),
	},
	VPCCidrBlock: {
		Stateful: true,
		Import:   Import{Key: "{vpcId} {cidrBlock}"},
		Refs:     []Ref{{"vpcId", VPC}},
		Plain:    paths("cidrBlock"),
	},
	Subnet: {
		Stateful: true,
		Import:   byARN(`:subnet/(.*)$`),
		Refs:     []Ref{{"vpcId", VPC}},
		Places:   paths("availabilityZone"),
		Plain:    paths("assignIpv6AddressOnCreation cidrBlock ipv6CidrBlock"),
	},
	InternetGateway: {
		Import: byARN(`:internet-gateway/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}},
	},
	EgressOnlyInternetGateway: {
		Import: byARN(`:egress-only-internet-gateway/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}},
	},
	ElasticIP: {
		Import: byARN(`:elastic-ip/(.*)$`),
		Plain:  paths("domain"),
	},
	NATGateway: {
		Import: byARN(`:natgateway/(.*)$`),
		Refs:   []Ref{{"subnetId", Subnet}, {"allocationId", ElasticIP}},
	},
	RouteTable: {
		Import: byARN(`:route-table/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}},
	},
	RouteTableAssociation: {
		Import: Import{Key: "{subnetId}/{routeTableId}"},
		Refs:   []Ref{{"subnetId", Subnet}, {"routeTableId", RouteTable}},
	},
	Route: {
		Import: Import{Key: "{routeTableId}_{destinationCidrBlock}{destinationIpv6CidrBlock}"},
		Refs:   []Ref{{"gatewayId", InternetGateway}, {"natGatewayId", NATGateway}, {"egressOnlyGatewayId", EgressOnlyInternetGateway}},
		Names:  []Ref{{"routeTableId", RouteTable}},
		Plain:  paths("destinationCidrBlock destinationIpv6CidrBlock"),
	},
	SecurityGroup: {
		Import: byARN(`:security-group/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"ingress[].securityGroups[]", SecurityGroup}, {"egress[].securityGroups[]", SecurityGroup}},
		Names:  []Ref{{"egress[].prefixListIds[]", VPCEndpoint}, {"ingress[].ipv6CidrBlocks[]", VPC}, {"egress[].ipv6CidrBlocks[]", VPC}},
		Plain: paths(`
			description egress[] egress[].cidrBlocks[] egress[].description egress[].fromPort egress[].ipv6CidrBlocks[]
			egress[].protocol egress[].toPort ingress[] ingress[].cidrBlocks[] ingress[].description ingress[].fromPort
			ingress[].ipv6CidrBlocks[] ingress[].protocol ingress[].self ingress[].toPort name
		`),
	},
	DefaultSecurityGroup: {
		Refs:  []Ref{{"vpcId", VPC}},
		Plain: paths("egress[] ingress[]"),
	},
	NetworkACL: {
		Import: byARN(`:network-acl/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"subnetIds[]", Subnet}},
		Plain: paths(`
			egress[].action egress[].cidrBlock egress[].fromPort egress[].ipv6CidrBlock egress[].protocol egress[].ruleNo
			egress[].toPort ingress[].action ingress[].cidrBlock ingress[].fromPort ingress[].ipv6CidrBlock
			ingress[].protocol ingress[].ruleNo ingress[].toPort
		`),
	},
	DefaultNetworkACL: {
		Names:     []Ref{{"defaultNetworkAclId", VPC}},
		Ignorable: []string{"subnetIds"},
	},
	VPCEndpoint: {
		Import:   byARN(`:vpc-endpoint/(.*)$`),
		Refs:     []Ref{{"vpcId", VPC}, {"routeTableIds[]", RouteTable}, {"subnetIds[]", Subnet}, {"securityGroupIds[]", SecurityGroup}},
		IDs:      paths("arn prefixListId"),
		Policies: paths("policy"),
		Places:   paths("serviceName"),
		Plain:    paths("privateDnsEnabled vpcEndpointType"),
	},
	FlowLog: {
		Import: byARN(`:vpc-flow-log/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"logDestination", LogGroup}, {"iamRoleArn", Role}},
		Plain:  paths("trafficType"),
	},
}
