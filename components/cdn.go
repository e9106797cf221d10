package components

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
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

// CdnArgs describe a Cdn.
type CdnArgs struct {
	// AccountID is the 12-digit AWS account.
	AccountID string
	// Region is the AWS region of the content, such as us-west-2.
	Region string
	// KeyARN is the KMS key that encrypts the objects. Its policy must let CloudFront decrypt.
	KeyARN pulumi.StringInput
	// LogBucket is the name of the bucket that gets the logs of all requests, to the
	// CDN and to its bucket. AWS WAF demands that it begins with aws-waf-logs-.
	LogBucket pulumi.StringInput
	// PriceClass has no default: CloudFront's own covers the whole world, the
	// common choice of 100 neither Asia nor South America.
	PriceClass PriceClass
	// EdgeProvider is a provider of us-east-1, where CloudFront is run from.
	EdgeProvider *aws.Provider
	// AlarmTopicARN is the SNS topic, in us-east-1, that alarms tell.
	AlarmTopicARN pulumi.StringInput
	// RateLimit is how many requests one client, an address and a TLS fingerprint, may
	// make in five minutes: 10 to 2000000000.
	RateLimit int
	// RateLimitAction says what happens to requests above RateLimit.
	RateLimitAction RateLimitAction
	// ContentSecurityPolicy is the header's value, in one line.
	ContentSecurityPolicy string
	// Domain is a name of one's own for the CDN.
	Domain *Domain
	// GeoRestriction says which countries may fetch.
	GeoRestriction *GeoRestriction
	// FailoverOrigin is the regional domain name of an S3 bucket that answers when
	// the CDN's own does not. Its policy and its key's must admit this distribution.
	FailoverOrigin string
	// OriginShield puts one more cache in front of the bucket, in the nearest region
	// that offers it.
	OriginShield bool
	// ErrorPages are the paths that are shown for HTTP errors, by status code: those of
	// ErrorCodes.
	ErrorPages map[int]string
	// Deletion says when the distribution and its content may be deleted.
	Deletion BucketDeletion
}

// RateLimitAction says what a firewall does with requests above the rate limit.
type RateLimitAction string

const (
	// CountRequests lets them pass, and counts them in the metric RateLimit.
	CountRequests RateLimitAction = "count"
	// BlockRequests answers them with HTTP status 403.
	BlockRequests RateLimitAction = "block"
)

// RateLimitActions lists the accepted values.
var RateLimitActions = []RateLimitAction{CountRequests, BlockRequests}

// Domain is a DNS name within a hosted zone.
type Domain struct {
	// Name is such as cdn.example.com.
	Name string
	// HostedZoneID is the Route 53 zone that the records go into.
	HostedZoneID string
}

// GeoRestriction lists countries by ISO 3166 code.
type GeoRestriction struct {
	// Mode says what the list means.
	Mode GeoMode
	// Countries are the ISO 3166 codes.
	Countries []string
}

// GeoMode says what a list of countries means.
type GeoMode string

const (
	// Allow lets the listed countries fetch and no others.
	Allow GeoMode = "allow"
	// Block lets all but the listed countries fetch.
	Block GeoMode = "block"
)

// Cdn is a CloudFront distribution over a private bucket of its own.
type Cdn struct {
	pulumi.ResourceState

	// DomainName is where viewers fetch from, over HTTPS.
	DomainName pulumi.StringOutput
	// BucketName is where the content goes.
	BucketName pulumi.StringOutput
}

