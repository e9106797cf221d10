package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// managedRules are AWS's managed rule groups, in the order in which AWS WAF evaluates
// them
// (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html).
var managedRules = []string{"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"}

// firewall is a web ACL of AWS WAF, in the order in which AWS WAF evaluates its rules.
type firewall struct {
	scope string // CLOUDFRONT or REGIONAL
	// always are the rules that let requests pass before all others evaluate them.
	always          []exemption
	rateLimit       int // requests per client in five minutes
	rateLimitAction RateLimitAction
	// exempt are the rules that let requests pass before managedRules evaluate them.
	exempt             []exemption
	managedRulesAction RateLimitAction
	logBucket          pulumi.StringInput
}

// exemption is a rule that allows the requests that match a statement.
type exemption struct {
	name      string
	statement wafv2.WebAclRuleStatementArgs
}

// newFirewall creates a web ACL with a rate limit and AWS's managed rules, and its logging.
// Request sampling is off: samples store clients' addresses and headers where the web ACL
// is, for the CDN in us-east-1, even the headers that the logs redact.
func (p provisioner) newFirewall(f firewall, options ...pulumi.ResourceOption) (*wafv2.WebAcl, error) {
	options = append(options, pulumi.Parent(p.Parent), provision.Replaceable)
	acl, err := wafv2.NewWebAcl(p.Ctx, p.Name, &wafv2.WebAclArgs{
		Description:   pulumi.String("Guards " + p.Name),
		Scope:         pulumi.String(f.scope),
		DefaultAction: wafv2.WebAclDefaultActionArgs{Allow: wafv2.WebAclDefaultActionAllowArgs{}},
		Rules:         f.rules(),
		VisibilityConfig: wafv2.WebAclVisibilityConfigArgs{
			MetricName: pulumi.String(p.Name), CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(false),
		},
		Tags: provision.NameTag(p.Name),
	}, options...)
	if err != nil {
		return nil, err
	}
	redacted := wafv2.WebAclLoggingConfigurationRedactedFieldArray{}
	for _, header := range []string{"authorization", "cookie"} {
		redacted = append(redacted, wafv2.WebAclLoggingConfigurationRedactedFieldArgs{
			SingleHeader: wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs{Name: pulumi.String(header)},
		})
	}
	_, err = wafv2.NewWebAclLoggingConfiguration(p.Ctx, p.Name, &wafv2.WebAclLoggingConfigurationArgs{
		ResourceArn:           acl.Arn,
		LogDestinationConfigs: pulumi.StringArray{bucketARN(f.logBucket)},
		RedactedFields:        redacted,
	}, options...)
	return acl, err
}

// rules returns the rules. AWS WAF evaluates them in the order of their priorities.
func (f firewall) rules() wafv2.WebAclRuleArray {
	var rules wafv2.WebAclRuleArray
	add := func(name string, rule wafv2.WebAclRuleArgs) {
		rule.Name, rule.Priority = pulumi.String(name), pulumi.Int(len(rules))
		rule.VisibilityConfig = wafv2.WebAclRuleVisibilityConfigArgs{
			MetricName: pulumi.String(name), CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(false),
		}
		rules = append(rules, rule)
	}
	allow := func(list []exemption) {
		for _, e := range list {
			add(e.name, wafv2.WebAclRuleArgs{
				Action:    wafv2.WebAclRuleActionArgs{Allow: wafv2.WebAclRuleActionAllowArgs{}},
				Statement: e.statement,
			})
		}
	}
	allow(f.always)
	add("RateLimit", f.rateLimitRule())
	allow(f.exempt)
	override := wafv2.WebAclRuleOverrideActionArgs{Count: wafv2.WebAclRuleOverrideActionCountArgs{}}
	if f.managedRulesAction == BlockRequests {
		override = wafv2.WebAclRuleOverrideActionArgs{None: wafv2.WebAclRuleOverrideActionNoneArgs{}} // the groups' own actions
	}
	for _, group := range managedRules {
		add(group, wafv2.WebAclRuleArgs{
			OverrideAction: override,
			Statement: wafv2.WebAclRuleStatementArgs{ManagedRuleGroupStatement: wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs{
				VendorName: pulumi.String("AWS"), Name: pulumi.String(group),
			}},
		})
	}
	return rules
}

// rateLimitRule returns the rule that counts, or blocks, requests of clients above the rate
// limit. A client is an IP address together with a TLS fingerprint (JA4), because mobile
// networks put thousands of phones behind one address.
func (f firewall) rateLimitRule() wafv2.WebAclRuleArgs {
	action := wafv2.WebAclRuleActionArgs{Count: wafv2.WebAclRuleActionCountArgs{}}
	if f.rateLimitAction == BlockRequests {
		action = wafv2.WebAclRuleActionArgs{Block: wafv2.WebAclRuleActionBlockArgs{}}
	}
	return wafv2.WebAclRuleArgs{
		Action: action,
		Statement: wafv2.WebAclRuleStatementArgs{RateBasedStatement: wafv2.WebAclRuleStatementRateBasedStatementArgs{
			Limit: pulumi.Int(f.rateLimit), EvaluationWindowSec: pulumi.Int(300), AggregateKeyType: pulumi.String("CUSTOM_KEYS"),
			CustomKeys: wafv2.WebAclRuleStatementRateBasedStatementCustomKeyArray{
				wafv2.WebAclRuleStatementRateBasedStatementCustomKeyArgs{Ip: wafv2.WebAclRuleStatementRateBasedStatementCustomKeyIpArgs{}},
				wafv2.WebAclRuleStatementRateBasedStatementCustomKeyArgs{Ja4Fingerprint: wafv2.WebAclRuleStatementRateBasedStatementCustomKeyJa4FingerprintArgs{
					FallbackBehavior: pulumi.String("MATCH"), // counts clients without a fingerprint as one client
				}},
			},
		}},
	}
}
