package cloud

import "strings"

const accessControl = "aws:cloudfront/originAccessControl:OriginAccessControl"

const cloudfrontARN = "arn:aws:cloudfront::{account}:"

func init() {
	model(map[string]*Type{
		accessControl: {
			ID: "E{upper13}", Name: "name", Global: true,
			Missing: "NoSuchOriginAccessControl", Taken: "OriginAccessControlAlreadyExists", InUse: "OriginAccessControlInUse",
			Outputs: map[string]any{"arn": cloudfrontARN + "origin-access-control/{id}", "etag": "E{upper13}", "description": ""},
			Check: func(p Properties) []Problem {
				return append(oneOf(p, "signingBehavior", "always", "never", "no-override"), oneOf(p, "signingProtocol", "sigv4")...)
			},
		},
		"aws:cloudfront/distribution:Distribution": {
			ID: "E{upper13}", Global: true, Tagged: true,
			Missing: "NoSuchDistribution", Taken: "DistributionAlreadyExists",
			Outputs: map[string]any{
				"arn": cloudfrontARN + "distribution/{id}", "domainName": "d{lower13}.cloudfront.net",
				"hostedZoneId": "Z2FDTNDATAQYW2", "etag": "E{upper13}", "status": "Deployed", "callerReference": "terraform-{digits20}",
				"inProgressValidationBatches": 0, "lastModifiedTime": "", "trustedKeyGroups": []any{}, "trustedSigners": []any{},
				"httpVersion": "http2", "priceClass": "PriceClass_All", "isIpv6Enabled": false, "retainOnDelete": false,
				"staging": false, "waitForDeployment": true, "continuousDeploymentPolicyId": "",
			},
			Refs:  []Ref{{"origins[].originAccessControlId", accessControl}},
			Check: checkDistribution,
		},
	})
}

func checkDistribution(p Properties) []Problem {
	problems := append(
		oneOf(p, "priceClass", "PriceClass_All", "PriceClass_200", "PriceClass_100"),
		oneOf(p, "httpVersion", "http1.1", "http2", "http3", "http2and3")...)
	origins := map[any]bool{}
	for _, id := range at(p, "origins[].originId") {
		origins[id] = true
	}
	for _, target := range at(p, "defaultCacheBehavior.targetOriginId") {
		if name, known := target.(string); known && !origins[name] {
			problems = append(problems, Problem{"defaultCacheBehavior.targetOriginId", "NoSuchOrigin: there is no origin " + name})
		}
	}
	for _, domain := range at(p, "origins[].domainName") {
		if name, known := domain.(string); known && strings.Contains(name, "/") {
			problems = append(problems, Problem{"origins", "InvalidArgument: the parameter Origin DomainName does not refer to a valid host: " + name})
		}
	}
	return problems
}
