package simulation

import (
	"example.com/multisite/internal/awstypes"
)

const (
	webACL            = "aws:wafv2/webAcl:WebAcl"
	webACLAssociation = "aws:wafv2/webAclAssociation:WebAclAssociation"
)

func init() {
	model(map[string]*Type{
		webACL: {
			ID: "{uuid}", Import: "{id}/{name}/{scope}", Name: "name", Tagged: true,
			Missing: "WAFNonexistentItemException", Taken: "WAFDuplicateItemException", InUse: "WAFAssociatedItemException",
			Outputs: map[string]any{
				"arn": func(r *Resource) any {
					scope := map[any]string{"CLOUDFRONT": "global", "REGIONAL": "regional"}[r.Properties["scope"]]
					return r.render("arn", "arn:aws:wafv2:{region}:{account}:"+scope+"/webacl/{name}/{id}")
				},
				"capacity": 1000, "lockToken": "{uuid}",
				"applicationIntegrationUrl": "", "namePrefix": "", "customResponseBodies": []any{}, "rules[].ruleLabels": []any{},
				"rules[].statement.rateBasedStatement.customKeys":                     []any{},
				"rules[].statement.managedRuleGroupStatement.managedRuleGroupConfigs": []any{},
				"rules[].statement.managedRuleGroupStatement.ruleActionOverrides":     []any{},
				"rules[].statement.managedRuleGroupStatement.version":                 "",

				"rules[].statement.andStatement.statements[].byteMatchStatement.fieldToMatch.headerOrders": []any{},
				"rules[].statement.andStatement.statements[].byteMatchStatement.fieldToMatch.headers":      []any{},
			},
			Replace: []string{"name", "scope"},
			Unique:  []string{"name", "scope"},
			Valid:   map[string]Rule{"scope": oneOf("CLOUDFRONT", "REGIONAL")},
			Put: func(_ *Account, r *Resource) error {
				if r.Properties["scope"] == "CLOUDFRONT" && r.Region != awstypes.EdgeRegion {
					return apiError("WAFInvalidParameterException", "Error reason: The scope is not valid., field: SCOPE_VALUE, parameter: CLOUDFRONT")
				}
				return nil
			},
		},
		webACLAssociation: {
			ID: "{webAclArn},{resourceArn}", Overwritten: true,
			Missing: "WAFNonexistentItemException", Taken: "WAFDuplicateItemException",
			Replace: []string{"webAclArn", "resourceArn"},
			Put: func(a *Account, r *Resource) error {
				if a.find(webACL, r.Region, r.Properties["webAclArn"]).Properties["scope"] != "REGIONAL" {
					return apiError("WAFInvalidParameterException", "Error reason: The scope is not valid., field: RESOURCE_ARN, parameter: %v", r.Properties["resourceArn"])
				}
				return nil
			},
			// DisassociateWebACL names only the resource: it ends a newer association too.
			Delete: func(a *Account, r *Resource) error {
				return a.deleteAll(webACLAssociation, "resourceArn", r.Properties["resourceArn"])
			},
		},
		"aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
			ID: "{resourceArn}", Overwritten: true,
			Missing: "WAFNonexistentItemException", Taken: "WAFDuplicateItemException",
			Replace: []string{"resourceArn"},
			Put:     putFirewallLogs,
			Valid: map[string]Rule{"logDestinationConfigs[]": match(`^arn:aws[a-z-]*:(s3:::|firehose:.*:deliverystream/|logs:.*:log-group:)aws-waf-logs-`,
				"the name of a destination begins with aws-waf-logs-")},
		},
	})
}
