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
		Declared:   paths("name"),
		Plain:      paths("description insecureValue type"),
	},
}
