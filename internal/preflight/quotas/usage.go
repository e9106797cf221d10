package quotas

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/query"
)

// counted is a quota on the number of resources of one type.
type counted struct {
	name string
	typ  string
	// edge reports whether the program creates the resources at the edge, or in no region.
	edge bool
	// account reports whether the quota is that of the whole account. It is read in us-east-1.
	account bool
	// used counts the account's resources in a region, and limit returns the quota's value.
	used  func(s *Stack, region string) (int, error)
	limit func(s *Stack, region string) (limit, error)
}

// countedQuotas are the quotas on the resource types of the stacks. docs/preflight.md states
// the sources of the codes and names. AWS shows the quota on buckets in us-east-1 only
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html).
var countedQuotas = []counted{
	{"VPCs", awstypes.VPC, false, false, counting("Vpcs", "ec2", "describe-vpcs"), byCode("vpc", codeVPCs)},
	{"internet gateways", awstypes.InternetGateway, false, false, counting("InternetGateways", "ec2", "describe-internet-gateways"), withVPCs("L-A4707A72")},
	{"egress-only internet gateways", awstypes.EgressOnlyInternetGateway, false, false, counting("EgressOnlyInternetGateways", "ec2", "describe-egress-only-internet-gateways"), withVPCs("L-45FE3B85")},
	{"gateway endpoints", awstypes.VPCEndpoint, false, false, counting("VpcEndpoints", "ec2", "describe-vpc-endpoints", "--filters", "Name=vpc-endpoint-type,Values=Gateway"), byCode("vpc", "L-1B52E74A")},
	{"Elastic IP addresses", awstypes.ElasticIP, false, false, counting("Addresses", "ec2", "describe-addresses"), byCode("ec2", "L-0263D0A3")},
	inAttributes("RDS instances", awstypes.DBInstance, "rds", "DBInstances"),
	inAttributes("RDS parameter groups", awstypes.DBParameterGroup, "rds", "DBParameterGroups"),
	inAttributes("RDS subnet groups", awstypes.DBSubnetGroup, "rds", "DBSubnetGroups"),
	inAttributes("RDS event subscriptions", awstypes.DBEventSubscription, "rds", "EventSubscriptions"),
	inAttributes("DMS replication instances", awstypes.DMSInstance, "dms", "ReplicationInstances"),
	{"KMS keys", awstypes.Key, false, false, counting("Keys", "kms", "list-keys"), byCode("kms", "L-C2F1777E")},
	{"KMS keys", awstypes.Key, true, false, counting("Keys", "kms", "list-keys"), byCode("kms", "L-C2F1777E")},
	{"EventBridge rules", awstypes.EventRule, false, false, counting("Rules", "events", "list-rules"), byCode("events", "L-244521F2")},
	{"CloudWatch Logs resource policies", awstypes.LogResourcePolicy, false, false, counting("resourcePolicies", "logs", "describe-resource-policies"), fixed(logPolicies)},
	{"S3 buckets", awstypes.Bucket, false, true, counting("Buckets", "s3api", "list-buckets", "--page-size", "1000"), byCode("s3", "L-DC2B2D3D")},
	{"CloudFront distributions", awstypes.Distribution, true, true, counting("DistributionList.Items", "cloudfront", "list-distributions"), byCode("cloudfront", "L-24B04930")},
	{"CloudFront response headers policies", awstypes.ResponseHeadersPolicy, true, true, counting("ResponseHeadersPolicyList.Items", "cloudfront", "list-response-headers-policies", "--type", "custom"), byCode("cloudfront", "L-CF0D4FC5")},
	{"web ACLs of CloudFront", awstypes.WebACL, true, true, counting("WebACLs", "wafv2", "list-web-acls", "--scope", "CLOUDFRONT"), byName("wafv2", "web ACLs per account", "CloudFront")},
	{"web ACLs", awstypes.WebACL, false, false, counting("WebACLs", "wafv2", "list-web-acls", "--scope", "REGIONAL"), byName("wafv2", "web ACLs per account", "regional")},
	{"load balancers", awstypes.LoadBalancer, false, false, counting("LoadBalancers", "elbv2", "describe-load-balancers"), byCode("elasticloadbalancing", "L-53DA6B97")},
	{"target groups", awstypes.TargetGroup, false, false, counting("TargetGroups", "elbv2", "describe-target-groups"), byCode("elasticloadbalancing", "L-B22855CB")},
	{"certificates", awstypes.Certificate, false, false, certificates, byCode("acm", codeCertificates)},
	{"certificates", awstypes.Certificate, true, false, certificates, byCode("acm", codeCertificates)},
	{"IAM roles", awstypes.Role, false, true, roles, rolesQuota},
	inAccountLimit("Route 53 hosted zones", awstypes.Zone, "MAX_HOSTED_ZONES_BY_OWNER"),
	inAccountLimit("Route 53 health checks", awstypes.HealthCheck, "MAX_HEALTH_CHECKS_BY_OWNER"),
}

// codeCertificates is the code of the quota on certificates of ACM in a region.
const codeCertificates = "L-F141DD1D"

// certificates counts the certificates of ACM in a region, with keys of any algorithm: without the
// option, ACM lists only RSA keys of up to 2048 bits
// (https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificates.html).
var certificates = counting("CertificateSummaryList", "acm", "list-certificates", "--includes",
	"keyTypes=RSA_1024,RSA_2048,RSA_3072,RSA_4096,EC_prime256v1,EC_secp384r1,EC_secp521r1")

