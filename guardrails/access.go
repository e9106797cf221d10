package guardrails

import (
	"net/netip"
	"slices"
	"strings"
)

var accessRules = []rule{
	{"public", Guardrail, (*Guard).public},
	{"principal", Guardrail, (*Guard).principal},
	{"rights", Guardrail, (*Guard).rights},
	{"ingress", Guardrail, (*Guard).ingress},
}

// private are properties that close a resource to the public, by type.
var private = map[string]map[string]any{
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
		"blockPublicAcls": true, "blockPublicPolicy": true, "ignorePublicAcls": true, "restrictPublicBuckets": true,
	},
	instance: {"publiclyAccessible": false},
	"aws:rds/clusterInstance:ClusterInstance": {"publiclyAccessible": false},
	replicationInstance:                       {"publiclyAccessible": false},
}

// public finds what is open to everybody.
func (*Guard) public(r *resource) (list []finding) {
	for _, property := range sorted(private[r.typ]) {
		wanted, value := private[r.typ][property], r.at(property)
		// Nothing said is private, but for replication instances.
		if wrong(value, wanted) && (value != nil || wanted != false || r.typ == replicationInstance) {
			list = append(list, finding{property, text(value), text(wanted)})
		}
	}
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
func (*Guard) principal(r *resource) (list []finding) {
	for _, s := range policies(r) {
		if s.Effect == "Allow" && len(s.Condition) == 0 && (slices.Contains(s.principals(), "*") || s.NotPrincipal != nil) {
			list = append(list, finding{s.path, "Allow to everybody", "principals by name, or a condition"})
		}
	}
	return list
}

// allRights are AWS's policies that come near to Action * on Resource *.
var allRights = []string{"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/IAMFullAccess"}

// rights finds roles and users that may do everything. The policy of a resource
// speaks of that alone, whatever it says.
func (*Guard) rights(r *resource) (list []finding) {
	if !strings.HasPrefix(r.typ, "aws:iam/") {
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

// ingress lets anywhere in to HTTPS of load balancers alone, whose group is named
// NETWORK-public.
func (*Guard) ingress(r *resource) (list []finding) {
	var path string
	var entries []any
	switch r.typ {
	case "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup":
		path, entries = "ingress[]", r.all("ingress[]")
	case "aws:ec2/securityGroupRule:SecurityGroupRule":
		if r.at("type") != "ingress" {
			return nil
		}
		path, entries = "cidrBlocks", []any{r.inputs}
	case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
		path, entries = "cidrIpv4", []any{r.inputs}
	}
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		edge := strings.HasSuffix(r.name, "-public") && fields["protocol"] == "tcp" && fields["fromPort"] == 443.0 && fields["toPort"] == 443.0
		for _, name := range []string{"cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"} {
			for _, block := range texts(fields[name]) {
				if wide(block) && !edge {
					list = append(list, finding{path, block, "groups and private blocks; anywhere is for port 443 of the group NETWORK-public"})
				}
			}
		}
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
