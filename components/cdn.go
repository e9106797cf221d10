package components

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/bounds"
)

// PriceClass is the set of CloudFront edge locations that a distribution uses. Each class
// includes the locations of the smaller classes.
type PriceClass string

const (
	// PriceClass100 covers North America, Europe and Israel.
	PriceClass100 PriceClass = "100"
	// PriceClass200 adds most of Asia, the Middle East and Africa.
	PriceClass200 PriceClass = "200"
	// PriceClassAll adds South America and Oceania.
	PriceClassAll PriceClass = "All"
)

// PriceClasses lists the accepted values, from the fewest locations to all locations.
var PriceClasses = []PriceClass{PriceClass100, PriceClass200, PriceClassAll}

// CdnArgs are the arguments of NewCdn.
type CdnArgs struct {
	// AccountID is the 12-digit AWS account.
	AccountID string
	// Region is the AWS region of the site's content, such as us-west-2.
	Region string
	// KeyARN is the KMS key that encrypts the objects. Its policy must let CloudFront
	// decrypt, as the policy of a Key with the Service cloudfront does.
	KeyARN pulumi.StringInput
	// LogBucket is the name of the bucket that receives the logs of all requests to the
	// CDN and to its bucket. AWS WAF requires a name that begins with aws-waf-logs-.
	LogBucket pulumi.StringInput
	// PriceClass is the set of edge locations. It has no default: CloudFront's default
	// covers the whole world, and the common choice 100 covers neither Asia nor South
	// America.
	PriceClass PriceClass
	// EdgeProvider is a provider for us-east-1, the region in which CloudFront's global
	// resources are managed.
	EdgeProvider *aws.Provider
	// AlarmTopicARN is the SNS topic that receives the alarms. It must be in us-east-1.
	AlarmTopicARN pulumi.StringInput
	// RateLimit is the number of requests that one client may send in five minutes, 10 to
	// 2000000000. A client is an IP address together with a TLS fingerprint.
	RateLimit int
	// RateLimitAction controls what happens to requests above RateLimit.
	RateLimitAction RateLimitAction
	// ContentSecurityPolicy is the value of the Content-Security-Policy header, in one
	// line.
	ContentSecurityPolicy string
	// Domain is a custom domain name for the CDN. If it is nil, viewers use CloudFront's
	// domain name.
	Domain *Domain
	// SiteName is the CDN's own name, such as static.oregon.example.com, for which the CDN
	// requests a certificate. Unlike Domain, it needs no hosted zone in the account: the
	// records of the certificate and of the name are written elsewhere. It is empty if the
	// CDN has no own name.
	SiteName string
	// SiteNameIssued reports whether ACM has issued the certificate of SiteName. Until then
	// viewers use CloudFront's domain name.
	SiteNameIssued bool
	// GeoRestriction limits the countries from which viewers may fetch content. If it is
	// nil, viewers in all countries may.
	GeoRestriction *GeoRestriction
	// FailoverOrigin is the regional domain name of an S3 bucket that CloudFront uses
	// when the CDN's bucket answers with HTTP status 500, 502, 503 or 504. The policies
	// of that bucket and of its key must admit this distribution.
	FailoverOrigin string
	// OriginShield adds a cache in front of the bucket, in the nearest region that offers
	// Origin Shield.
	OriginShield bool
	// ErrorPages are the paths of the pages for HTTP errors, by status code. ErrorCodes
	// lists the accepted status codes.
	ErrorPages map[int]string
	// Deletion controls when the distribution and its content may be deleted.
	Deletion BucketDeletion
}

// RateLimitAction controls what the firewall does with requests above the rate limit.
type RateLimitAction string

const (
	// CountRequests allows the requests, and counts them in the metric RateLimit.
	CountRequests RateLimitAction = "count"
	// BlockRequests answers the requests with HTTP status 403.
	BlockRequests RateLimitAction = "block"
)

// RateLimitActions lists the accepted values.
var RateLimitActions = []RateLimitAction{CountRequests, BlockRequests}

// Domain is a DNS name in a Route 53 hosted zone.
type Domain struct {
	// Name is the DNS name, such as cdn.example.com.
	Name string
	// HostedZoneID is the ID of the Route 53 zone in which the records are created.
	HostedZoneID string
}

// GeoRestriction allows or blocks viewers by country.
type GeoRestriction struct {
	// Mode controls whether the listed countries are allowed or blocked.
	Mode GeoMode
	// Countries are two-letter ISO 3166 codes, such as SG.
	Countries []string
}

