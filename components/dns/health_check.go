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
	// AlarmTopicARN is the SNS topic that receives the alarms. It must be in us-east-1.
	AlarmTopicARN pulumi.StringInput
}

// HealthCheck sends requests to a host from several continents, every 30 seconds. Three
// failures in a row make the host unhealthy.
type HealthCheck struct {
	pulumi.ResourceState

	// ID is the ID of the Route 53 health check.
	ID pulumi.IDOutput
}

// HealthPath matches the path of a health check.
var HealthPath = regexp.MustCompile(`^/[\w./-]*$`)

const (
	// HealthIntervalSeconds is the time between two requests of one checker, in seconds.
	HealthIntervalSeconds = 30
	// HealthFailures is the number of failures in a row that make a host unhealthy.
	HealthFailures = 3
)

// NewHealthCheck creates a Route 53 health check, and an alarm that reports an unhealthy
// host.
func NewHealthCheck(ctx *pulumi.Context, name string, args *HealthCheckArgs, opts ...pulumi.ResourceOption) (*HealthCheck, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	h := &HealthCheck{}
	if err := ctx.RegisterComponentResource("multisite:index:HealthCheck", name, h, opts...); err != nil {
		return nil, err
	}
	check, err := route53.NewHealthCheck(ctx, name, &route53.HealthCheckArgs{
		Type:             pulumi.String("HTTPS"),
		Fqdn:             pulumi.String(args.Host),
		Port:             pulumi.Int(443),
		ResourcePath:     pulumi.String(args.Path),
		EnableSni:        pulumi.Bool(true),
		RequestInterval:  pulumi.Int(HealthIntervalSeconds),
		FailureThreshold: pulumi.Int(HealthFailures),
		Tags:             provision.NameTag(name),
	}, pulumi.Parent(h))
	if err != nil {
		return nil, err
	}
	if err := (newProvisioner(ctx, name, h)).NewAlarm(provision.AlarmArgs{
		Suffix: "unhealthy", Description: args.Host + " does not answer",
		Namespace: "AWS/Route53", Metric: "HealthCheckStatus", Statistic: "Minimum", Comparison: "LessThanThreshold", Threshold: 1, Minutes: 3,
		Dimensions: pulumi.StringMap{"HealthCheckId": check.ID()}, Topic: args.AlarmTopicARN,
	}); err != nil {
		return nil, err
	}
	h.ID = check.ID()
	return h, ctx.RegisterResourceOutputs(h, pulumi.Map{"id": h.ID})
}

func (args HealthCheckArgs) validate(name string) error {
	var p provision.Problems
	p.Check(components.Hostname.MatchString(args.Host), "Host: found %q; allowed: a DNS name such as www.example.com", args.Host)
	p.Check(HealthPath.MatchString(args.Path), "Path: found %q; allowed: a path such as /health", args.Path)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic in us-east-1")
	return p.Err("HealthCheck", name)
}