// Forms of what a Cdn is made with.
var (
	Hostname       = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)
	HostedZoneID   = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	Country        = regexp.MustCompile(`^[A-Z]{2}$`)
	FailoverOrigin = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]*\.s3\.[a-z0-9-]+\.amazonaws\.com$`)
	ErrorPage      = regexp.MustCompile(`^/[\w./-]+$`)
)

// ErrorCodes are the HTTP errors that CloudFront has pages for.
var ErrorCodes = []int{400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}

const (
	// MinRateLimit is the least that AWS WAF counts to.
	MinRateLimit = 10
	// MaxRateLimit is the most.
	MaxRateLimit = 2_000_000_000

	defaultRateLimit             = 2000
	defaultContentSecurityPolicy = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
)

// NewCdn creates a private bucket and a distribution that is alone in reading it:
// over HTTPS only, with security headers, behind a firewall, and with logs of all
// requests.
func NewCdn(ctx *pulumi.Context, name string, args *CdnArgs, opts ...pulumi.ResourceOption) (*Cdn, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	c := &Cdn{}
	if err := ctx.RegisterComponentResource("multisite:index:Cdn", name, c, protected(opts, a.Deletion.Allowed())...); err != nil {
		return nil, err
	}
	bucket, err := newBucket(ctx, name+"-origin", &BucketArgs{
		KeyARN: a.KeyARN, LogBucket: a.LogBucket, Deletion: a.Deletion,
	}, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	p := edge{provisioner{ctx, name, c}, pulumi.Provider(a.EdgeProvider)}
	distribution, err := p.distribution(a, bucket)
	if err != nil {
		return nil, err
	}
	if err := bucket.finish(
		grant("CloudFront", "cloudfront.amazonaws.com", []string{"s3:GetObject"}, objects(bucket.ARN), condition("StringEquals", "aws:SourceArn", distribution.Arn)),
		// Without it, what is not there is forbidden (403) and not missing (404).
		grant("CloudFrontMissing", "cloudfront.amazonaws.com", []string{"s3:ListBucket"}, bucket.ARN, condition("StringEquals", "aws:SourceArn", distribution.Arn)),
	); err != nil {
		return nil, err
	}
	if err := p.requestLogs(a, distribution); err != nil {
		return nil, err
	}
	if err := p.alarm(alarm{
		suffix: "errors", description: "Over 1 % of the requests to the CDN fail",
		namespace: "AWS/CloudFront", metric: "5xxErrorRate", statistic: "Average", threshold: 1, minutes: 15,
		dimensions: pulumi.StringMap{"DistributionId": distribution.ID(), "Region": pulumi.String("Global")}, topic: a.AlarmTopicARN,
	}, p.provider); err != nil {
		return nil, err
	}
	c.DomainName, c.BucketName = distribution.DomainName, bucket.Name
	if a.Domain != nil {
		c.DomainName = pulumi.String(a.Domain.Name).ToStringOutput()
		if err := p.records(a.Domain, distribution); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"domainName": c.DomainName, "bucketName": c.BucketName})
}

// edge creates the children that live where CloudFront is run from.
type edge struct {
	provisioner
	provider pulumi.ResourceOption
}

// options are those of every such child, and more.
func (e edge) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(e.parent), e.provider}, more...)
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
	var p problems
	p.check(accountID.MatchString(args.AccountID), "AccountID: found %q, allowed are 12 digits", args.AccountID)
	p.check(args.Region != "", "Region: found none, allowed is an AWS region such as us-west-2")
	p.check(args.KeyARN != nil, "KeyARN: found none, allowed is the ARN of a KMS key")
	p.check(args.LogBucket != nil, "LogBucket: found none, allowed is the name of a bucket")
	p.check(slices.Contains(PriceClasses, args.PriceClass), "PriceClass: found %q, allowed are %q", args.PriceClass, PriceClasses)
	p.check(args.EdgeProvider != nil, "EdgeProvider: found none, allowed is a provider of us-east-1")
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, allowed is the ARN of an SNS topic in us-east-1")
	p.check(args.RateLimit >= MinRateLimit && args.RateLimit <= MaxRateLimit, "RateLimit: found %d, allowed are %d to %d", args.RateLimit, MinRateLimit, MaxRateLimit)
	p.check(slices.Contains(RateLimitActions, args.RateLimitAction), "RateLimitAction: found %q, allowed are %q", args.RateLimitAction, RateLimitActions)
	p.check(!strings.ContainsAny(args.ContentSecurityPolicy, "\r\n"), "ContentSecurityPolicy: found more than one line, allowed is one")
	if d := args.Domain; d != nil {
		p.check(Hostname.MatchString(d.Name), "Domain.Name: found %q, allowed is a DNS name such as cdn.example.com", d.Name)
		p.check(HostedZoneID.MatchString(d.HostedZoneID), "Domain.HostedZoneID: found %q, allowed is the ID of a Route 53 zone, such as Z2FDTNDATAQYW2", d.HostedZoneID)
	}
	if g := args.GeoRestriction; g != nil {
		p.check(g.Mode == Allow || g.Mode == Block, "GeoRestriction.Mode: found %q, allowed are %q and %q", g.Mode, Allow, Block)
		p.check(len(g.Countries) > 0, "GeoRestriction.Countries: found none, allowed is at least one ISO 3166 code such as SG")
		for _, country := range g.Countries {
			p.check(Country.MatchString(country), "GeoRestriction.Countries: found %q, allowed are ISO 3166 codes such as SG", country)
		}
	}
	p.check(args.FailoverOrigin == "" || FailoverOrigin.MatchString(args.FailoverOrigin), "FailoverOrigin: found %q, allowed is BUCKET.s3.REGION.amazonaws.com", args.FailoverOrigin)
	for code, page := range args.ErrorPages {
		p.check(slices.Contains(ErrorCodes, code), "ErrorPages: found %d, allowed are %d", code, ErrorCodes)
		p.check(ErrorPage.MatchString(page), "ErrorPages[%d]: found %q, allowed is a path such as /404.html", code, page)
	}
	p.check(slices.Contains(BucketDeletions, args.Deletion), "Deletion: found %q, allowed are %q", args.Deletion, BucketDeletions)
	return p.err("Cdn", name)
}
