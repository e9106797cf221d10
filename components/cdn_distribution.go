package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

const (
	// cachingOptimized is the ID of AWS's managed cache policy for S3 origins
	// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html).
	cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"
	// newestTLSPolicy is the strictest security policy that the provider accepts.
	newestTLSPolicy = "TLSv1.2_2021"

	origin, failover, either = "bucket", "failover", "bucket-or-failover"
)

// originShields maps each region without Origin Shield to the region that AWS lists first
// as the nearest with Origin Shield
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html).
var originShields = map[string]string{
	"us-west-1": "us-west-2", "af-south-1": "eu-west-1", "ap-east-1": "ap-southeast-1", "ca-central-1": "us-east-1",
	"eu-south-1": "eu-central-1", "eu-west-3": "eu-west-2", "eu-north-1": "eu-west-2", "me-south-1": "ap-south-1",
}

// distribution creates the distribution, its access to the bucket, its response headers
// and its firewall. alias is the name that viewers use instead of CloudFront's; it is empty
// if there is none.
func (e edge) distribution(a CdnArgs, bucket *Bucket, alias string, certificateARN pulumi.StringInput) (*cloudfront.Distribution, error) {
	control, err := cloudfront.NewOriginAccessControl(e.Ctx, e.Name, &cloudfront.OriginAccessControlArgs{
		Description:                   pulumi.String("Signs what the distribution asks of its bucket"),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, e.options()...)
	if err != nil {
		return nil, err
	}
	headers, err := e.securityHeaders(a)
	if err != nil {
		return nil, err
	}
	guard, err := e.newFirewall(firewall{
		scope: "CLOUDFRONT", rateLimit: a.RateLimit, rateLimitAction: a.RateLimitAction, managedRulesAction: BlockRequests, logBucket: a.LogBucket,
	}, e.provider)
	if err != nil {
		return nil, err
	}
	target := origin
	if a.FailoverOrigin != "" {
		target = either
	}
	args := &cloudfront.DistributionArgs{
		Comment:           pulumi.String(e.Name),
		Enabled:           pulumi.Bool(true),
		IsIpv6Enabled:     pulumi.Bool(true),
		HttpVersion:       pulumi.String("http2and3"),
		PriceClass:        pulumi.String("PriceClass_" + a.PriceClass),
		WebAclId:          guard.Arn,
		DefaultRootObject: pulumi.String("index.html"),
		DefaultCacheBehavior: cloudfront.DistributionDefaultCacheBehaviorArgs{
			TargetOriginId:          pulumi.String(target),
			ViewerProtocolPolicy:    pulumi.String("https-only"),
			AllowedMethods:          pulumi.ToStringArray([]string{"GET", "HEAD"}),
			CachedMethods:           pulumi.ToStringArray([]string{"GET", "HEAD"}),
			CachePolicyId:           pulumi.String(cachingOptimized),
			ResponseHeadersPolicyId: headers.ID(),
			Compress:                pulumi.Bool(true),
		},
		CustomErrorResponses: errorPages(a.ErrorPages),
		Restrictions:         restrictions(a.GeoRestriction),
		// With the default certificate, CloudFront itself sets the oldest accepted TLS
		// version.
		ViewerCertificate: cloudfront.DistributionViewerCertificateArgs{
			CloudfrontDefaultCertificate: pulumi.Bool(true),
		},
		Tags: provision.NameTag(e.Name),
	}
	args.Origins, args.OriginGroups = origins(a, bucket, control)
	if alias != "" {
		args.Aliases = pulumi.ToStringArray([]string{alias})
		args.ViewerCertificate = cloudfront.DistributionViewerCertificateArgs{
			AcmCertificateArn:      certificateARN,
			MinimumProtocolVersion: pulumi.String(newestTLSPolicy),
			SslSupportMethod:       pulumi.String("sni-only"),
		}
	}
	return cloudfront.NewDistribution(e.Ctx, e.Name, args, e.options()...)
}

// origins returns the origin for the bucket. With a FailoverOrigin, it also returns the
// origin for that bucket and the group that fails over to it.
func origins(a CdnArgs, bucket *Bucket, control *cloudfront.OriginAccessControl) (cloudfront.DistributionOriginArray, cloudfront.DistributionOriginGroupArray) {
	own := cloudfront.DistributionOriginArgs{
		OriginId:              pulumi.String(origin),
		DomainName:            bucket.regionalDomainName,
		OriginAccessControlId: control.ID(),
	}
	if a.OriginShield {
		region := a.Region
		if near, ok := originShields[region]; ok {
			region = near
		}
		own.OriginShield = cloudfront.DistributionOriginOriginShieldArgs{
			Enabled:            pulumi.Bool(true),
			OriginShieldRegion: pulumi.String(region),
		}
	}
	if a.FailoverOrigin == "" {
		return cloudfront.DistributionOriginArray{own}, nil
	}
	return cloudfront.DistributionOriginArray{own, cloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(failover),
			DomainName:            pulumi.String(a.FailoverOrigin),
			OriginAccessControlId: control.ID(),
		}}, cloudfront.DistributionOriginGroupArray{cloudfront.DistributionOriginGroupArgs{
			OriginId:         pulumi.String(either),
			FailoverCriteria: cloudfront.DistributionOriginGroupFailoverCriteriaArgs{StatusCodes: pulumi.ToIntArray([]int{500, 502, 503, 504})},
			Members: cloudfront.DistributionOriginGroupMemberArray{
				cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(origin)},
				cloudfront.DistributionOriginGroupMemberArgs{OriginId: pulumi.String(failover)},
			},
		}}
}

