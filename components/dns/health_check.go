package dns

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
)

// HealthCheckArgs are the arguments of NewHealthCheck.
type HealthCheckArgs struct {
	// Host is the host name to which Route 53 sends requests, over HTTPS.
	Host string
	// Path is the path of the requests, such as /health. The response must have HTTP
	// status 2xx or 3xx.
	Path string
	// Unless is the ID of a ClaimCheck: the host is also unhealthy while its site is claimed. Nil
	// for a site that no other site recovers.
	Unless pulumi.StringInput
	// StandsBy reports whether the host is of a recovery site that stands by. Such a host is
	// unhealthy until a recovery, so it has no alarm.
	StandsBy bool
	// AlarmTopicARN is the SNS topic that receives the alarms. It must be in us-east-1.
	AlarmTopicARN pulumi.StringInput
}

// HealthCheck sends requests to a host from several continents, every 30 seconds. Three
// failures in a row make the host unhealthy.
type HealthCheck struct {
	pulumi.ResourceState

	// ID is the ID of the Route 53 health check: with Unless, of the calculated check.
	ID pulumi.IDOutput
}

// HealthPath matches the path of a health check.
var HealthPath = regexp.MustCompile(`^/[\w./-]*$`)

const (
	// HealthIntervalSeconds is the time between two requests of one checker, in seconds.
	HealthIntervalSeconds = 30
	// HealthFailures is the number of failures in a row that make a host unhealthy, and of successes
	// in a row that make it healthy.
	HealthFailures = 3
)

// NewHealthCheck creates a Route 53 health check, and an alarm that reports an unhealthy
// host. With Unless it also creates a calculated check, which is healthy while the host is
// healthy and its site is not claimed; the alarm reports the host alone.
func NewHealthCheck(ctx *pulumi.Context, name string, args *HealthCheckArgs, opts ...pulumi.ResourceOption) (*HealthCheck, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	h := &HealthCheck{}
	if err := ctx.RegisterComponentResource("multisite:index:HealthCheck", name, h, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, h)
	check, err := route53.NewHealthCheck(ctx, name, httpsRequest(name, args.Host, args.Path), pulumi.Parent(h))
	if err != nil {
		return nil, err
	}
	if !args.StandsBy {
		if err := p.newHealthAlarm("unhealthy", args.Host+" does not answer", check, args.AlarmTopicARN); err != nil {
			return nil, err
		}
	}
	h.ID = check.ID()
	if args.Unless != nil {
		both, err := p.newCalculatedCheck("unclaimed", check.ID().ToStringOutput(), args.Unless)
		if err != nil {
			return nil, err
		}
		h.ID = both.ID()
	}
	return h, ctx.RegisterResourceOutputs(h, pulumi.Map{"id": h.ID})
}

// httpsRequest returns the arguments of a health check that requests a path of a host over HTTPS.
func httpsRequest(name, host, path string) *route53.HealthCheckArgs {
	return &route53.HealthCheckArgs{
		Type:             pulumi.String("HTTPS"),
		Fqdn:             pulumi.String(host),
		Port:             pulumi.Int(443),
		ResourcePath:     pulumi.String(path),
		EnableSni:        pulumi.Bool(true),
		RequestInterval:  pulumi.Int(HealthIntervalSeconds),
		FailureThreshold: pulumi.Int(HealthFailures),
		Tags:             provision.NameTag(name),
	}
}

// newCalculatedCheck creates a health check that is healthy while all of its children are. Route 53
// allows 255 children, none of them calculated
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html).
func (p provisioner) newCalculatedCheck(suffix string, children ...pulumi.StringInput) (*route53.HealthCheck, error) {
	return route53.NewHealthCheck(p.Ctx, p.Child(suffix), &route53.HealthCheckArgs{
		Type:                 pulumi.String("CALCULATED"),
		ChildHealthchecks:    pulumi.StringArray(children),
		ChildHealthThreshold: pulumi.Int(len(children)),
		Tags:                 provision.NameTag(p.Child(suffix)),
	}, pulumi.Parent(p.Parent))
}

// newHealthAlarm creates an alarm that reports an unhealthy health check.
func (p provisioner) newHealthAlarm(suffix, description string, check *route53.HealthCheck, topic pulumi.StringInput) error {
	return p.NewAlarm(provision.AlarmArgs{
		Suffix: suffix, Description: description,
		Namespace: "AWS/Route53", Metric: "HealthCheckStatus", Statistic: "Minimum", Comparison: "LessThanThreshold", Threshold: 1, Minutes: 3,
		Dimensions: pulumi.StringMap{"HealthCheckId": check.ID()}, Topic: topic,
	})
}

func (args HealthCheckArgs) validate(name string) error {
	var p provision.Problems
	p.Check(components.Hostname.MatchString(args.Host), "Host: found %q; allowed: a DNS name such as www.example.com", args.Host)
	p.Check(HealthPath.MatchString(args.Path), "Path: found %q; allowed: a path such as /health", args.Path)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic in us-east-1")
	return p.Err("HealthCheck", name)
}
