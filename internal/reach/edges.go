package reach

import "example.com/multisite/internal/awstypes"

// edge is a way by which data moves, as the inputs of a resource name it.
type edge struct {
	// From and To are inputs that name where the data comes from and goes to. An empty path is
	// the resource itself.
	From, To string
	// Type is the type of the resource whose ID, rather than ARN, the input holds.
	Type string
	// Logs limits the edge to logs.
	Logs bool
	// Allowed states why data may take the edge wherever it leads. The walk does not follow it.
	Allowed string
}

// row has the edges of a type.
type row struct {
	Edges []edge
	// Of is the input that names the resource that this one configures: its data is at stake.
	Of string
	// Policy is the input with a policy that admits principals to the data.
	Policy string
	// Logs reports whether the resource itself emits logs, metrics or events.
	Logs bool
	// Public reports whether the resource publishes what reaches it to the internet.
	Public bool
}

const (
	byRules   = "the security groups decide which addresses the network's gateways reach"
	byMail    = "alarms go to the addresses in multisite:alarms; they hold no users' data"
	byCDN     = "CloudFront caches public content alone"
	byPass    = "an AWS service gets a role from the role's account alone: iam:PassRole does not work across accounts"
	byUsers   = "users of the services, at the load balancers: over HTTPS, to which port 80 redirects"
	byService = "AWS takes names, counts and keys of encryption from it, not users' data"
)

// ofBucket is the row of a type that configures a bucket and moves no data.
var ofBucket = row{Of: "bucket"}

