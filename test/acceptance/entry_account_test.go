package acceptance_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// post calls an operation of a service whose protocol is JSON, and decodes the answer.
func (a *account) post(service, target string, body, answer any) {
	a.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(a.t, err)
	request, err := http.NewRequestWithContext(a.ctx, http.MethodPost, a.url, bytes.NewReader(data))
	require.NoError(a.t, err)
	request.Header.Set("X-Amz-Target", target)
	request.Header.Set("Content-Type", "application/x-amz-json-1.1")
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=suite/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=none", a.region, service))
	response, err := http.DefaultClient.Do(request)
	require.NoError(a.t, err)
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	require.NoError(a.t, err)
	require.Equal(a.t, http.StatusOK, response.StatusCode, "%s: %s", target, content)
	if answer != nil {
		require.NoError(a.t, json.Unmarshal(content, answer), target)
	}
}

// A certificate is a certificate of ACM.
type certificate struct {
	CertificateArn, Status  string
	SubjectAlternativeNames []string
}

// certificates lists the certificates in the region.
func (a *account) certificates() []certificate {
	a.t.Helper()
	var list struct{ CertificateSummaryList []certificate }
	a.post("acm", "CertificateManager.ListCertificates", struct{}{}, &list)
	for i, found := range list.CertificateSummaryList {
		var described struct{ Certificate certificate }
		a.post("acm", "CertificateManager.DescribeCertificate", map[string]any{"CertificateArn": found.CertificateArn}, &described)
		list.CertificateSummaryList[i] = described.Certificate
	}
	return list.CertificateSummaryList
}

// entries lists the load balancers in the region with their listeners, rules and target groups,
// and the certificates.
func (a *account) entries(found tagged) {
	a.t.Helper()
	for _, c := range a.certificates() {
		var list struct{ Tags []struct{ Key, Value string } }
		a.post("acm", "CertificateManager.ListTagsForCertificate", map[string]any{"CertificateArn": c.CertificateArn}, &list)
		found[c.CertificateArn] = map[string]string{}
		for _, tag := range list.Tags {
			found[c.CertificateArn][tag.Key] = tag.Value
		}
	}
	arns := map[string]bool{}
	groups, err := a.elb.DescribeTargetGroups(a.ctx, &elasticloadbalancingv2.DescribeTargetGroupsInput{})
	require.NoError(a.t, err)
	for _, group := range groups.TargetGroups {
		arns[*group.TargetGroupArn] = true
	}
	balancers, err := a.elb.DescribeLoadBalancers(a.ctx, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	require.NoError(a.t, err)
	for _, balancer := range balancers.LoadBalancers {
		arns[*balancer.LoadBalancerArn] = true
		for port, listener := range a.listeners(balancer) {
			arns[*listener.ListenerArn] = true
			for _, rule := range a.rules(listener) {
				if !*rule.IsDefault { // a default rule has its listener's tags
					arns[*rule.RuleArn] = true
				}
			}
			assert.Contains(a.t, []int32{80, 443}, port)
		}
	}
	for batch := range slices.Chunk(slices.Sorted(maps.Keys(arns)), 20) { // the API's maximum
		described, err := a.elb.DescribeTags(a.ctx, &elasticloadbalancingv2.DescribeTagsInput{ResourceArns: batch})
		require.NoError(a.t, err)
		for _, d := range described.TagDescriptions {
			found[*d.ResourceArn] = tagsOf(d.Tags, func(tag elbtypes.Tag) (key, value *string) { return tag.Key, tag.Value })
		}
	}
}

// listeners returns a load balancer's listeners by port.
func (a *account) listeners(balancer elbtypes.LoadBalancer) map[int32]elbtypes.Listener {
	a.t.Helper()
	list, err := a.elb.DescribeListeners(a.ctx, &elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: balancer.LoadBalancerArn})
	require.NoError(a.t, err)
	ports := map[int32]elbtypes.Listener{}
	for _, listener := range list.Listeners {
		ports[*listener.Port] = listener
	}
	return ports
}

// rules returns a listener's rules in the order in which the load balancer evaluates them.
func (a *account) rules(listener elbtypes.Listener) []elbtypes.Rule {
	a.t.Helper()
	list, err := a.elb.DescribeRules(a.ctx, &elasticloadbalancingv2.DescribeRulesInput{ListenerArn: listener.ListenerArn})
	require.NoError(a.t, err)
	slices.SortFunc(list.Rules, func(x, y elbtypes.Rule) int { return cmp.Compare(priority(x), priority(y)) })
	return list.Rules
}

// priority returns a rule's priority. The default rule comes last.
func priority(rule elbtypes.Rule) int {
	if number, err := strconv.Atoi(*rule.Priority); err == nil {
		return number
	}
	return math.MaxInt
}

// inspectEntry checks what the site's load balancer promises whether its services have
// certificates or not.
func (a *account) inspectEntry(stack string) {
	a.t.Helper()
	list, err := a.elb.DescribeLoadBalancers(a.ctx, &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	require.NoError(a.t, err)
	require.Len(a.t, list.LoadBalancers, 1)
	balancer := list.LoadBalancers[0]
	assert.True(a.t, strings.HasPrefix(*balancer.LoadBalancerName, stack+"-entry-"), *balancer.LoadBalancerName)
	assert.Equal(a.t, elbtypes.LoadBalancerSchemeEnumInternetFacing, balancer.Scheme)
	described, err := a.elb.DescribeLoadBalancerAttributes(a.ctx, &elasticloadbalancingv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: balancer.LoadBalancerArn})
	require.NoError(a.t, err)
	attributes := tagsOf(described.Attributes, func(pair elbtypes.LoadBalancerAttribute) (key, value *string) { return pair.Key, pair.Value })
	assert.Subset(a.t, attributes, map[string]string{
		"access_logs.s3.enabled": "true", "deletion_protection.enabled": "true",
		"routing.http.drop_invalid_header_fields.enabled": "true", "routing.http.desync_mitigation_mode": "defensive",
	})
	assert.Contains(a.t, attributes["access_logs.s3.bucket"], "aws-waf-logs-"+stack)
	var firewall struct{ WebACL struct{ ARN string } }
	a.post("wafv2", "AWSWAF_20190729.GetWebACLForResource", map[string]any{"ResourceArn": *balancer.LoadBalancerArn}, &firewall)
	assert.Contains(a.t, firewall.WebACL.ARN, ":regional/webacl/"+stack+"-entry-")
	plain := a.listeners(balancer)[80]
	require.Len(a.t, plain.DefaultActions, 1, "HTTP is redirected")
	assert.Equal(a.t, elbtypes.RedirectActionConfig{
		StatusCode: elbtypes.RedirectActionStatusCodeEnumHttp301, Protocol: aws.String("HTTPS"), Port: aws.String("443"),
		Host: aws.String("#{host}"), Path: aws.String("/#{path}"), Query: aws.String("#{query}"),
	}, *plain.DefaultActions[0].RedirectConfig)
}
