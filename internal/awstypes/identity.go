package awstypes

// Types of AWS IAM and of the parameters of AWS Systems Manager.
const (
	Role                 = "aws:iam/role:Role"
	RolePolicy           = "aws:iam/rolePolicy:RolePolicy"
	RolePolicyAttachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	Parameter            = "aws:ssm/parameter:Parameter"
)

var identity = map[string]Type{
	Role: {
		// AWS lists no roles by tag.
		Import:   Import{Key: "{name}"},
		IDs:      paths("arn name"),
		Policies: paths("assumeRolePolicy"),
		Declared: paths("permissionsBoundary"),
		Plain:    paths("description name"),
	},
	RolePolicy: {
		Refs:     []Ref{{"role", Role}},
		Policies: paths("policy"),
		Plain:    paths("name"),
	},
	RolePolicyAttachment: {
		Refs:  []Ref{{"role", Role}},
		Fixed: []Setting{{Path: "policyArn", Allowed: []any{"arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"}}},
	},
	Parameter: {
		EdgeRegion: true,
		Import:     byARN(`:ssm:.*:parameter(/.*)$`),
		Documents:  paths("insecureValue"),
		// What a site publishes for the stack global, for application teams, and for its recovery site or
		// the sites that it recovers.
		Names: []Ref{
			{"insecureValue.entry.host", LoadBalancer}, {"insecureValue.targetGroupArn", TargetGroup}, {"insecureValue.vpcId", VPC},
			{"insecureValue.subnetIds[]", Subnet}, {"insecureValue.securityGroupId", SecurityGroup},
			{"insecureValue.databaseEndpoint", DBInstance}, {"insecureValue.databaseSecretArn", Secret}, {"insecureValue.buckets.*", Bucket},
			{"insecureValue.dataKeyArn", Key}, {"insecureValue.secretsKeyArn", Key}, {"insecureValue.logsKeyArn", Key},
			{"insecureValue.databases.*", DBInstance}, {"insecureValue.keyArn", Key},
		},
		Declared: paths("name insecureValue.claimUrl insecureValue.permissionsBoundaryArn"),
		Plain: paths(`
			description insecureValue.content.host insecureValue.content.ready insecureValue.content.zoneId
			insecureValue.entry.claims insecureValue.entry.dualStack insecureValue.entry.host insecureValue.entry.ready[] insecureValue.entry.zoneId
			insecureValue.healthPath insecureValue.host insecureValue.hostnames[] insecureValue.livePath
			insecureValue.moves.*.*.phase insecureValue.moves.*.*.sharePercent insecureValue.ready insecureValue.records.*
			insecureValue.recovers[] insecureValue.region insecureValue.serving insecureValue.site insecureValue.targetPort
			insecureValue.targetProtocol type
		`),
	},
}
