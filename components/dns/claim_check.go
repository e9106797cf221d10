package dns

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
)

// ClaimCheckArgs are the arguments of NewClaimCheck.
type ClaimCheckArgs struct {
	// Host is the host name of a recovery site's claims.
	Host string
	// Path is the path of one site's claim, such as /oregon. The response has HTTP status 2xx or
	// 3xx if the site is claimed, and another status otherwise.
	Path string
	// AlarmTopicARN is the SNS topic that receives the alarm of a claim. It must be in us-east-1.
	AlarmTopicARN pulumi.StringInput
}

// ClaimCheck is unhealthy while a recovery site claims a site, and healthy otherwise. If the
// recovery site does not answer, there is no claim.
type ClaimCheck struct {
	pulumi.ResourceState

	// ID is the ID of the Route 53 health check.
	ID pulumi.IDOutput
}

// NewClaimCheck creates an inverted Route 53 health check of a claim, and an alarm that reports the
// claim. A new inverted check is unhealthy until it has data, so no record may use it in the update
// that creates it
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
func NewClaimCheck(ctx *pulumi.Context, name string, args *ClaimCheckArgs, opts ...pulumi.ResourceOption) (*ClaimCheck, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &ClaimCheck{}
	if err := ctx.RegisterComponentResource("multisite:index:ClaimCheck", name, c, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, c)
	request := httpsRequest(name, args.Host, args.Path)
	request.InvertHealthcheck = pulumi.Bool(true)
	check, err := route53.NewHealthCheck(ctx, name, request, pulumi.Parent(c))
	if err != nil {
		return nil, err
	}
	if err := p.newHealthAlarm("claimed", args.Host+args.Path+" answers: the recovery site claims the site", check, args.AlarmTopicARN); err != nil {
		return nil, err
	}
	c.ID = check.ID()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"id": c.ID})
}

func (args ClaimCheckArgs) validate(name string) error {
	var p provision.Problems
	p.Check(components.Hostname.MatchString(args.Host), "Host: found %q; allowed: a DNS name such as claims.ohio.example.com", args.Host)
	p.Check(HealthPath.MatchString(args.Path), "Path: found %q; allowed: a path such as /oregon", args.Path)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic in us-east-1")
	return p.Err("ClaimCheck", name)
}