// errorPages returns the error pages. They keep the status code: caches would store an
// error that has a success status.
func errorPages(pages map[int]string) cloudfront.DistributionCustomErrorResponseArray {
	var responses cloudfront.DistributionCustomErrorResponseArray
	for _, code := range ordered.Keys(pages) {
		responses = append(responses, cloudfront.DistributionCustomErrorResponseArgs{
			ErrorCode:          pulumi.Int(code),
			ErrorCachingMinTtl: pulumi.Int(10), // seconds
			ResponseCode:       pulumi.Int(code),
			ResponsePagePath:   pulumi.String(pages[code]),
		})
	}
	return responses
}

func restrictions(geo *GeoRestriction) cloudfront.DistributionRestrictionsArgs {
	restriction := cloudfront.DistributionRestrictionsGeoRestrictionArgs{
		RestrictionType: pulumi.String("none"), Locations: pulumi.StringArray{}, // without an empty list, the provider keeps the old locations
	}
	if geo != nil {
		restriction.RestrictionType = pulumi.String(map[GeoMode]string{Allow: "whitelist", Block: "blacklist"}[geo.Mode])
		restriction.Locations = pulumi.ToStringArray(geo.Countries)
	}
	return cloudfront.DistributionRestrictionsArgs{GeoRestriction: restriction}
}

// securityHeaders creates the policy that adds security headers to every response.
func (e edge) securityHeaders(a CdnArgs) (*cloudfront.ResponseHeadersPolicy, error) {
	return cloudfront.NewResponseHeadersPolicy(e.Ctx, e.Name, &cloudfront.ResponseHeadersPolicyArgs{
		Comment: pulumi.String("Security headers of " + e.Name),
		SecurityHeadersConfig: cloudfront.ResponseHeadersPolicySecurityHeadersConfigArgs{
			StrictTransportSecurity: cloudfront.ResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurityArgs{
				AccessControlMaxAgeSec: pulumi.Int(2 * 365 * 24 * 3600), // two years
				IncludeSubdomains:      pulumi.Bool(true),
				Override:               pulumi.Bool(true),
			},
			ContentSecurityPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicyArgs{
				ContentSecurityPolicy: pulumi.String(a.ContentSecurityPolicy), Override: pulumi.Bool(true),
			},
			ContentTypeOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigContentTypeOptionsArgs{Override: pulumi.Bool(true)},
			FrameOptions: cloudfront.ResponseHeadersPolicySecurityHeadersConfigFrameOptionsArgs{
				FrameOption: pulumi.String("DENY"), Override: pulumi.Bool(true),
			},
			ReferrerPolicy: cloudfront.ResponseHeadersPolicySecurityHeadersConfigReferrerPolicyArgs{
				ReferrerPolicy: pulumi.String("strict-origin-when-cross-origin"), Override: pulumi.Bool(true),
			},
		},
	}, e.options(provision.Replaceable)...)
}
