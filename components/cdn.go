package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// PriceClass is the set of edge locations that a distribution uses. Each
// includes the ones before it.
type PriceClass string

const (
	// PriceClass100 covers North America, Europe and Israel.
	PriceClass100 PriceClass = "100"
	// PriceClass200 adds most of Asia, the Middle East and Africa.
	PriceClass200 PriceClass = "200"
	// PriceClassAll adds South America and Oceania.
	PriceClassAll PriceClass = "All"
)

// PriceClasses lists the accepted values, from the fewest locations to all.
var PriceClasses = []PriceClass{PriceClass100, PriceClass200, PriceClassAll}

// cachingOptimized is the ID of AWS's managed cache policy for S3 origins
// (https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html).
const cachingOptimized = "658327ea-f89d-4fab-a63d-7e88639e58f6"

// CdnArgs describe a Cdn.
type CdnArgs struct {
	// KeyARN is the KMS key that encrypts the objects. Its policy must let CloudFront decrypt.
	KeyARN pulumi.StringInput
	// PriceClass has no default: CloudFront's own covers the whole world, the
	// common choice of 100 neither Asia nor South America.
	PriceClass PriceClass
	// EdgeProvider is a provider of us-east-1, where CloudFront is run from.
	EdgeProvider *aws.Provider
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// Cdn is a CloudFront distribution over a private bucket of its own.
type Cdn struct {
	pulumi.ResourceState

	// DomainName is where viewers fetch from, over HTTPS.
	DomainName pulumi.StringOutput
	// BucketName is where the content goes.
	BucketName pulumi.StringOutput
}

// NewCdn creates a private bucket, an origin access control, and a distribution
// that answers HTTPS only and is alone in reading the bucket.
func NewCdn(ctx *pulumi.Context, name string, args *CdnArgs, opts ...pulumi.ResourceOption) (*Cdn, error) {
	var p problems
	p.check(args.KeyARN != nil, "KeyARN: found none, allowed is the ARN of a KMS key")
	p.check(slices.Contains(PriceClasses, args.PriceClass), "PriceClass: found %q, allowed are %q", args.PriceClass, PriceClasses)
	p.check(args.EdgeProvider != nil, "EdgeProvider: found none, allowed is a provider of us-east-1")
	if err := p.err("Cdn", name); err != nil {
		return nil, err
	}
	c := &Cdn{}
	if err := ctx.RegisterComponentResource("multisite:index:Cdn", name, c, protected(opts, args.AllowDeletion)...); err != nil {
		return nil, err
	}
	bucket, err := newBucket(ctx, name+"-origin", &BucketArgs{
		KeyARN: args.KeyARN, AllowDeletion: args.AllowDeletion,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	distribution, err := newDistribution(ctx, name, args, bucket, pulumi.Parent(c), pulumi.Provider(args.EdgeProvider))
	if err != nil {
		return nil, err
	}
	if err := bucket.finish(ctx, name+"-origin", pulumi.Map{
		"Sid":       pulumi.String("CloudFront"),
		"Effect":    pulumi.String("Allow"),
		"Principal": service("cloudfront.amazonaws.com"),
		"Action":    pulumi.String("s3:GetObject"),
		"Resource":  bucket.objects(),
		"Condition": condition("StringEquals", "aws:SourceArn", distribution.Arn),
	}); err != nil {
		return nil, err
	}
	c.DomainName, c.BucketName = distribution.DomainName, bucket.Name
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"domainName": c.DomainName, "bucketName": c.BucketName})
}

func newDistribution(ctx *pulumi.Context, name string, args *CdnArgs, bucket *Bucket, opts ...pulumi.ResourceOption) (*cloudfront.Distribution, error) {
	control, err := cloudfront.NewOriginAccessControl(ctx, name, &cloudfront.OriginAccessControlArgs{
		Description:                   pulumi.String("Signs what the distribution asks of its bucket"),
		OriginAccessControlOriginType: pulumi.String("s3"),
		SigningBehavior:               pulumi.String("always"),
		SigningProtocol:               pulumi.String("sigv4"),
	}, opts...)
	if err != nil {
		return nil, err
	}
	const origin = "bucket"
	return cloudfront.NewDistribution(ctx, name, &cloudfront.DistributionArgs{
		Comment:           pulumi.String(name),
		Enabled:           pulumi.Bool(true),
		IsIpv6Enabled:     pulumi.Bool(true),
		HttpVersion:       pulumi.String("http2and3"),
		PriceClass:        pulumi.String("PriceClass_" + args.PriceClass),
		DefaultRootObject: pulumi.String("index.html"),
		Origins: cloudfront.DistributionOriginArray{cloudfront.DistributionOriginArgs{
			OriginId:              pulumi.String(origin),
			DomainName:            bucket.regionalDomainName,
			OriginAccessControlId: control.ID(),
		}},
		DefaultCacheBehavior: cloudfront.DistributionDefaultCacheBehaviorArgs{
			TargetOriginId:       pulumi.String(origin),
			ViewerProtocolPolicy: pulumi.String("https-only"),
			AllowedMethods:       pulumi.ToStringArray([]string{"GET", "HEAD"}),
			CachedMethods:        pulumi.ToStringArray([]string{"GET", "HEAD"}),
			CachePolicyId:        pulumi.String(cachingOptimized),
			Compress:             pulumi.Bool(true),
		},
		Restrictions: cloudfront.DistributionRestrictionsArgs{
			GeoRestriction: cloudfront.DistributionRestrictionsGeoRestrictionArgs{
				RestrictionType: pulumi.String("none"),
			},
		},
		// With this certificate CloudFront itself sets the oldest TLS version that it takes.
		ViewerCertificate: cloudfront.DistributionViewerCertificateArgs{
			CloudfrontDefaultCertificate: pulumi.Bool(true),
		},
		Tags: nameTag(name),
	}, opts...)
}
