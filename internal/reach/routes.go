package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// special adds the edges that no single input states.
func (g *graph) special(n, subject *node, r resource, state []resource, account string) {
	switch r.Type {
	case awstypes.DBInstance:
		for _, other := range state {
			switch {
			case other.Type == awstypes.Secret && other.Name() == r.Name():
				n.link(g, g.nodes[other.URN], label(other)+": credentials", false)
			case other.Type == awstypes.LogGroup && strings.HasPrefix(other.Text("name"), "/aws/rds/instance/"+r.Text("identifier")+"/"):
				n.link(g, g.nodes[other.URN], label(r)+": enabledCloudwatchLogsExports", true)
			}
		}
	case awstypes.DMSEndpoint:
		// An endpoint whose secret is no database's connects to the origin.
		to, by := g.outside(origin), label(r)+": secretsManagerArn"
		for _, other := range state {
			if database := g.nodes[r.Text("secretsManagerArn")]; database != nil && other.Type == awstypes.DBInstance && database.label == "aws:secretsmanager:Secret "+other.Name() {
				to = g.nodes[other.URN]
			}
		}
		n.link(g, to, by, false)
	case awstypes.RolePolicy:
		g.bridge(g.named(r.Text("role"), awstypes.Role), r, "policy", r.Text("policy"))
	case awstypes.RolePolicyAttachment:
		if policy := r.Text("policyArn"); strings.HasPrefix(policy, "arn:aws:iam::aws:policy/service-role/") {
			n.allow(g, "AWS's policies for the roles of its services")
		} else {
			g.bridge(g.named(r.Text("role"), awstypes.Role), r, "policyArn", "{}")
		}
	case awstypes.TopicSubscription:
		if r.Text("protocol") == "email" {
			n.allow(g, byMail)
		} else {
			subject.link(g, g.named(r.Text("endpoint"), ""), label(r)+": endpoint", false)
		}
	case awstypes.VPCEndpoint:
		g.through(n, r, r.Text("policy"), account)
	case awstypes.SecurityGroup:
		g.addresses(n, r)
	case awstypes.LoadBalancer:
		if r.Inputs["internal"] != true {
			n.allow(g, byUsers)
		}
	case awstypes.Listener:
		g.redirects(n, r, "defaultActions")
	case awstypes.ListenerRule:
		g.redirects(g.named(r.Text("listenerArn"), ""), r, "actions")
	}
}

// redirects adds an edge from a listener to each host that its actions send users to, other than the host
// that they asked for.
func (g *graph) redirects(from *node, r resource, actions string) {
	for _, l := range leaves(actions, r.Inputs[actions]) {
		host := strings.HasSuffix(l.path, ".redirect.host") && l.value != "#{host}"
		authenticates := strings.Contains(l.path, ".authenticate") && (strings.HasSuffix(l.path, "ndpoint") || strings.HasSuffix(l.path, ".userPoolDomain"))
		if host || authenticates {
			from.link(g, g.outside(l.value), label(r)+": "+l.path, false)
		}
	}
}

// origin is the place from which users' data is moved to sites.
const origin = "the origin"

// addresses adds an edge from a security group to each public block of its rules.
func (g *graph) addresses(n *node, r resource) {
	declared := []string{}
	if site := g.sites[n.site]; site != nil {
		declared = site.Egress()[r.Name()]
	}
	for _, direction := range []string{"ingress", "egress"} {
		rules, _ := r.Inputs[direction].([]any)
		for i, rule := range rules {
			for _, l := range leaves(fmt.Sprintf("%s[%d]", direction, i), rule) {
				if !strings.Contains(l.path, "lock") || !public(l.value) {
					continue
				}
				fields, _ := rule.(map[string]any)
				switch {
				case direction == "egress" && slices.Contains(declared, l.value):
					n.allow(g, "multisite:network.egress or multisite:migration declares the addresses, with a reason")
				case direction == "ingress" && strings.HasSuffix(r.Name(), "-public") && slices.Contains([]string{"80 80", "443 443"}, fmt.Sprint(fields["fromPort"], fields["toPort"])):
					n.allow(g, byUsers)
				default:
					n.link(g, g.outside("the addresses "+l.value), label(r)+": "+l.path, false)
				}
			}
		}
	}
}

// public reports whether an address block is outside of private networks. A block of IPv6 of /48 or
// less is a network of AWS's.
func public(text string) bool {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return true
	}
	shared := netip.MustParsePrefix("100.64.0.0/10")
	return block.Bits() < 8 || block.Addr().Is4() && !block.Addr().IsPrivate() && !shared.Overlaps(block) || block.Addr().Is6() && block.Bits() < 48
}
