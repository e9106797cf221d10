package guardrails

import (
	"net/netip"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
)

var accessRules = []rule{
	{"public", diagnostic.Guardrail, (*Guard).public},
	{"principal", diagnostic.Guardrail, (*Guard).principal},
	{"rights", diagnostic.Guardrail, (*Guard).rights},
	{"boundary", diagnostic.Guardrail, (*Guard).boundary},
	{"ingress", diagnostic.Guardrail, (*Guard).ingress},
	{"egress", diagnostic.Guardrail, (*Guard).egress},
}

// public reports settings and ACLs that make a resource public.
func (*Guard) public(r *resource) (list []finding) {
	list = r.checkSettings(awstypes.Of(r.typ).Private)
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

// principal reports statements that allow every principal without a condition that limits
// them to the site's account.
func (g *Guard) principal(r *resource) (list []finding) {
	for _, s := range policies(r) {
		if g.allowsImageLayers(r, s) {
			continue
		}
		if s.Effect == "Allow" && (slices.Contains(s.principals(), "*") || s.NotPrincipal != nil) && !g.limitsToAccount(r, s.Condition) {
			list = append(list, finding{s.path, "Allow for every principal", "named principals, or a condition on the site's account"})
		}
	}
	return list
}

// accountKeys are the condition keys whose value is the account of the principal, or of the
// resource on whose behalf an AWS service calls
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).
var accountKeys = []string{"aws:PrincipalAccount", "aws:SourceAccount", "aws:SourceOwner", "kms:CallerAccount"}

// limitsToAccount reports whether a condition requires the site's account. An operator with
// IfExists also accepts requests without the key. The policy of a VPC endpoint may have one:
// it admits no principal that the resource's own policy refuses.
func (g *Guard) limitsToAccount(r *resource, condition map[string]map[string]any) bool {
	operators := []string{"StringEquals"}
	if r.typ == awstypes.VPCEndpoint {
		operators = append(operators, "StringEqualsIfExists")
	}
	for _, operator := range operators {
		for key, value := range condition[operator] {
			accounts := texts(value)
			known := slices.ContainsFunc(accountKeys, func(one string) bool { return strings.EqualFold(one, key) })
			if known && len(accounts) == 1 && accountNumber.MatchString(accounts[0]) && (g.account == "" || accounts[0] == g.account) {
				return true
			}
		}
	}
	return false
}

// allowsImageLayers reports whether a statement of an S3 endpoint's policy allows the download
// of container image layers.
func (g *Guard) allowsImageLayers(r *resource, s statement) bool {
	resources := texts(s.Resource)
	return r.typ == awstypes.VPCEndpoint && slices.Equal(texts(s.Action), []string{"s3:GetObject"}) && len(resources) == 1 && g.isImageLayers(resources[0])
}

// adminPolicies are AWS managed policies that make a principal an administrator, or let it
// become one.
var adminPolicies = []string{"arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::aws:policy/PowerUserAccess", "arn:aws:iam::aws:policy/IAMFullAccess"}

// rights reports IAM policies that allow every action, or every action of a service, on
// every resource. It skips
// resource-based policies, which grant access to their own resource only.
func (*Guard) rights(r *resource) (list []finding) {
	if awstypes.Service(r.typ) != "iam" {
		return nil
	}
	for _, s := range policies(r) {
		broad := ""
		if s.NotAction != nil {
			broad = "NotAction"
		}
		for _, action := range texts(s.Action) {
			if action == "*" || strings.HasSuffix(action, ":*") {
				broad = "Action " + action
			}
		}
		if s.Effect == "Allow" && broad != "" && slices.Contains(texts(s.Resource), "*") {
			list = append(list, finding{s.path, broad + " on Resource *", "named actions and resources"})
		}
	}
	for _, l := range r.leaves() {
		if policy, ok := l.value.(string); ok && slices.Contains(adminPolicies, policy) {
			list = append(list, finding{l.path, policy, "a policy that grants only the actions needed"})
		}
	}
	return list
}

// Boundary returns the ARN of the permissions boundary of a site's roles. account is the ID
// of the site's AWS account. The script state/setup creates the policy.
func Boundary(account, site string) string {
	return "arn:aws:iam::" + account + ":policy/multisite-boundary-" + site
}

// boundary reports roles and users without the site's permissions boundary.
func (g *Guard) boundary(r *resource) []finding {
	const property = "permissionsBoundary"
	wanted, value := Boundary(g.account, g.site.Name), r.at(property)
	if r.typ != awstypes.Role || !differs(value, wanted) {
		return nil
	}
	return []finding{{property, text(value), "the site's boundary, " + wanted}}
}

// publicPorts are the ports of load balancers. A listener on port 80 redirects to port 443 (rule tls).
var publicPorts = []any{80.0, 443.0}

// ingress reports rules that admit public addresses. Allowed are ports 80 and 443 of the load
// balancers' security group, which is named SITE-network-public.
func (g *Guard) ingress(r *resource) (list []finding) {
	path, entries := securityGroupRules(r, "ingress")
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		isEntry := r.name == g.site.Name+"-network-public" && fields["protocol"] == "tcp" && fields["fromPort"] == fields["toPort"] && slices.Contains(publicPorts, fields["fromPort"])
		for _, block := range cidrBlocks(fields) {
			if isPublic(r, block) && !isEntry {
				list = append(list, finding{path, block, "security groups and private blocks; public blocks only on ports 80 and 443 of the group SITE-network-public"})
			}
		}
	}
	return list
}

// egress reports rules that allow connections to public addresses other than the blocks
// that the configuration lists for the security group.
func (g *Guard) egress(r *resource) (list []finding) {
	path, entries := securityGroupRules(r, "egress")
	for _, entry := range entries {
		fields, _ := entry.(map[string]any)
		for _, block := range cidrBlocks(fields) {
			if isPublic(r, block) && !slices.Contains(g.site.Egress[r.name], block) {
				list = append(list, finding{path, block, "security groups, private blocks, and for workloads the blocks in multisite:network.egress"})
			}
		}
	}
	return list
}

// securityGroupRules returns the rules that a resource declares for a direction, ingress or
// egress, and the path of the property that has them.
func securityGroupRules(r *resource, direction string) (path string, entries []any) {
	switch r.typ {
	case awstypes.SecurityGroup, awstypes.DefaultSecurityGroup:
		return direction + "[]", r.all(direction + "[]")
	}
	return "", nil
}

// cidrBlocks returns the address blocks of a security group rule.
func cidrBlocks(rule map[string]any) (list []string) {
	for _, name := range []string{"cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6"} {
		list = append(list, texts(rule[name])...)
	}
	return list
}

// privateBlocks are address blocks that are not routed on the internet: private addresses (RFC
// 1918, RFC 4193) and the shared address space (RFC 6598).
var privateBlocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("fc00::/7"),
}

// isPublic reports whether an address block in a resource's inputs has public addresses. A block
// of the stack's own networks is private. It returns true for text that is not a block.
func isPublic(r *resource, text string) bool {
	block, err := netip.ParsePrefix(text)
	private := err == nil && slices.ContainsFunc(privateBlocks, func(p netip.Prefix) bool {
		return p.Bits() <= block.Bits() && p.Contains(block.Addr())
	})
	return !private && r.owners[text] == nil
}
