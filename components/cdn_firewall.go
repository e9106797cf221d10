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

// rateLimit returns the rule that counts, or blocks, requests of clients above the rate
// limit. A client is an IP address together with a TLS fingerprint (JA4), because mobile
// networks put thousands of phones behind one address.
func rateLimit(a CdnArgs) wafv2.WebAclRuleArgs {
	action := wafv2.WebAclRuleActionArgs{Count: wafv2.WebAclRuleActionCountArgs{}}
	if a.RateLimitAction == BlockRequests {
		action = wafv2.WebAclRuleActionArgs{Block: wafv2.WebAclRuleActionBlockArgs{}}
	}
	return wafv2.WebAclRuleArgs{
		Name:     pulumi.String("RateLimit"),
		Priority: pulumi.Int(0),
		Action:   action,
		Statement: wafv2.WebAclRuleStatementArgs{RateBasedStatement: wafv2.WebAclRuleStatementRateBasedStatementArgs{
			Limit: pulumi.Int(a.RateLimit), EvaluationWindowSec: pulumi.Int(300), AggregateKeyType: pulumi.String("CUSTOM_KEYS"),
			CustomKeys: wafv2.WebAclRuleStatementRateBasedStatementCustomKeyArray{
				wafv2.WebAclRuleStatementRateBasedStatementCustomKeyArgs{Ip: wafv2.WebAclRuleStatementRateBasedStatementCustomKeyIpArgs{}},
				wafv2.WebAclRuleStatementRateBasedStatementCustomKeyArgs{Ja4Fingerprint: wafv2.WebAclRuleStatementRateBasedStatementCustomKeyJa4FingerprintArgs{
					FallbackBehavior: pulumi.String("MATCH"), // counts clients without a fingerprint as one client
				}},
			},
		}},
		VisibilityConfig: wafv2.WebAclRuleVisibilityConfigArgs{
			MetricName: pulumi.String("RateLimit"), CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(false),
		},
	}
}

// firewall creates a web ACL with a rate limit and AWS's managed rules, and its logging.
// Request sampling is off: samples store clients' addresses and headers in us-east-1,
// even the headers that the logs redact.
func (e edge) firewall(a CdnArgs) (*wafv2.WebAcl, error) {
	rules := wafv2.WebAclRuleArray{rateLimit(a)}
	for i, group := range managedRules {
		rules = append(rules, wafv2.WebAclRuleArgs{
			Name:           pulumi.String(group),
			Priority:       pulumi.Int(i + 1),
			OverrideAction: wafv2.WebAclRuleOverrideActionArgs{None: wafv2.WebAclRuleOverrideActionNoneArgs{}},
			Statement: wafv2.WebAclRuleStatementArgs{ManagedRuleGroupStatement: wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs{
				VendorName: pulumi.String("AWS"), Name: pulumi.String(group),
			}},
			VisibilityConfig: wafv2.WebAclRuleVisibilityConfigArgs{
				MetricName: pulumi.String(group), CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(false),
			},
		})
	}
	acl, err := wafv2.NewWebAcl(e.Ctx, e.Name, &wafv2.WebAclArgs{
		Description:   pulumi.String("Guards " + e.Name),
		Scope:         pulumi.String("CLOUDFRONT"),
		DefaultAction: wafv2.WebAclDefaultActionArgs{Allow: wafv2.WebAclDefaultActionAllowArgs{}},
		Rules:         rules,
		VisibilityConfig: wafv2.WebAclVisibilityConfigArgs{
			MetricName: pulumi.String(e.Name), CloudwatchMetricsEnabled: pulumi.Bool(true), SampledRequestsEnabled: pulumi.Bool(false),
		},
		Tags: provision.NameTag(e.Name),
	}, e.options(provision.Replaceable)...)
	if err != nil {
		return nil, err
	}
	redacted := wafv2.WebAclLoggingConfigurationRedactedFieldArray{}
	for _, header := range []string{"authorization", "cookie"} {
		redacted = append(redacted, wafv2.WebAclLoggingConfigurationRedactedFieldArgs{
			SingleHeader: wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs{Name: pulumi.String(header)},
		})
	}
	_, err = wafv2.NewWebAclLoggingConfiguration(e.Ctx, e.Name, &wafv2.WebAclLoggingConfigurationArgs{
		ResourceArn:           acl.Arn,
		LogDestinationConfigs: pulumi.StringArray{bucketARN(a.LogBucket)},
		RedactedFields:        redacted,
	}, e.options(provision.Replaceable)...)
	return acl, err
}
