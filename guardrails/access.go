package guardrails

import (
	"net/netip"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

var accessRules = []rule{
	{"public", Guardrail, (*Guard).public},
	{"principal", Guardrail, (*Guard).principal},
	{"rights", Guardrail, (*Guard).rights},
	{"boundary", Guardrail, (*Guard).boundary},
	{"ingress", Guardrail, (*Guard).ingress},
	{"egress", Guardrail, (*Guard).egress},
}

// public finds what is open to everybody.
func (*Guard) public(r *resource) (list []finding) {
	list = r.wrongSettings(awstypes.Of(r.typ).Private)
	for _, l := range r.leaves() {
		switch l.name {
		case "acl":
			if acl, ok := l.value.(string); ok && (strings.HasPrefix(acl, "public") || acl == "authenticated-read") {
				list = append(list, finding{l.path, acl, "private"})
			}
		case "mapPublicIpOnLaunch", "associatePublicIpAddress":
			if l.value == true {
				list = append(list, finding{l.path, "true", "false"})
			}
		}
	}
	return list
}

// principal finds what a policy allows to everybody.
func (g *Guard) principal(r *resource) (list []finding) {
	for _, s := range policies(r) {
		if g.imageLayers(r, s) {
			continue
		}
		if s.Effect == "Allow" && len(s.Condition) == 0 && (slices.Contains(s.principals(), "*") || s.NotPrincipal != nil) {
			list = append(list, finding{s.path, "Allow to everybody", "principals by name, or a condition"})
		}
	}
	return list
}

// imageLayers reports whether a statement lets container images through an endpoint for
// S3: ECR keeps their layers in a bucket of AWS's own
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-minimum-s3-perms).
func (g *Guard) imageLayers(r *resource, s statement) bool {
	return r.typ == awstypes.VPCEndpoint && slices.Equal(texts(s.Action), []string{"s3:GetObject"}) &&
		slices.Equal(texts(s.Resource), []string{"arn:aws:s3:::prod-" + g.site.Region + "-starport-layer-bucket/*"})
}

// allRights are AWS's policies that come near to Action * on Resource *.
var allRights = []string{"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/IAMFullAccess"}

// rights finds roles and users that may do everything. The policy of a resource
// speaks of that alone, whatever it says.
func (*Guard) rights(r *resource) (list []finding) {
	if awstypes.Service(r.typ) != "iam" {
		return nil
	}
	for _, s := range policies(r) {
		everything := slices.ContainsFunc(texts(s.Action), func(action string) bool { return action == "*" || action == "*:*" }) || s.NotAction != nil
		if s.Effect == "Allow" && everything && slices.Contains(texts(s.Resource), "*") {
			list = append(list, finding{s.path, "Action * on Resource *", "actions and resources by name"})
		}
	}
	for _, l := range r.leaves() {
		if policy, ok := l.value.(string); ok && slices.Contains(allRights, policy) {
			list = append(list, finding{l.path, policy, "a policy with the rights that are needed"})
		}
	}
	return list
}

// Boundary returns the ARN of the policy that state/setup makes for a site, beyond which
// none of the site's roles has rights.
func Boundary(account, site string) string {
	return "arn:aws:iam::" + account + ":policy/multisite-boundary-" + site
}

// boundary finds roles and users without the site's permissions boundary.
func (g *Guard) boundary(r *resource) []finding {
	const property = "permissionsBoundary"
	wanted, value := Boundary(g.account, g.site.Name), r.at(property)
	if r.typ != awstypes.Role && r.typ != awstypes.IAMUser || !wrong(value, wanted) {
		return nil
	}
	return []finding{{property, text(value), "the site's boundary, " + wanted}}
}

// ingress lets anywhere in to HTTPS of load balancers alone, whose group is named
// NETWORK-public.
func (*Guard) ingress(r *resource) (list []finding) {
	path, entries := securityGroupRules(r, "ingress")
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		edge := strings.HasSuffix(r.name, "-public") && fields["protocol"] == "tcp" && fields["fromPort"] == 443.0 && fields["toPort"] == 443.0
		for _, block := range blocks(fields) {
			if wide(block) && !edge {
				list = append(list, finding{path, block, "groups and private blocks; anywhere is for port 443 of the group NETWORK-public"})
			}
		}
	}
	return list
}

// egress lets security groups out to private blocks, and to the blocks that the
// configuration names for a group.
func (g *Guard) egress(r *resource) (list []finding) {
	path, entries := securityGroupRules(r, "egress")
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		for _, block := range blocks(fields) {
			if wide(block) && !slices.Contains(g.site.Egress[r.name], block) {
				list = append(list, finding{path, block, "groups, private blocks, and for workloads the blocks of multisite:network.egress"})
			}
		}
	}
	return list
}

// securityGroupRules are the rules of a direction, ingress or egress, and the property
// that has them.
func securityGroupRules(r *resource, direction string) (path string, entries []any) {
	switch r.typ {
	case awstypes.SecurityGroup, awstypes.DefaultSecurityGroup:
		return direction + "[]", r.all(direction + "[]")
	case awstypes.SecurityGroupRule:
		if r.at("type") == direction {
			return "cidrBlocks", []any{r.inputs}
		}
	case awstypes.SecurityGroupIngressRule:
		if direction == "ingress" {
			return "cidrIpv4", []any{r.inputs}
		}
	case awstypes.SecurityGroupEgressRule:
		if direction == "egress" {
			return "cidrIpv4", []any{r.inputs}
		}
	}
	return "", nil
}

// blocks are the address blocks of a security group rule.
func blocks(rule map[string]any) (list []string) {
	for _, name := range []string{"cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"} {
		list = append(list, texts(rule[name])...)
	}
	return list
}

// wide reports whether a block is of addresses that are not private ones.
func wide(text string) bool {
	block, err := netip.ParsePrefix(text)
	if err != nil {
		return true
	}
	shared := netip.MustParsePrefix("100.64.0.0/10") // between networks of one owner (RFC 6598)
	// IPv6 has no private blocks that AWS uses: what is a network's own is its /56.
	return block.Bits() < 8 || block.Addr().Is4() && !block.Addr().IsPrivate() && !shared.Overlaps(block) || block.Addr().Is6() && block.Bits() < 48
}
