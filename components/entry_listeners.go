package components

import (
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

const (
	// tlsPolicy accepts TLS 1.2 and 1.3, with forward secrecy, and post-quantum key exchange.
	// AWS recommends it
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
	tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

	// hstsSeconds is how long browsers use only HTTPS for a name that they have seen: two
	// years.
	hstsSeconds = 2 * 365 * 24 * 3600
)

// redirect creates the listener that redirects HTTP to HTTPS.
func (p provisioner) redirect(balancer *lb.LoadBalancer) error {
	_, err := lb.NewListener(p.Ctx, p.Child("http"), &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn,
		Port:            pulumi.Int(80),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Protocol: pulumi.String("HTTPS"), Port: pulumi.String("443"), StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		RoutingHttpResponseServerEnabled: pulumi.Bool(false),
		Tags:                             provision.NameTag(p.Child("http")),
	}, pulumi.Parent(p.Parent), provision.Replaceable)
	return err
}

// listen creates the HTTPS listener, and for each service whose certificate is issued a rule
// for its names, and for each claim a rule. Without an issued certificate, of a service or of
// the claims, there is no HTTPS listener: AWS requires one. guarded is the resource after which the firewall guards the load balancer.
func (p provisioner) listen(a EntryArgs, e *Entry, balancer *lb.LoadBalancer, groups map[string]*lb.TargetGroup, guarded pulumi.Resource) error {
	var issued, certificates []string
	for _, service := range ordered.Keys(a.Services) {
		if a.Services[service].Issued {
			issued = append(issued, service)
		}
	}
	claims := a.Claims != nil && a.Claims.Issued
	if claims {
		certificates = []string{ClaimsName}
	}
	if certificates = append(certificates, issued...); len(certificates) == 0 {
		return nil
	}
	listener, err := lb.NewListener(p.Ctx, p.Child("https"), &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn,
		Port:            pulumi.Int(443),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(tlsPolicy),
		// The certificate for clients that name no service.
		CertificateArn: e.Certificates[certificates[0]].ARN,
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type:          pulumi.String("fixed-response"),
			FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{ContentType: pulumi.String("text/plain"), StatusCode: pulumi.String("404")},
		}},
		RoutingHttpResponseStrictTransportSecurityHeaderValue: pulumi.String("max-age=" + strconv.Itoa(hstsSeconds)),
		RoutingHttpResponseServerEnabled:                      pulumi.Bool(false),
		Tags:                                                  provision.NameTag(p.Child("https")),
	}, pulumi.Parent(p.Parent), provision.Replaceable, pulumi.DependsOn([]pulumi.Resource{guarded}))
	if err != nil {
		return err
	}
	for _, service := range issued {
		// The first service's certificate is listed too, although the listener has it:
		// when another service becomes the first, the listener gets that one's certificate.
		certificate, err := lb.NewListenerCertificate(p.Ctx, p.Child(service), &lb.ListenerCertificateArgs{
			ListenerArn: listener.Arn, CertificateArn: e.Certificates[service].ARN,
		}, pulumi.Parent(p.Parent), provision.Replaceable)
		if err != nil {
			return err
		}
		if e.Listening[service], err = p.rule(a.Services[service].Hostnames, service, listener, groups[service], certificate); err != nil {
			return err
		}
		if err := p.serviceAlarms(a, service, balancer, groups[service]); err != nil {
			return err
		}
	}
	if claims {
		if err := p.claim(a.Claims, e, listener); err != nil {
			return err
		}
	}
	if a.Standby {
		return nil
	}
	return p.entryAlarm(a, balancer)
}

// rule creates the rule that forwards requests for a service's names to its targets. It has
// no priority: names of two services never match the same request, and the provider takes
// the number after the highest, so that no rule moves when a service is added or removed.
func (p provisioner) rule(hostnames []string, service string, listener *lb.Listener, group *lb.TargetGroup, certificate pulumi.Resource) (*lb.ListenerRule, error) {
	return lb.NewListenerRule(p.Ctx, p.Child(service), &lb.ListenerRuleArgs{
		ListenerArn: listener.Arn,
		Conditions: lb.ListenerRuleConditionArray{lb.ListenerRuleConditionArgs{
			HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray(hostnames)},
		}},
		Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
			Type: pulumi.String("forward"), TargetGroupArn: group.Arn,
		}},
		Tags: provision.NameTag(p.Child(service)),
	}, pulumi.Parent(p.Parent), provision.Replaceable, pulumi.DependsOn([]pulumi.Resource{certificate}))
}
