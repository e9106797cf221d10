package entries

import (
	"slices"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/resolver"
)

// balancer is what a load balancer has for one name over HTTPS.
type balancer struct {
	// targetGroup is the ARN of the target group to which a rule forwards the name; empty without a rule.
	targetGroup string
	// certificate reports whether a certificate of the listener has the name.
	certificate bool
}

// findBalancer follows a host and a name through the resources of a site's stack: load balancer, listener,
// certificates and rules.
func findBalancer(resources []resolver.Resource, host, name string) (b balancer) {
	var arn string
	for _, r := range resources {
		if r.Type == awstypes.LoadBalancer && r.Text("dnsName") == host {
			arn = r.Text("arn")
		}
	}
	var listener string
	certificates := map[string]bool{}
	for _, r := range resources {
		if r.Type == awstypes.Listener && r.Text("loadBalancerArn") == arn && r.Text("protocol") == "HTTPS" {
			listener = r.Text("arn")
			certificates[r.Text("certificateArn")] = true
		}
	}
	for _, r := range resources {
		if r.Type == awstypes.ListenerCertificate && r.Text("listenerArn") == listener {
			certificates[r.Text("certificateArn")] = true
		}
	}
	for _, r := range resources {
		switch {
		case r.Type == awstypes.Certificate && certificates[r.Text("arn")] && hasName(r, name):
			b.certificate = true
		case r.Type == awstypes.ListenerRule && listener != "" && r.Text("listenerArn") == listener && matches(r, name):
			b.targetGroup, _ = resolver.FirstElement(r, "actions", "targetGroupArn").(string)
		}
	}
	return b
}

// matches reports whether a rule's condition has a host name.
func matches(rule resolver.Resource, name string) bool {
	header, _ := resolver.FirstElement(rule, "conditions", "hostHeader").(map[string]any)
	values, _ := header["values"].([]any)
	return slices.Contains(values, any(name))
}

// findCertificate returns the certificate with a name; nil if there is none.
func findCertificate(resources []resolver.Resource, name string) *resolver.Resource {
	for _, r := range resources {
		if r.Type == awstypes.Certificate && hasName(r, name) {
			return &r
		}
	}
	return nil
}

func hasName(certificate resolver.Resource, name string) bool {
	names, _ := certificate.Outputs["subjectAlternativeNames"].([]any)
	return certificate.Text("domainName") == name || slices.Contains(names, any(name))
}
