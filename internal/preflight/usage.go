package preflight

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

// counted is a quota on the number of one type of resource.
type counted struct {
	name string
	typ  string
	// edge says that the program makes them at the edge, or in no region.
	edge bool
	// account says that the quota is the whole account's; AWS is asked in us-east-1.
	account bool
	// used counts those of the account in a region, and limit is how many there may be.
	used  func(s *session, region string) (int, error)
	limit func(s *session, region string) (limit, error)
}

// countedQuotas are those that a stack's resources count against. The codes and names of
// quotas are those of docs/preflight.md, which has their sources. That of buckets is shown
// in us-east-1 alone (https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html).
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
	{"IAM roles", awstypes.Role, false, true, roles, rolesQuota},
	inAccountLimit("Route 53 hosted zones", awstypes.Zone, "MAX_HOSTED_ZONES_BY_OWNER"),
	inAccountLimit("Route 53 health checks", awstypes.HealthCheck, "MAX_HEALTH_CHECKS_BY_OWNER"),
}

// logPolicies is how many resource policies CloudWatch Logs has room for in a region
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html).
const logPolicies = 10

// counting counts a list within the answer of an operation, such as DistributionList.Items.
// A list within an object may be absent, as CloudFront leaves out an empty one.
func counting(path string, args ...string) func(*session, string) (int, error) {
	return func(s *session, region string) (int, error) {
		var answer map[string]json.RawMessage
		if err := s.ask.aws(&answer, region, args...); err != nil {
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

func fixed(value int) func(*session, string) (limit, error) {
	return func(*session, string) (limit, error) { return limit{value, remove}, nil }
}

// byCode is a quota of Service Quotas by its code.
func byCode(service, code string) func(*session, string) (limit, error) {
	return func(s *session, region string) (limit, error) { return s.serviceQuota(region, service, code) }
}

// codeVPCs is the quota on VPCs per Region.
const codeVPCs = "L-F678F1CE"

// withVPCs is a quota that AWS raises together with the one on VPCs, and not by itself
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Gateways").
func withVPCs(code string) func(*session, string) (limit, error) {
	return func(s *session, region string) (limit, error) {
		l, err := s.serviceQuota(region, "vpc", code)
		return limit{l.value, requestIncrease(region, "vpc", codeVPCs)}, err
	}
}

// byName is one whose code is not known, by words of its name.
func byName(service string, words ...string) func(*session, string) (limit, error) {
	return func(s *session, region string) (limit, error) { return s.namedQuota(region, service, words) }
}

// serviceQuota is what Service Quotas has of a quota.
type serviceQuota struct {
	QuotaCode, QuotaName string
	Value                float64
	Adjustable           bool
}

func (q serviceQuota) limit(region, service string) limit {
	if !q.Adjustable {
		return limit{int(q.Value), remove}
	}
	return limit{int(q.Value), requestIncrease(region, service, q.QuotaCode)}
}

// serviceQuota asks for the value that is applied to the account, or the default one where
// none is.
func (s *session) serviceQuota(region, service, code string) (limit, error) {
	var answer struct{ Quota *serviceQuota }
	err := s.ask.aws(&answer, region, "service-quotas", "get-service-quota", "--service-code", service, "--quota-code", code)
	if cli.Code(err) == "NoSuchResourceException" {
		err = s.ask.aws(&answer, region, "service-quotas", "get-aws-default-service-quota", "--service-code", service, "--quota-code", code)
	}
	if err == nil && answer.Quota == nil {
		err = errNoAnswer
	}
	if err != nil {
		return limit{}, err
	}
	return answer.Quota.limit(region, service), nil
}

// namedQuota looks among all quotas of a service, the applied values first.
func (s *session) namedQuota(region, service string, words []string) (limit, error) {
	for _, operation := range []string{"list-service-quotas", "list-aws-default-service-quotas"} {
		var answer struct{ Quotas []serviceQuota }
		if err := s.ask.aws(&answer, region, "service-quotas", operation, "--service-code", service); err != nil {
			return limit{}, err
		}
		var found []serviceQuota
		for _, q := range answer.Quotas {
			if isOf(q.QuotaName, words) {
				found = append(found, q)
			}
		}
		if len(found) == 1 {
			return found[0].limit(region, service), nil
		}
	}
	return limit{}, fmt.Errorf("among the quotas of %s, not one is named %q", service, words)
}

// attribute is a quota that a service reports itself, with its use.
type attribute struct {
	used  func() (int, error)
	limit func() (limit, error)
}

// attribute asks RDS or DMS for one of their account's attributes.
func (s *session) attribute(service, region, name string) attribute {
	type values struct {
		AccountQuotaName string
		Used, Max        int
	}
	read := func() (values, error) {
		var answer struct{ AccountQuotas []values }
		if err := s.ask.aws(&answer, region, service, "describe-account-attributes"); err != nil {
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

func inAttributes(name, typ, service, attribute string) counted {
	return counted{
		name, typ, false, false,
		func(s *session, region string) (int, error) { return s.attribute(service, region, attribute).used() },
		func(s *session, region string) (limit, error) { return s.attribute(service, region, attribute).limit() },
	}
}

// inAccountLimit is a quota of Route 53, which reports its use too.
func inAccountLimit(name, typ, limitType string) counted {
	type answer struct {
		Count *int
		Limit struct{ Value int }
	}
	read := func(s *session) (a answer, err error) {
		err = s.ask.aws(&a, edgeRegion, "route53", "get-account-limit", "--type", limitType)
		if err == nil && a.Count == nil {
			err = errNoAnswer
		}
		return a, err
	}
	return counted{
		name, typ, true, true,
		func(s *session, _ string) (int, error) {
			a, err := read(s)
			if err != nil {
				return 0, err
			}
			return *a.Count, nil
		},
		func(s *session, _ string) (limit, error) {
			a, err := read(s)
			return limit{a.Limit.Value, func(wanted int) string {
				return "request " + strconv.Itoa(wanted) + " in Service Quotas (route53, " + edgeRegion + ")"
			}}, err
		},
	}
}

// summary is IAM's of the account.
func (s *session) summary(key string) (int, error) {
	var answer struct{ SummaryMap map[string]int }
	if err := s.ask.aws(&answer, edgeRegion, "iam", "get-account-summary"); err != nil {
		return 0, err
	}
	value, found := answer.SummaryMap[key]
	if !found {
		return 0, fmt.Errorf("aws iam get-account-summary has no %s", key)
	}
	return value, nil
}

func roles(s *session, _ string) (int, error) { return s.summary("Roles") }

func rolesQuota(s *session, _ string) (limit, error) {
	value, err := s.summary("RolesQuota")
	return limit{value, requestIncrease(edgeRegion, "iam", "L-FE177D64")}, err
}
