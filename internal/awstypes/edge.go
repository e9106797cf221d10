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
	},
	OriginAccessControl:   {EdgeRegion: true},
	ResponseHeadersPolicy: {EdgeRegion: true},
	WebACL: {
		EdgeRegion: true,
		// The ARN ends in NAME/ID, and pulumi import takes ID/NAME/SCOPE.
		Import: Import{ARN: regexp.MustCompile(`:global/webacl/([^/]*)/([^/]*)$`), ID: "$2/$1/CLOUDFRONT"},
	},
	WebACLLogging: {
		EdgeRegion: true,
		Refs:       []Ref{{"resourceArn", WebACL}},
	},
	Certificate: {
		EdgeRegion: true,
		Import:     byARN(`^(arn:[^:]*:acm:.*:certificate/.*)$`),
	},
	CertificateValidation: {
		EdgeRegion: true,
		Refs:       []Ref{{"certificateArn", Certificate}},
	},
}
