package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// healthCheckAgent begins the header User-Agent of Route 53's health checks
// (https://repost.aws/knowledge-center/route-53-fix-unwanted-health-checks).
const healthCheckAgent = "Amazon-Route53-Health-Check-Service"

// guard creates the load balancer's firewall. It returns the association, after which the
// firewall guards the load balancer.
func (p provisioner) guard(a EntryArgs, balancer *lb.LoadBalancer) (pulumi.Resource, error) {
	var always []exemption
	if a.Claims != nil {
		always = []exemption{{"Claims", claimRequests(a.Claims.Hostname)}}
	}
	acl, err := p.newFirewall(firewall{
		always: always,
		scope:  "REGIONAL", rateLimit: a.RateLimit, rateLimitAction: a.RateLimitAction,
		exempt:             []exemption{{"HealthChecks", healthChecks(a.HealthPath)}},
		managedRulesAction: a.ManagedRulesAction, logBucket: a.LogBucket,
	})
	if err != nil {
		return nil, err
	}
	return wafv2.NewWebAclAssociation(p.Ctx, p.Name, &wafv2.WebAclAssociationArgs{
		ResourceArn: balancer.Arn,
		WebAclArn:   acl.Arn,
	}, pulumi.Parent(p.Parent), provision.Replaceable,
		// AWS WAF removes an association by the load balancer alone. If the old one were
		// deleted last, the load balancer would lose the new one.
		pulumi.DeleteBeforeReplace(true))
}

// healthChecks matches the requests of Route 53's health checks, and requests that imitate
// them: these pass the managed rules, for the health path alone, but not the rate limit,
// which is evaluated first.
func healthChecks(path string) wafv2.WebAclRuleStatementArgs {
	return both(
		match("STARTS_WITH", healthCheckAgent, wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchArgs{
			SingleHeader: wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchSingleHeaderArgs{Name: pulumi.String("user-agent")},
		}),
		match("EXACTLY", path, wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchArgs{
			UriPath: wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchUriPathArgs{},
		}),
	)
}

// both matches the requests that match two statements.
func both(a, b wafv2.WebAclRuleStatementArgs) wafv2.WebAclRuleStatementArgs {
	return wafv2.WebAclRuleStatementArgs{AndStatement: wafv2.WebAclRuleStatementAndStatementArgs{Statements: wafv2.WebAclRuleStatementArray{a, b}}}
}

func match(constraint, text string, field wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchArgs) wafv2.WebAclRuleStatementArgs {
	return wafv2.WebAclRuleStatementArgs{ByteMatchStatement: wafv2.WebAclRuleStatementByteMatchStatementArgs{
		FieldToMatch: field, PositionalConstraint: pulumi.String(constraint), SearchString: pulumi.String(text),
		TextTransformations: wafv2.WebAclRuleStatementByteMatchStatementTextTransformationArray{
			wafv2.WebAclRuleStatementByteMatchStatementTextTransformationArgs{Priority: pulumi.Int(0), Type: pulumi.String("NONE")},
		},
	}}
}