// rows has a row per type of resource in use. A type without a row is unknown: the walk reports
// it. An empty row states that the type moves no data: its foreign ARNs and regions count still.
var rows = map[string]row{
	awstypes.Bucket: {}, awstypes.BucketObject: ofBucket, awstypes.BucketEncryption: {Of: "bucket", Edges: []edge{
		{From: "bucket", To: "rules[].applyServerSideEncryptionByDefault.kmsMasterKeyId", Type: awstypes.Bucket}}},
	awstypes.BucketLifecycle: ofBucket, awstypes.BucketObjectLock: ofBucket, awstypes.BucketOwnershipControls: ofBucket,
	awstypes.BucketPublicAccessBlock: ofBucket, awstypes.BucketVersioning: ofBucket,
	awstypes.BucketPolicy:      {Of: "bucket", Policy: "policy"},
	awstypes.BucketLogging:     {Of: "bucket", Edges: []edge{{From: "bucket", To: "targetBucket", Type: awstypes.Bucket, Logs: true}}},
	awstypes.BucketReplication: {Of: "bucket", Edges: []edge{{From: "bucket", To: "rules[].destination.bucket", Type: awstypes.Bucket}}},

	awstypes.DBInstance: {Edges: []edge{
		{From: "replicateSourceDb", Type: awstypes.DBInstance}, {To: "kmsKeyId"},
		{To: "vpcSecurityGroupIds[]", Type: awstypes.SecurityGroup},
	}},
	awstypes.DBSubnetGroup: {}, awstypes.DBParameterGroup: {},
	awstypes.DBEventSubscription: {Logs: true, Edges: []edge{{To: "snsTopic"}}},

	awstypes.Key: {Policy: "policy"}, awstypes.KeyAlias: {}, awstypes.RandomID: {}, awstypes.RandomPassword: {},
	awstypes.Secret:        {Edges: []edge{{To: "replicas[].region"}, {To: "kmsKeyId"}}, Policy: "policy"},
	awstypes.SecretVersion: {Of: "secretId"},

	awstypes.Distribution: {Public: true, Logs: true, Edges: []edge{
		{From: "origins[].domainName", Type: awstypes.Bucket}, {To: "webAclId"},
		{To: "origins[].originShield.originShieldRegion", Allowed: byCDN}, {To: "loggingConfig.bucket", Type: awstypes.Bucket, Logs: true},
	}},
	awstypes.OriginAccessControl: {}, awstypes.ResponseHeadersPolicy: {}, awstypes.WebACL: {Logs: true},
	awstypes.WebACLLogging: {Edges: []edge{{From: "resourceArn", To: "logDestinationConfigs[]", Logs: true}}},
	awstypes.Certificate:   {}, awstypes.CertificateValidation: {},

	// Users' requests go from a load balancer to its targets, and the answers back. In routes.go are
	// users, who are anywhere, and redirects.
	awstypes.LoadBalancer: {Logs: true, Edges: []edge{
		{To: "accessLogs.bucket", Type: awstypes.Bucket, Logs: true}, {To: "connectionLogs.bucket", Type: awstypes.Bucket, Logs: true},
		{To: "subnets[]", Type: awstypes.Subnet}, {To: "securityGroups[]", Type: awstypes.SecurityGroup},
	}},
	awstypes.Listener: {Edges: []edge{
		{To: "loadBalancerArn"}, {From: "loadBalancerArn"}, {From: "loadBalancerArn", To: "defaultActions[].targetGroupArn"},
	}},
	awstypes.ListenerRule: {Edges: []edge{
		{From: "listenerArn", To: "actions[].targetGroupArn"}, {From: "actions[].targetGroupArn", To: "listenerArn"},
		{From: "listenerArn", To: "actions[].forward.targetGroups[].arn"}, {From: "actions[].forward.targetGroups[].arn", To: "listenerArn"},
	}},
	awstypes.TargetGroup:         {Edges: []edge{{From: "vpcId", Type: awstypes.VPC}, {To: "vpcId", Type: awstypes.VPC}}},
	awstypes.ListenerCertificate: {}, awstypes.WebACLAssociation: {},

	awstypes.ECSCluster: {}, awstypes.ECSTaskDefinition: {},
	awstypes.ECSService: {Logs: true, Edges: []edge{
		{From: "loadBalancers[].targetGroupArn"}, {To: "loadBalancers[].targetGroupArn"}, {To: "networkConfiguration.securityGroups[]", Type: awstypes.SecurityGroup},
	}},

	awstypes.Zone: {}, awstypes.ZoneSigning: {}, awstypes.KeySigningKey: {}, awstypes.HealthCheck: {},
	awstypes.Record: {}, // the command drill resolves names

	awstypes.Role:      {Policy: "assumeRolePolicy"},
	awstypes.Parameter: {}, awstypes.RolePolicy: {}, // policies.go
	awstypes.RolePolicyAttachment: {},

	awstypes.LogGroup: {Edges: []edge{{To: "kmsKeyId"}}}, awstypes.LogResourcePolicy: {},
	awstypes.LogDelivery:            {Edges: []edge{{From: "deliverySourceName", To: "deliveryDestinationArn", Type: awstypes.LogDeliverySource, Logs: true}}},
	awstypes.LogDeliveryDestination: {Edges: []edge{{To: "deliveryDestinationConfiguration.destinationResourceArn", Logs: true}}},
	awstypes.LogDeliverySource:      {Edges: []edge{{From: "resourceArn", Logs: true}}},
	awstypes.MetricAlarm:            {Logs: true, Edges: []edge{{To: "alarmActions[]"}, {To: "okActions[]"}, {To: "insufficientDataActions[]"}}},
	awstypes.EventRule:              {Logs: true},
	awstypes.EventTarget:            {Edges: []edge{{From: "rule", To: "arn", Type: awstypes.EventRule}}},
	awstypes.Topic:                  {Edges: []edge{{To: "kmsMasterKeyId"}}},
	awstypes.TopicPolicy:            {Of: "arn", Policy: "policy"},
	awstypes.TopicSubscription:      {Of: "topic"}, // routes.go

	awstypes.VPC: {Logs: true}, awstypes.VPCCidrBlock: {}, awstypes.Subnet: {}, awstypes.InternetGateway: {}, awstypes.EgressOnlyInternetGateway: {},
	awstypes.ElasticIP: {}, awstypes.NATGateway: {}, awstypes.RouteTableAssociation: {}, awstypes.NetworkACL: {},
	awstypes.DefaultNetworkACL: {}, awstypes.DefaultSecurityGroup: {},
	awstypes.RouteTable: {Edges: []edge{{From: "vpcId", Type: awstypes.VPC}}},
	awstypes.Route: {Of: "routeTableId", Edges: []edge{
		{From: "routeTableId", To: "natGatewayId", Type: awstypes.RouteTable, Allowed: byRules},
		{From: "routeTableId", To: "egressOnlyGatewayId", Type: awstypes.RouteTable, Allowed: byRules},
		{From: "routeTableId", To: "vpcPeeringConnectionId", Type: awstypes.RouteTable}, {From: "routeTableId", To: "transitGatewayId", Type: awstypes.RouteTable},
		{From: "routeTableId", To: "networkInterfaceId", Type: awstypes.RouteTable}, {From: "routeTableId", To: "localGatewayId", Type: awstypes.RouteTable},
		{From: "routeTableId", To: "carrierGatewayId", Type: awstypes.RouteTable}, {From: "routeTableId", To: "coreNetworkArn", Type: awstypes.RouteTable},
		{From: "routeTableId", To: "vpcEndpointId", Type: awstypes.RouteTable}, {From: "routeTableId", To: "gatewayId", Type: awstypes.RouteTable},
	}},
	awstypes.SecurityGroup: {Edges: []edge{{To: "vpcId", Type: awstypes.VPC}, {To: "ingress[].securityGroups[]", Type: awstypes.SecurityGroup}, {To: "egress[].securityGroups[]", Type: awstypes.SecurityGroup}}},
	awstypes.VPCEndpoint:   {Edges: []edge{{From: "vpcId", Type: awstypes.VPC}}},
	awstypes.FlowLog:       {Edges: []edge{{From: "vpcId", To: "logDestination", Type: awstypes.VPC, Logs: true}}},

	awstypes.DMSCertificate: {}, awstypes.DMSInstance: {}, awstypes.DMSSubnetGroup: {},
	awstypes.DMSEndpoint:           {Edges: []edge{{From: "secretsManagerArn"}}}, // the database in routes.go
	awstypes.DMSTask:               {Edges: []edge{{From: "sourceEndpointArn"}, {To: "targetEndpointArn"}}},
	awstypes.DataSyncObjectStorage: {Edges: []edge{{To: "serverHostname"}}},
	awstypes.DataSyncS3:            {Edges: []edge{{From: "s3BucketArn"}, {To: "s3BucketArn"}}},
	awstypes.DataSyncTask:          {Edges: []edge{{From: "sourceLocationArn"}, {To: "destinationLocationArn"}, {To: "cloudwatchLogGroupArn", Logs: true}}},

	awstypes.LocalNetwork: {}, awstypes.LocalKey: {}, awstypes.LocalDatabase: {}, awstypes.LocalObjectStore: {},
	awstypes.LocalEdgeCache:    {Public: true, Edges: []edge{{From: "origin", Type: awstypes.LocalObjectStore}}},
	awstypes.LocalLoadBalancer: {}, // users' own requests, and the answers of workloads
}
