package components

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/wafv2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// ClaimsName is the name of the claims among an entry's certificates. No service has it.
const ClaimsName = "claims"

// EntryClaims are the claims of a recovery site: https://HOSTNAME/SITE answers with status 200 if the
// site is claimed, and with 404 otherwise.
type EntryClaims struct {
	// Hostname is the DNS name of the claims, at most 64 characters.
	Hostname string
	// Issued reports whether ACM has issued the certificate of Hostname. Nothing can be
	// claimed before.
	Issued bool
	// Claimed are the times of the claims by the claimed site, in RFC 3339 and UTC, such as
	// 2026-11-30T12:00:00Z. The response's text is "claimed TIME".
	Claimed map[string]string
}

// claim adds the certificate of the claims to the HTTPS listener, and a rule for each claimed site.
// The rule of a claim has no priority, as rules of services have none.
func (p provisioner) claim(claims *EntryClaims, e *Entry, listener *lb.Listener) error {
	certificate, err := lb.NewListenerCertificate(p.Ctx, p.Child(ClaimsName), &lb.ListenerCertificateArgs{
		ListenerArn: listener.Arn, CertificateArn: e.Certificates[ClaimsName].ARN,
	}, pulumi.Parent(p.Parent), provision.Replaceable)
	if err != nil {
		return err
	}
	e.ClaimsListening = certificate
	for _, site := range ordered.Keys(claims.Claimed) {
		name := p.Child(ClaimsName + "-" + site)
		if e.Claims[site], err = lb.NewListenerRule(p.Ctx, name, &lb.ListenerRuleArgs{
			ListenerArn: listener.Arn,
			Conditions: lb.ListenerRuleConditionArray{
				lb.ListenerRuleConditionArgs{HostHeader: lb.ListenerRuleConditionHostHeaderArgs{Values: pulumi.ToStringArray([]string{claims.Hostname})}},
				lb.ListenerRuleConditionArgs{PathPattern: lb.ListenerRuleConditionPathPatternArgs{Values: pulumi.ToStringArray([]string{"/" + site})}},
			},
			Actions: lb.ListenerRuleActionArray{lb.ListenerRuleActionArgs{
				Type: pulumi.String("fixed-response"),
				FixedResponse: lb.ListenerRuleActionFixedResponseArgs{
					ContentType: pulumi.String("text/plain"), StatusCode: pulumi.String("200"), MessageBody: pulumi.String("claimed " + claims.Claimed[site]),
				},
			}},
			Tags: provision.NameTag(name),
		}, pulumi.Parent(p.Parent), provision.Replaceable, pulumi.DependsOn([]pulumi.Resource{certificate})); err != nil {
			return err
		}
	}
	return nil
}

// claimRequests matches the requests for claims, which the firewall always allows: the workloads of
// a claimed site share few addresses, and must stop serving even if others flood the entry. The
// load balancer answers such a request itself. The second part matches every request: AWS WAF wants
// two.
func claimRequests(hostname string) wafv2.WebAclRuleStatementArgs {
	return both(
		match("EXACTLY", hostname, wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchArgs{
			SingleHeader: wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchSingleHeaderArgs{Name: pulumi.String("host")},
		}),
		match("STARTS_WITH", "/", wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchArgs{
			UriPath: wafv2.WebAclRuleStatementByteMatchStatementFieldToMatchUriPathArgs{},
		}),
	)
}

func (c *EntryClaims) validate(p *provision.Problems, services map[string]EntryService) {
	p.Check(Hostname.MatchString(c.Hostname) && len(c.Hostname) <= maxFirstName, "Claims.Hostname: found %q; allowed: a DNS name such as claims.example.com, at most %d characters", c.Hostname, maxFirstName)
	p.Check(c.Issued || len(c.Claimed) == 0, "Claims.Claimed: found %q; allowed: none before the certificate of %s is issued", ordered.Keys(c.Claimed), c.Hostname)
	for _, site := range ordered.Keys(c.Claimed) {
		p.Check(entryName.MatchString(site), "Claims.Claimed: found %q; allowed: names of sites: lower-case letters, digits and hyphens", site)
		p.Check(inUTC(c.Claimed[site]), "Claims.Claimed[%s]: found %q; allowed: a time in UTC such as 2026-11-30T12:00:00Z", site, c.Claimed[site])
	}
	for _, service := range ordered.Keys(services) {
		p.Check(service != ClaimsName && !strings.HasPrefix(service, ClaimsName+"-"), "Services: found %q; allowed: names other than %s, and not beginning with %s-", service, ClaimsName, ClaimsName)
		p.Check(!slices.Contains(services[service].Hostnames, c.Hostname), "Services[%s].Hostnames: found %s, as in Claims; allowed: each name once", service, c.Hostname)
	}
}
