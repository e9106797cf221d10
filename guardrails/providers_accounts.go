package guardrails

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

var locationRules = []rule{
	{"provider", diagnostic.Residency, (*Guard).providers},
	{"region", diagnostic.Residency, (*Guard).regions},
	{"partition", diagnostic.Residency, (*Guard).partitions},
	{"account", diagnostic.Residency, (*Guard).accounts},
}

// providerPackages are the packages whose providers a stack may declare.
var providerPackages = []string{"aws", "localdc", "random"}

const providerPrefix = "pulumi:providers:"

// providers reports providers for another site, and resources without a provider that the
// stack declares.
func (g *Guard) providers(r *resource) (list []finding) {
	pkg, isProvider := strings.CutPrefix(r.typ, providerPrefix)
	isAWS := awstypes.Service(r.typ) != "" && r.typ != awstypes.Parameter
	if ofLocal := strings.HasPrefix(r.typ, "localdc:") || pkg == "localdc"; ofLocal && !g.isLocal() || isAWS && g.isLocal() {
		list = append(list, finding{"type", r.typ, "resources of AWS at a site on AWS; at a local data centre its own resources, and the parameter with the site's status"})
	}
	if isProvider {
		if !slices.Contains(providerPackages, pkg) {
			list = append(list, finding{"type", pkg, "a provider of the packages " + strings.Join(providerPackages, ", ")})
		}
		if region := r.at("region"); pkg == "aws" && (region == "" || differs(region, g.site.Region)) && region != g.site.EdgeRegion {
			list = append(list, finding{"region", text(region), g.site.Region + ", or " + g.site.EdgeRegion + " for the CDN"})
		}
		if region := r.at("stsRegion"); pkg == "aws" && region != nil && differs(region, g.site.Region) {
			list = append(list, finding{"stsRegion", text(region), g.site.Region})
		}
		if site := r.at("site"); pkg == "localdc" && differs(site, g.site.Name) {
			list = append(list, finding{"site", text(site), g.site.Name})
		}
		return list
	}
	if r.custom && g.resources[r.provider] == nil {
		list = append(list, finding{"provider", displayName(urn.URN(r.provider)), "a provider that the program declares, given as an option or inherited from the parent"})
	}
	return list
}

// isLocal reports whether the site is a local data centre.
func (g *Guard) isLocal() bool { return g.site.Region == "" }

// region returns the region of a resource's provider; empty if it is not known.
func (g *Guard) region(r *resource) string {
	if provider := g.resources[r.provider]; provider != nil {
		region, _ := provider.at("region").(string)
		return region
	}
	return ""
}

// regions reports resources in the edge region that AWS does not require there, unless the site is
// there. The stack global is no site.
func (g *Guard) regions(r *resource) []finding {
	if region := g.region(r); region == g.site.EdgeRegion && g.site.Places[region] != g.site.Name && region != "" && !awstypes.Of(r.typ).EdgeRegion {
		return []finding{{"provider", region, g.site.Region + "; " + region + " is only for the CDN, DNS and the resources that they need"}}
	}
	return nil
}

// foreignPartition matches names in every AWS partition but aws, such as aws-cn, which is China.
var foreignPartition = regexp.MustCompile(`\barn:aws-[a-z-]+|\bcn-[a-z]+-\d\b|\.amazonaws\.com\.cn\b`)

// partitions reports names in another partition than aws.
func (*Guard) partitions(r *resource) (list []finding) {
	for _, l := range r.leaves() {
		if s, ok := l.value.(string); ok {
			for _, found := range ordered.Unique(foreignPartition.FindAllString(s, -1)) {
				list = append(list, finding{l.path, found, "the partition aws, which has no regions in mainland China"})
			}
		}
	}
	return list
}

// arn matches the beginning of an ARN; its submatches are service, region and account.
var arn = regexp.MustCompile(`arn:aws:([a-z0-9-]*):([a-z0-9-]*):([a-z0-9]*):`)

var accountNumber = regexp.MustCompile(`^\d{12}$`)

// accounts reports references to another AWS account than the site's.
func (g *Guard) accounts(r *resource) (list []finding) {
	for _, l := range r.leaves() {
		s, ok := l.value.(string)
		if !ok || g.account == "" {
			continue
		}
		var found []string
		for _, match := range arn.FindAllStringSubmatch(s, -1) {
			found = append(found, match[3])
		}
		if strings.HasSuffix(strings.ToLower(l.name), "account") || strings.HasSuffix(l.name, "OwnerId") || strings.HasSuffix(l.name, "AccountId") {
			found = append(found, s)
		}
		for _, id := range ordered.Unique(found) {
			if accountNumber.MatchString(id) && id != g.account {
				list = append(list, finding{l.path, id, "the site's account, " + g.account})
			}
		}
	}
	for _, s := range policies(r) {
		for _, principal := range s.principals() {
			if accountNumber.MatchString(principal) && principal != g.account && g.account != "" {
				list = append(list, finding{s.path, "the principal " + principal, "the site's account, " + g.account})
			}
		}
	}
	return list
}

// regionLabel returns a region and, in parentheses, the site in it.
func (g *Guard) regionLabel(region string) string {
	if site := g.site.Places[region]; site != "" {
		return fmt.Sprintf("%s (%s)", region, site)
	}
	return region
}
