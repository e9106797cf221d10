package acceptance_test

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// resolve follows a host name through the records of the account's only hosted zone, for users in
// a country, while all health checks succeed. It returns the host name outside of the zone at
// which the records end.
func (a *account) resolve(host, country string) string {
	a.t.Helper()
	zones, err := a.route53.ListHostedZones(a.ctx, &route53.ListHostedZonesInput{})
	require.NoError(a.t, err)
	require.Len(a.t, zones.HostedZones, 1)
	records := map[string][]types.ResourceRecordSet{}
	pages := route53.NewListResourceRecordSetsPaginator(a.route53, &route53.ListResourceRecordSetsInput{HostedZoneId: zones.HostedZones[0].Id})
	for pages.HasMorePages() {
		page, err := pages.NextPage(a.ctx)
		require.NoError(a.t, err)
		for _, record := range page.ResourceRecordSets {
			name := hostname(*record.Name)
			records[name] = append(records[name], record)
		}
	}
	for range 10 {
		if len(records[host]) == 0 {
			return host
		}
		host = target(choose(records[host], country))
	}
	require.Fail(a.t, "the records lead in a circle", host)
	return ""
}

// choose returns the record of a name from which Route 53 answers users in a country.
func choose(records []types.ResourceRecordSet, country string) types.ResourceRecordSet {
	best, rank := records[0], -1
	for _, record := range records {
		is := 0
		switch {
		case record.GeoLocation != nil && aws.ToString(record.GeoLocation.CountryCode) == country:
			is = 2
		case record.GeoLocation != nil && aws.ToString(record.GeoLocation.CountryCode) == "*", record.Failover == types.ResourceRecordSetFailoverPrimary, aws.ToInt64(record.Weight) > 0:
			is = 1
		}
		if is > rank {
			best, rank = record, is
		}
	}
	return best
}

// target returns the host name to which a record points.
func target(record types.ResourceRecordSet) string {
	if record.AliasTarget != nil {
		return hostname(*record.AliasTarget.DNSName)
	}
	return hostname(*record.ResourceRecords[0].Value)
}

// hostname returns a DNS name in lower case without the final period.
func hostname(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// request follows a request for a host over HTTPS, from the DNS name of a load balancer to the
// target group that answers. It requires a certificate for the host, and returns the action of
// the rule that matches.
func (a *account) request(balancerHost, host string) elbtypes.Action {
	a.t.Helper()
	balancers, err := a.elb.DescribeLoadBalancers(a.ctx, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	require.NoError(a.t, err)
	i := slices.IndexFunc(balancers.LoadBalancers, func(b elbtypes.LoadBalancer) bool { return hostname(*b.DNSName) == balancerHost })
	require.GreaterOrEqual(a.t, i, 0, "no load balancer has the DNS name %s", balancerHost)
	listener, has := a.listeners(balancers.LoadBalancers[i])[443]
	require.True(a.t, has, "nothing listens on port 443")
	assert.Equal(a.t, elbtypes.ProtocolEnumHttps, listener.Protocol)
	assert.Equal(a.t, "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", *listener.SslPolicy)
	listed, err := a.elb.DescribeListenerCertificates(a.ctx, &elasticloadbalancingv2.DescribeListenerCertificatesInput{ListenerArn: listener.ListenerArn})
	require.NoError(a.t, err)
	named := slices.ContainsFunc(a.certificates(), func(c certificate) bool {
		return c.Status == "ISSUED" && slices.Contains(c.SubjectAlternativeNames, host) &&
			slices.ContainsFunc(listed.Certificates, func(l elbtypes.Certificate) bool { return *l.CertificateArn == c.CertificateArn })
	})
	rules := a.rules(listener)
	i = slices.IndexFunc(rules, func(rule elbtypes.Rule) bool {
		return *rule.IsDefault || slices.ContainsFunc(rule.Conditions, func(c elbtypes.RuleCondition) bool {
			return *c.Field == "host-header" && slices.Contains(c.HostHeaderConfig.Values, host)
		})
	})
	require.GreaterOrEqual(a.t, i, 0, "no rule matches %s", host)
	assert.Equal(a.t, !*rules[i].IsDefault, named, "whether a certificate has the name %s", host)
	return rules[i].Actions[0]
}
