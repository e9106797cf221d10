package simulation

import (
	"slices"

	"example.com/multisite/internal/awstypes"
)

const (
	accessControl = "aws:cloudfront/originAccessControl:OriginAccessControl"
	headersPolicy = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
	distribution  = "aws:cloudfront/distribution:Distribution"
)

const cloudfrontARN = "arn:aws:cloudfront::{account}:"

func init() {
	model(map[string]*Type{
		accessControl: {
			ID: "E{upper13}", Name: "name", Global: true,
			Missing: "NoSuchOriginAccessControl", Taken: "OriginAccessControlAlreadyExists", InUse: "OriginAccessControlInUse",
			Outputs: map[string]any{"arn": cloudfrontARN + "origin-access-control/{id}", "etag": "E{upper13}", "description": ""},
			Unique:  []string{"name"},
			Valid: map[string]Rule{
				"originAccessControlOriginType": oneOf("s3", "mediastore", "mediapackagev2", "lambda"),
				"signingBehavior":               oneOf("always", "never", "no-override"),
				"signingProtocol":               oneOf("sigv4"),
			},
		},
		headersPolicy: {
			ID: "{uuid}", Name: "name", Global: true,
			Missing: "NoSuchResponseHeadersPolicy", Taken: "ResponseHeadersPolicyAlreadyExists", InUse: "ResponseHeadersPolicyInUse",
			Outputs: map[string]any{
				"arn": cloudfrontARN + "response-headers-policy/{id}", "etag": "E{upper13}", "comment": "",
				"securityHeadersConfig.strictTransportSecurity.preload": false,
			},
			Unique: []string{"name"},
			Valid: map[string]Rule{
				"securityHeadersConfig.frameOptions.frameOption": oneOf("DENY", "SAMEORIGIN"),
				"securityHeadersConfig.referrerPolicy.referrerPolicy": oneOf("no-referrer", "no-referrer-when-downgrade", "origin",
					"origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin", "unsafe-url"),
			},
		},
		distribution: {
			ID: "E{upper13}", Global: true, Tagged: true,
			Missing: "NoSuchDistribution", Taken: "DistributionAlreadyExists",
			Outputs: map[string]any{
				"arn": cloudfrontARN + "distribution/{id}", "domainName": "d{lower13}.cloudfront.net",
				"hostedZoneId": "Z2FDTNDATAQYW2", "etag": "E{upper13}", "status": "Deployed", "callerReference": "terraform-{digits20}",
				"inProgressValidationBatches": 0, "lastModifiedTime": "",
				"trustedKeyGroups": []any{map[string]any{"enabled": false, "items": []any{}}},
				"trustedSigners":   []any{map[string]any{"enabled": false, "items": []any{}}},
				"httpVersion":      "http2", "priceClass": "PriceClass_All", "isIpv6Enabled": false, "retainOnDelete": false,
				"staging": false, "waitForDeployment": true, "continuousDeploymentPolicyId": "", "webAclId": "",
				"customErrorResponses": []any{}, "orderedCacheBehaviors": []any{}, "originGroups": []any{},
				"defaultCacheBehavior.defaultTtl": 0, "defaultCacheBehavior.minTtl": 0, "defaultCacheBehavior.maxTtl": 0,
				"defaultCacheBehavior.fieldLevelEncryptionId": "", "defaultCacheBehavior.functionAssociations": []any{},
				"defaultCacheBehavior.lambdaFunctionAssociations": []any{}, "defaultCacheBehavior.originRequestPolicyId": "",
				"defaultCacheBehavior.realtimeLogConfigArn": "", "defaultCacheBehavior.responseHeadersPolicyId": "",
				"defaultCacheBehavior.smoothStreaming": false, "defaultCacheBehavior.trustedKeyGroups": []any{},
				"defaultCacheBehavior.trustedSigners": []any{},
				"origins[].connectionAttempts":        3, "origins[].connectionTimeout": 10, "origins[].customHeaders": []any{}, "origins[].originPath": "",
				"restrictions.geoRestriction.locations": []any{},
				"viewerCertificate.acmCertificateArn":   "", "viewerCertificate.iamCertificateId": "",
				"viewerCertificate.minimumProtocolVersion": "TLSv1", "viewerCertificate.cloudfrontDefaultCertificate": false,
			},
			Before: (*Account).issue, Put: putDistribution,
			Valid: map[string]Rule{
				"viewerCertificate.minimumProtocolVersion": oneOf("SSLv3", "TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021"),
				"priceClass":  oneOf("PriceClass_All", "PriceClass_200", "PriceClass_100"),
				"httpVersion": oneOf("http1.1", "http2", "http3", "http2and3"),
				"defaultCacheBehavior.viewerProtocolPolicy":   oneOf("allow-all", "https-only", "redirect-to-https"),
				"restrictions.geoRestriction.restrictionType": oneOf("none", "blacklist", "whitelist"),
				"origins[].domainName":                        match(`^[^/]+$`, "the parameter Origin DomainName does not refer to a valid host"),
			},
			Check: checkDistribution,
		},
	})
}

// putDistribution refuses certificates that are outside us-east-1 or not issued, because
// CloudFront uses only issued certificates in us-east-1.
func putDistribution(a *Account, r *Resource) error {
	for _, arn := range at(r.Properties, "viewerCertificate.acmCertificateArn") {
		if found := a.find(certificate, Global, arn); found != nil && (found.Region != awstypes.EdgeRegion || found.Properties["status"] != issued) {
			return apiError("InvalidViewerCertificate", "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.")
		}
	}
	return nil
}

func checkDistribution(p Properties) []Problem {
	origins := append(at(p, "origins[].originId"), at(p, "originGroups[].originId")...)
	for _, target := range at(p, "defaultCacheBehavior.targetOriginId") {
		if name, known := target.(string); known && !slices.Contains(origins, target) {
			return []Problem{{"defaultCacheBehavior.targetOriginId", "NoSuchOrigin: there is no origin " + name}}
		}
	}
	return nil
}
