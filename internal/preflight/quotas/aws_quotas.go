package quotas

import (
	"fmt"
	"strings"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/preflight/query"
)

// logPolicies is the maximum number of resource policies of CloudWatch Logs in a region
// (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html).
const logPolicies = 10

// codeVPCs is the code of the quota on VPCs per Region.
const codeVPCs = "L-F678F1CE"

// fixed returns a limit that AWS documents and never raises.
func fixed(value int) func(*Stack, string) (limit, error) {
	return func(*Stack, string) (limit, error) { return limit{value, remove}, nil }
}

// byCode returns the value of a quota of Service Quotas by its code.
func byCode(service, code string) func(*Stack, string) (limit, error) {
	return func(s *Stack, region string) (limit, error) { return s.serviceQuota(region, service, code) }
}

// withVPCs returns the value of a quota that AWS raises only together with the quota on VPCs
// (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html, "Gateways").
func withVPCs(code string) func(*Stack, string) (limit, error) {
	return func(s *Stack, region string) (limit, error) {
		l, err := s.serviceQuota(region, "vpc", code)
		return limit{l.value, requestIncrease(region, "vpc", codeVPCs)}, err
	}
}

// byName returns the value of a quota whose code AWS does not publish, by words of its name.
func byName(service string, words ...string) func(*Stack, string) (limit, error) {
	return func(s *Stack, region string) (limit, error) { return s.namedQuota(region, service, words) }
}

// serviceQuota is a quota as Service Quotas returns it.
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

// serviceQuota returns the value that applies to the account or, if AWS has none, AWS's default.
func (s *Stack) serviceQuota(region, service, code string) (limit, error) {
	var answer struct{ Quota *serviceQuota }
	err := s.Client.AWS(&answer, region, "service-quotas", "get-service-quota", "--service-code", service, "--quota-code", code)
	if cli.Code(err) == "NoSuchResourceException" {
		err = s.Client.AWS(&answer, region, "service-quotas", "get-aws-default-service-quota", "--service-code", service, "--quota-code", code)
	}
	if err == nil && answer.Quota == nil {
		err = query.ErrNoValue
	}
	if err != nil {
		return limit{}, err
	}
	return answer.Quota.limit(region, service), nil
}

// namedQuota searches the values that apply to the account, then AWS's defaults, for the
// one quota of a service whose name contains all words.
func (s *Stack) namedQuota(region, service string, words []string) (limit, error) {
	for _, operation := range []string{"list-service-quotas", "list-aws-default-service-quotas"} {
		var answer struct{ Quotas []serviceQuota }
		if err := s.Client.AWS(&answer, region, "service-quotas", operation, "--service-code", service); err != nil {
			return limit{}, err
		}
		var found []serviceQuota
		for _, q := range answer.Quotas {
			if containsAll(q.QuotaName, words) {
				found = append(found, q)
			}
		}
		if len(found) == 1 {
			return found[0].limit(region, service), nil
		}
	}
	return limit{}, fmt.Errorf("quotas of %s: found no single quota whose name contains %q", service, words)
}

// requestIncrease returns a function that returns the command that requests a larger value.
func requestIncrease(region, service, code string) func(int) string {
	return func(wanted int) string {
		return fmt.Sprintf("run aws service-quotas request-service-quota-increase --service-code %s --quota-code %s --desired-value %d --region %s", service, code, wanted, region)
	}
}

// remove is the advice for a quota that AWS does not raise.
func remove(int) string { return "remove resources that are not in use: AWS does not raise this quota" }

// containsAll reports whether a name contains all words, in any letter case.
func containsAll(name string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(strings.ToLower(name), strings.ToLower(word)) {
			return false
		}
	}
	return true
}
