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
	},
	VPCCidrBlock: {
		Stateful: true,
		Import:   Import{Key: "{vpcId} {cidrBlock}"},
		Refs:     []Ref{{"vpcId", VPC}},
	},
	Subnet: {
		Stateful: true,
		Import:   byARN(`:subnet/(.*)$`),
		Refs:     []Ref{{"vpcId", VPC}},
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
	},
	SecurityGroup: {
		Import: byARN(`:security-group/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"ingress[].securityGroups[]", SecurityGroup}, {"egress[].securityGroups[]", SecurityGroup}},
	},
	DefaultSecurityGroup: {
		Refs: []Ref{{"vpcId", VPC}},
	},
	NetworkACL: {
		Import: byARN(`:network-acl/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"subnetIds[]", Subnet}},
	},
	DefaultNetworkACL: {},
	VPCEndpoint: {
		Import: byARN(`:vpc-endpoint/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"routeTableIds[]", RouteTable}, {"subnetIds[]", Subnet}, {"securityGroupIds[]", SecurityGroup}},
	},
	FlowLog: {
		Import: byARN(`:vpc-flow-log/(.*)$`),
		Refs:   []Ref{{"vpcId", VPC}, {"logDestination", LogGroup}, {"iamRoleArn", Role}},
	},
}
