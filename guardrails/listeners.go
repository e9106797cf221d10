package guardrails

import (
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// tlsPolicies are the security policies of load balancers with TLS 1.2 and 1.3 alone and forward
// secrecy, without those for FIPS
// (https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html#elb-17).
var tlsPolicies = []string{
	"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
	"ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06",
}

// ruleTLS reports a rule of a listener without TLS: the rule would lead requests past the redirect.
func (g *Guard) ruleTLS(r *resource) []finding {
	const property = "listenerArn"
	name, _ := r.at(property).(string)
	on := r.owners[name]
	if on == nil { // the rule property reports a listener of another stack
		return nil
	}
	listener := g.named(displayType(on.typ) + " " + on.name)
	if listener == nil || !differs(listener.at("protocol"), "HTTPS") {
		return nil
	}
	return []finding{{property, listener.String() + " with the protocol " + text(listener.at("protocol")), "a listener with the protocol HTTPS"}}
}

// redirectsToHTTPS are the settings of a redirect to HTTPS. Without them, AWS keeps the protocol
// and the port.
var redirectsToHTTPS = []awstypes.Setting{
	{Path: "defaultActions[].redirect.protocol", Allowed: []any{"HTTPS"}, Required: true},
	{Path: "defaultActions[].redirect.port", Allowed: []any{"443"}, Required: true},
}

// listenerTLS reports a listener that is neither HTTPS with one of tlsPolicies, nor HTTP on port 80
// with a redirect to HTTPS. AWS's default policy has TLS 1.0
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
func listenerTLS(r *resource) []finding {
	protocol, policy := r.at("protocol"), r.at("sslPolicy")
	_, isUnknown := protocol.(unknown)
	switch {
	case isUnknown:
		return nil
	case protocol == "HTTPS":
		if slices.ContainsFunc(tlsPolicies, func(allowed string) bool { return !differs(policy, allowed) }) {
			return nil
		}
		return []finding{{"sslPolicy", text(policy), strings.Join(tlsPolicies, ", ")}}
	case protocol == "HTTP" && !differs(r.at("port"), 80.0):
		actions := r.all("defaultActions[].type")
		if len(actions) != 1 || differs(actions[0], "redirect") {
			return []finding{{"defaultActions[].type", strings.Join(texts(actions), ", "), "redirect: a listener without TLS redirects to port 443"}}
		}
		return r.checkSettings(redirectsToHTTPS)
	default:
		return []finding{{"protocol", strings.TrimSpace(text(protocol) + " on port " + text(r.at("port"))), "HTTPS, or HTTP on port 80 with a redirect to port 443"}}
	}
}
