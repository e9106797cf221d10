package awstypes

import "regexp"

// Types of Amazon CloudFront, AWS WAF and AWS Certificate Manager.
const (
	Distribution          = "aws:cloudfront/distribution:Distribution"
	OriginAccessControl   = "aws:cloudfront/originAccessControl:OriginAccessControl"
	ResponseHeadersPolicy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
	WebACL                = "aws:wafv2/webAcl:WebAcl"
	WebACLLogging         = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
	Certificate           = "aws:acm/certificate:Certificate"
	CertificateValidation = "aws:acm/certificateValidation:CertificateValidation"
)

var edge = map[string]Type{
	Distribution: {
		Inbound:    paths("origins[].domainName"),
		EdgeRegion: true,
		TLS: []Setting{
			{Path: "defaultCacheBehavior.viewerProtocolPolicy", Allowed: []any{"https-only"}},
			{Path: "orderedCacheBehaviors[].viewerProtocolPolicy", Allowed: []any{"https-only"}},
			{Path: "origins[].customOriginConfig.originProtocolPolicy", Allowed: []any{"https-only"}},
		},
		Import: byARN(`:cloudfront:.*:distribution/(.*)$`),
		Refs: []Ref{
			{"origins[].originAccessControlId", OriginAccessControl}, {"defaultCacheBehavior.responseHeadersPolicyId", ResponseHeadersPolicy},
			{"webAclId", WebACL}, {"viewerCertificate.acmCertificateArn", Certificate},
		},
		IDs:      paths("arn domainName"),
		Names:    []Ref{{"origins[].domainName", Bucket}},
		Places:   paths("origins[].originShield.originShieldRegion"),
		Declared: paths("origins[].domainName"),
		Fixed:    []Setting{{Path: "defaultCacheBehavior.cachePolicyId", Allowed: []any{"658327ea-f89d-4fab-a63d-7e88639e58f6"}}},
		Plain: paths(`
			aliases[] comment customErrorResponses[].errorCachingMinTtl customErrorResponses[].errorCode
			customErrorResponses[].responseCode customErrorResponses[].responsePagePath
			defaultCacheBehavior.allowedMethods[] defaultCacheBehavior.cachedMethods[] defaultCacheBehavior.compress
			defaultCacheBehavior.targetOriginId defaultCacheBehavior.viewerProtocolPolicy defaultRootObject enabled
			httpVersion isIpv6Enabled originGroups[].failoverCriteria.statusCodes[] originGroups[].members[].originId
			originGroups[].originId origins[].originId origins[].originShield.enabled priceClass
			restrictions.geoRestriction.locations[] restrictions.geoRestriction.restrictionType
			viewerCertificate.cloudfrontDefaultCertificate viewerCertificate.minimumProtocolVersion
			viewerCertificate.sslSupportMethod
		`),
	},
	OriginAccessControl: {EdgeRegion: true,
		Plain: paths("description name originAccessControlOriginType signingBehavior signingProtocol"),
	},
	ResponseHeadersPolicy: {EdgeRegion: true,
		Plain: paths(`
			comment name securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy
			securityHeadersConfig.contentSecurityPolicy.override securityHeadersConfig.contentTypeOptions.override
			securityHeadersConfig.frameOptions.frameOption securityHeadersConfig.frameOptions.override
			securityHeadersConfig.referrerPolicy.override securityHeadersConfig.referrerPolicy.referrerPolicy
			securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec
			securityHeadersConfig.strictTransportSecurity.includeSubdomains
			securityHeadersConfig.strictTransportSecurity.override
		`),
	},
	WebACL: {
		EdgeRegion: true,
		// The ARN ends in NAME/ID, and pulumi import takes ID/NAME/SCOPE.
		Import: Import{
			ARN: regexp.MustCompile(`:global/webacl/([^/]*)/([^/]*)$`), ID: "$2/$1/CLOUDFRONT",
			Or: &Import{ARN: regexp.MustCompile(`:regional/webacl/([^/]*)/([^/]*)$`), ID: "$2/$1/REGIONAL"},
		},
		Fixed: []Setting{{Path: "scope", Allowed: []any{"CLOUDFRONT", "REGIONAL"}}},
		Plain: paths(`
			defaultAction.allow description name rules[].action.allow rules[].action.block rules[].action.count rules[].name
			rules[].overrideAction.count rules[].overrideAction.none rules[].priority
			rules[].statement.andStatement.statements[].byteMatchStatement.fieldToMatch.singleHeader.name
			rules[].statement.andStatement.statements[].byteMatchStatement.fieldToMatch.uriPath
			rules[].statement.andStatement.statements[].byteMatchStatement.positionalConstraint
			rules[].statement.andStatement.statements[].byteMatchStatement.searchString
			rules[].statement.andStatement.statements[].byteMatchStatement.textTransformations[].priority
			rules[].statement.andStatement.statements[].byteMatchStatement.textTransformations[].type
			rules[].statement.managedRuleGroupStatement.name rules[].statement.managedRuleGroupStatement.vendorName
			rules[].statement.rateBasedStatement.aggregateKeyType rules[].statement.rateBasedStatement.customKeys[].ip
			rules[].statement.rateBasedStatement.customKeys[].ja4Fingerprint.fallbackBehavior
			rules[].statement.rateBasedStatement.evaluationWindowSec rules[].statement.rateBasedStatement.limit
			rules[].visibilityConfig.cloudwatchMetricsEnabled rules[].visibilityConfig.metricName
			rules[].visibilityConfig.sampledRequestsEnabled visibilityConfig.cloudwatchMetricsEnabled
			visibilityConfig.metricName visibilityConfig.sampledRequestsEnabled
		`),
	},
	WebACLLogging: {
		EdgeRegion: true,
		Refs:       []Ref{{"resourceArn", WebACL}},
		Names:      []Ref{{"logDestinationConfigs[]", Bucket}},
		Plain:      paths("redactedFields[].singleHeader.name"),
	},
	Certificate: {
		EdgeRegion: true,
		Import:     byARN(`^(arn:[^:]*:acm:.*:certificate/.*)$`),
		IDs:        paths("arn domainValidationOptions.resourceRecordName domainValidationOptions.resourceRecordValue"),
		Declared:   paths("domainName subjectAlternativeNames[]"),
		Plain:      paths("validationMethod"),
	},
	CertificateValidation: {
		EdgeRegion: true,
		Refs:       []Ref{{"certificateArn", Certificate}},
		Plain:      paths("validationRecordFqdns[]"),
	},
}
