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
		Import: Import{Key: "{name}"},
	},
	RolePolicy: {
		Refs: []Ref{{"role", Role}},
	},
	RolePolicyAttachment: {
		Refs: []Ref{{"role", Role}},
	},
	Parameter: {
		EdgeRegion: true,
		Import:     byARN(`:ssm:.*:parameter(/.*)$`),
	},
}