// counting returns a function that counts a list in the answer of an operation, such as
// DistributionList.Items. Of such a path the list may be absent: CloudFront omits empty lists.
func counting(path string, args ...string) func(*Stack, string) (int, error) {
	return func(s *Stack, region string) (int, error) {
		var answer map[string]json.RawMessage
		if err := s.Client.AWS(&answer, region, args...); err != nil {
			return 0, err
		}
		object, name, nested := strings.Cut(path, ".")
		raw := answer[object]
		if nested {
			var inner map[string]json.RawMessage
			if err := json.Unmarshal(raw, &inner); err != nil {
				return 0, fmt.Errorf("aws %s: %s: %w", strings.Join(args, " "), object, err)
			}
			if raw = inner[name]; raw == nil {
				return 0, nil
			}
		}
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			return 0, fmt.Errorf("aws %s: %s: %w", strings.Join(args, " "), path, err)
		}
		return len(list), nil
	}
}

// countNATs counts the account's NAT gateways in a zone, in all states but failed and deleted
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Gateways").
func (s *Stack) countNATs(zone string) (int, error) {
	var subnets struct {
		Subnets []struct {
			SubnetID         string `json:"SubnetId"`
			AvailabilityZone string
		}
	}
	if err := s.Client.AWS(&subnets, s.Region, "ec2", "describe-subnets"); err != nil {
		return 0, err
	}
	var gateways struct {
		NatGateways []struct {
			SubnetID string `json:"SubnetId"`
			State    string
		}
	}
	if err := s.Client.AWS(&gateways, s.Region, "ec2", "describe-nat-gateways"); err != nil {
		return 0, err
	}
	zones := map[string]string{}
	for _, subnet := range subnets.Subnets {
		zones[subnet.SubnetID] = subnet.AvailabilityZone
	}
	count := 0
	for _, gateway := range gateways.NatGateways {
		if zones[gateway.SubnetID] == zone && gateway.State != "failed" && gateway.State != "deleted" {
			count++
		}
	}
	return count, nil
}

// attribute is a quota that RDS or DMS reports with its usage.
type attribute struct {
	used  func() (int, error)
	limit func() (limit, error)
}

// attribute returns an account attribute of RDS or DMS.
func (s *Stack) attribute(service, region, name string) attribute {
	type values struct {
		AccountQuotaName string
		Used, Max        int
	}
	read := func() (values, error) {
		var answer struct{ AccountQuotas []values }
		if err := s.Client.AWS(&answer, region, service, "describe-account-attributes"); err != nil {
			return values{}, err
		}
		for _, q := range answer.AccountQuotas {
			if q.AccountQuotaName == name {
				return q, nil
			}
		}
		return values{}, fmt.Errorf("aws %s describe-account-attributes has no %s", service, name)
	}
	return attribute{
		used: func() (int, error) {
			q, err := read()
			return q.Used, err
		},
		limit: func() (limit, error) {
			q, err := read()
			return limit{q.Max, func(wanted int) string {
				return fmt.Sprintf("request %d in Service Quotas (%s, %s, %s)", wanted, service, region, name)
			}}, err
		},
	}
}

// inAttributes returns a quota that is an account attribute of RDS or DMS.
func inAttributes(name, typ, service, attribute string) counted {
	return counted{
		name, typ, false, false,
		func(s *Stack, region string) (int, error) { return s.attribute(service, region, attribute).used() },
		func(s *Stack, region string) (limit, error) { return s.attribute(service, region, attribute).limit() },
	}
}

// inAccountLimit returns a quota of Route 53, which reports the usage too.
func inAccountLimit(name, typ, limitType string) counted {
	type answer struct {
		Count *int
		Limit struct{ Value int }
	}
	read := func(s *Stack) (a answer, err error) {
		err = s.Client.AWS(&a, awstypes.EdgeRegion, "route53", "get-account-limit", "--type", limitType)
		if err == nil && a.Count == nil {
			err = query.ErrNoValue
		}
		return a, err
	}
	return counted{
		name, typ, true, true,
		func(s *Stack, _ string) (int, error) {
			a, err := read(s)
			if err != nil {
				return 0, err
			}
			return *a.Count, nil
		},
		func(s *Stack, _ string) (limit, error) {
			a, err := read(s)
			return limit{a.Limit.Value, func(wanted int) string {
				return "request " + strconv.Itoa(wanted) + " in Service Quotas (route53, " + awstypes.EdgeRegion + ")"
			}}, err
		},
	}
}

// summary returns a number of IAM's account summary.
func (s *Stack) summary(key string) (int, error) {
	var answer struct{ SummaryMap map[string]int }
	if err := s.Client.AWS(&answer, awstypes.EdgeRegion, "iam", "get-account-summary"); err != nil {
		return 0, err
	}
	value, found := answer.SummaryMap[key]
	if !found {
		return 0, fmt.Errorf("aws iam get-account-summary has no %s", key)
	}
	return value, nil
}

func roles(s *Stack, _ string) (int, error) { return s.summary("Roles") }

func rolesQuota(s *Stack, _ string) (limit, error) {
	value, err := s.summary("RolesQuota")
	return limit{value, requestIncrease(awstypes.EdgeRegion, "iam", "L-FE177D64")}, err
}
