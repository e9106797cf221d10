package awstypes

// Types of Amazon RDS.
const (
	DBInstance          = "aws:rds/instance:Instance"
	DBSubnetGroup       = "aws:rds/subnetGroup:SubnetGroup"
	DBParameterGroup    = "aws:rds/parameterGroup:ParameterGroup"
	DBEventSubscription = "aws:rds/eventSubscription:EventSubscription"
)

var (
	storageEncrypted = []Setting{{Path: "storageEncrypted", Allowed: []any{true}, Required: true}}
	notPublic        = []Setting{{Path: "publiclyAccessible", Allowed: []any{false}}}
)

var database = map[string]Type{
	DBInstance: {
		Stateful:      true,
		Holds:         Database,
		Readers:       BySecret,
		KeyProperties: []KeyProperty{{Path: "kmsKeyId"}, {Path: "performanceInsightsKmsKeyId", When: "performanceInsightsEnabled"}},
		Encryption:    storageEncrypted,
		Private:       notPublic,
		Import:        byARN(`:rds:.*:db:(.*)$`),
		Refs: []Ref{
			{"dbSubnetGroupName", DBSubnetGroup}, {"parameterGroupName", DBParameterGroup},
			{"vpcSecurityGroupIds[]", SecurityGroup}, {"kmsKeyId", Key}, {"performanceInsightsKmsKeyId", Key},
			{"monitoringRoleArn", Role},
		},
	},
	DBSubnetGroup: {
		Import: byARN(`:rds:.*:subgrp:(.*)$`),
		Refs:   []Ref{{"subnetIds[]", Subnet}},
	},
	DBParameterGroup: {
		Import: byARN(`:rds:.*:pg:(.*)$`),
	},
	DBEventSubscription: {
		Import: byARN(`:rds:.*:es:(.*)$`),
		Refs:   []Ref{{"snsTopic", Topic}},
	},
}
