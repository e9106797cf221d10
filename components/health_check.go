package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// HealthCheckArgs describe a HealthCheck.
type HealthCheckArgs struct {
	// Host is what is asked, over HTTPS.
	Host string
	// Path is what is asked for, such as /health. The answer must be of HTTP status 2xx or 3xx.
	Path string
	// AlarmTopicARN is the SNS topic, in us-east-1, that alarms tell.
	AlarmTopicARN pulumi.StringInput
}

// HealthCheck asks a host from several continents, every 30 seconds. Three answers
// in a row that are none make it unhealthy.
type HealthCheck struct {
	pulumi.ResourceState

	// ID is the Route 53 health check's.
	ID pulumi.IDOutput
}

// HealthPath is the form of a health check's path.
var HealthPath = regexp.MustCompile(`^/[\w./-]*$`)

const (
	// HealthIntervalSeconds is the time between two requests of one checker.
	HealthIntervalSeconds = 30
	// HealthFailures is how many make a host unhealthy.
	HealthFailures = 3
)

// NewHealthCheck creates a Route 53 health check, and an alarm that tells of it.
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
		Tags:             nameTag(name),
	}, pulumi.Parent(h))
	if err != nil {
		return nil, err
	}
	if err := (provisioner{ctx, name, h}).alarm(alarm{
		suffix: "unhealthy", description: args.Host + " does not answer",
		namespace: "AWS/Route53", metric: "HealthCheckStatus", statistic: "Minimum", comparison: "LessThanThreshold", threshold: 1, minutes: 3,
		dimensions: pulumi.StringMap{"HealthCheckId": check.ID()}, topic: args.AlarmTopicARN,
	}); err != nil {
		return nil, err
	}
	h.ID = check.ID()
	return h, ctx.RegisterResourceOutputs(h, pulumi.Map{"id": h.ID})
}

func (args HealthCheckArgs) validate(name string) error {
	var p problems
	p.check(Hostname.MatchString(args.Host), "Host: found %q, allowed is a DNS name such as www.example.com", args.Host)
	p.check(HealthPath.MatchString(args.Path), "Path: found %q, allowed is a path such as /health", args.Path)
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, allowed is the ARN of an SNS topic in us-east-1")
	return p.err("HealthCheck", name)
}
