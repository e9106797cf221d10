package preflight

// Actions are the IAM actions of the checks' calls to AWS. All of them only read. In addition,
// `pulumi whoami` and `pulumi stack export` read the state, as an update does.
var Actions = []string{
	"cloudfront:ListDistributions",
	"cloudfront:ListResponseHeadersPolicies",
	"dms:DescribeAccountAttributes",
	"dms:DescribeOrderableReplicationInstances",
	"ec2:DescribeAddresses",
	"ec2:DescribeAvailabilityZones",
	"ec2:DescribeEgressOnlyInternetGateways",
	"ec2:DescribeInternetGateways",
	"ec2:DescribeNatGateways",
	"ec2:DescribeSubnets",
	"ec2:DescribeVpcEndpoints",
	"ec2:DescribeVpcs",
	"events:ListRules",
	"iam:GetAccountSummary",
	"iam:GetPolicy",
	"iam:GetRole",
	"kms:DescribeKey",
	"kms:ListKeys",
	"logs:DescribeResourcePolicies",
	"rds:DescribeAccountAttributes",
	"rds:DescribeOrderableDBInstanceOptions",
	"route53:GetAccountLimit",
	"route53:GetHostedZone",
	"route53:ListHostedZonesByName",
	"s3:ListAllMyBuckets",
	"s3:ListBucket", // HeadBucket
	"servicequotas:GetAWSDefaultServiceQuota",
	"servicequotas:GetServiceQuota",
	"servicequotas:ListAWSDefaultServiceQuotas",
	"servicequotas:ListServiceQuotas",
	"sns:ListSubscriptionsByTopic",
	"sts:GetCallerIdentity", // needs no permission
	"wafv2:ListWebACLs",
}