// GeoMode controls whether listed countries are allowed or blocked.
type GeoMode string

const (
	// Allow lets only viewers in the listed countries fetch content.
	Allow GeoMode = "allow"
	// Block lets only viewers outside of the listed countries fetch content.
	Block GeoMode = "block"
)

// Cdn is a CloudFront distribution with a private bucket.
type Cdn struct {
	pulumi.ResourceState

	// DomainName is the DNS name from which viewers fetch content, over HTTPS.
	DomainName pulumi.StringOutput
	// BucketName is the name of the bucket that holds the content.
	BucketName pulumi.StringOutput
	// DistributionHost is CloudFront's domain name of the distribution, and ZoneID the
	// Route 53 zone of that name.
	DistributionHost, ZoneID pulumi.StringOutput
	// Certificate is the certificate of SiteName; nil without one.
	Certificate *Certificate
}

// RestOfWorld is the code for users outside of all markets: of other countries, and at
// addresses that cannot be placed. ISO 3166-1 leaves ZZ to its users, and Unicode's CLDR has
// it for an unknown region (https://www.unicode.org/reports/tr35/tr35.html).
const RestOfWorld = "ZZ"

// Hostname, HostedZoneID, Country, FailoverOrigin and ErrorPage match the forms of a
// Cdn's arguments.
var (
	Hostname       = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
	HostedZoneID   = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	Country        = regexp.MustCompile(`^[A-Z]{2}$`)
	FailoverOrigin = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*\.s3\.[a-z0-9-]+\.amazonaws\.com$`)
	ErrorPage      = regexp.MustCompile(`^/[\w./-]+$`)
)

// ErrorCodes are the HTTP status codes for which CloudFront supports error pages.
var ErrorCodes = []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}

const (
	// MinRateLimit is the lowest rate limit that AWS WAF accepts.
	MinRateLimit = bounds.MinRateLimit
	// MaxRateLimit is the highest rate limit that AWS WAF accepts.
	MaxRateLimit = bounds.MaxRateLimit

	defaultRateLimit             = 2000
	defaultContentSecurityPolicy = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

// NewCdn creates a private bucket and a CloudFront distribution, which is the only reader
// of the bucket. The distribution serves only HTTPS, adds security headers, is protected
// by a firewall, and logs all requests.
func NewCdn(ctx *pulumi.Context, name string, args *CdnArgs, opts ...pulumi.ResourceOption) (*Cdn, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	c := &Cdn{}
	if err := ctx.RegisterComponentResource("multisite:index:Cdn", name, c, provision.Protected(opts, a.Deletion.Allowed())...); err != nil {
		return nil, err
	}
	bucket, err := newBucket(ctx, name+"-origin", &BucketArgs{
		KeyARN: a.KeyARN, LogBucket: a.LogBucket, Deletion: a.Deletion,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	p := edge{newProvisioner(ctx, name, c), pulumi.Provider(a.EdgeProvider)}
	alias, certificateARN, err := p.alias(a, c)
	if err != nil {
		return nil, err
	}
	distribution, err := p.distribution(a, bucket, alias, certificateARN)
	if err != nil {
		return nil, err
	}
	if err := bucket.finish(
		provision.Grant("CloudFront", "cloudfront.amazonaws.com", []string{"s3:GetObject"}, objects(bucket.ARN), provision.Condition("StringEquals", "aws:SourceArn", distribution.Arn)),
		// Without this right, S3 answers a request for a missing object with 403, not
		// with 404.
		provision.Grant("CloudFrontMissing", "cloudfront.amazonaws.com", []string{"s3:ListBucket"}, bucket.ARN, provision.Condition("StringEquals", "aws:SourceArn", distribution.Arn)),
	); err != nil {
		return nil, err
	}
	if err := p.requestLogs(a, distribution); err != nil {
		return nil, err
	}
	if err := p.NewAlarm(provision.AlarmArgs{
		Suffix: "errors", Description: "Over 1 % of the requests to the CDN fail",
		Namespace: "AWS/CloudFront", Metric: "5xxErrorRate", Statistic: "Average", Threshold: 1, Minutes: 15,
		Dimensions: pulumi.StringMap{"DistributionId": distribution.ID(), "Region": pulumi.String("Global")}, Topic: a.AlarmTopicARN,
	}, p.provider); err != nil {
		return nil, err
	}
	c.DomainName, c.BucketName = distribution.DomainName, bucket.Name
	c.DistributionHost, c.ZoneID = distribution.DomainName, distribution.HostedZoneId
	if alias != "" {
		c.DomainName = pulumi.String(alias).ToStringOutput()
	}
	if a.Domain != nil {
		if err := p.records(a.Domain, distribution); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"domainName": c.DomainName, "bucketName": c.BucketName})
}

// edge creates the children of a Cdn that must be in us-east-1.
type edge struct {
	provisioner
	provider pulumi.ResourceOption
}

// options returns the parent and the provider for us-east-1, followed by the given
// options.
func (e edge) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(e.Parent), e.provider}, more...)
}

func (args CdnArgs) withDefaults() CdnArgs {
	if args.RateLimit == 0 {
		args.RateLimit = defaultRateLimit
	}
	if args.RateLimitAction == "" {
		args.RateLimitAction = CountRequests
	}
	if args.ContentSecurityPolicy == "" {
		args.ContentSecurityPolicy = defaultContentSecurityPolicy
	}
	if args.Deletion == "" {
		args.Deletion = NeverDelete
	}
	return args
}

func (args CdnArgs) validate(name string) error {
	var p provision.Problems
	p.Check(AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(args.Region != "", "Region: found none; allowed: an AWS region such as us-west-2")
	p.Check(args.KeyARN != nil, "KeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.LogBucket != nil, "LogBucket: found none; allowed: the name of a bucket")
	p.Check(slices.Contains(PriceClasses, args.PriceClass), "PriceClass: found %q; allowed: one of %q", args.PriceClass, PriceClasses)
	p.Check(args.EdgeProvider != nil, "EdgeProvider: found none; allowed: a provider for us-east-1")
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic in us-east-1")
	p.Check(args.RateLimit >= MinRateLimit && args.RateLimit <= MaxRateLimit, "RateLimit: found %d; allowed: %d to %d", args.RateLimit, MinRateLimit, MaxRateLimit)
	p.Check(slices.Contains(RateLimitActions, args.RateLimitAction), "RateLimitAction: found %q; allowed: one of %q", args.RateLimitAction, RateLimitActions)
	p.Check(!strings.ContainsAny(args.ContentSecurityPolicy, "\r\n"), "ContentSecurityPolicy: found %q; allowed: one line", args.ContentSecurityPolicy)
	if d := args.Domain; d != nil {
		p.Check(Hostname.MatchString(d.Name), "Domain.Name: found %q; allowed: a DNS name such as cdn.example.com", d.Name)
		p.Check(HostedZoneID.MatchString(d.HostedZoneID), "Domain.HostedZoneID: found %q; allowed: the ID of a Route 53 zone, such as Z2FDTNDATAQYW2", d.HostedZoneID)
	}
	p.Check(args.SiteName == "" || Hostname.MatchString(args.SiteName) && len(args.SiteName) <= maxFirstName, "SiteName: found %q; allowed: a DNS name such as static.oregon.example.com, at most %d characters", args.SiteName, maxFirstName)
	p.Check(args.SiteName == "" || args.Domain == nil, "SiteName: found %q; allowed: none with Domain", args.SiteName)
	p.Check(args.SiteName != "" || !args.SiteNameIssued, "SiteNameIssued: found true; allowed: false without SiteName")
	if g := args.GeoRestriction; g != nil {
		p.Check(g.Mode == Allow || g.Mode == Block, "GeoRestriction.Mode: found %q; allowed: %q or %q", g.Mode, Allow, Block)
		p.Check(len(g.Countries) > 0, "GeoRestriction.Countries: found none; allowed: at least one ISO 3166 code such as SG")
		for _, country := range g.Countries {
			p.Check(Country.MatchString(country), "GeoRestriction.Countries: found %q; allowed: ISO 3166 codes such as SG", country)
		}
	}
	p.Check(args.FailoverOrigin == "" || FailoverOrigin.MatchString(args.FailoverOrigin), "FailoverOrigin: found %q; allowed: BUCKET.s3.REGION.amazonaws.com", args.FailoverOrigin)
	for code, page := range args.ErrorPages {
		p.Check(slices.Contains(ErrorCodes, code), "ErrorPages: found %d; allowed: one of %d", code, ErrorCodes)
		p.Check(ErrorPage.MatchString(page), "ErrorPages[%d]: found %q; allowed: a path such as /404.html", code, page)
	}
	p.Check(slices.Contains(BucketDeletions, args.Deletion), "Deletion: found %q; allowed: one of %q", args.Deletion, BucketDeletions)
	return p.Err("Cdn", name)
}
