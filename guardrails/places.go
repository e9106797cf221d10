package guardrails

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

var placeRules = []rule{
	{"provider", Residency, (*Guard).providers},
	{"region", Residency, (*Guard).regions},
	{"partition", Residency, (*Guard).partitions},
	{"account", Residency, (*Guard).accounts},
}

// packages are those whose providers the program makes.
var packages = []string{"aws", "localdc", "random"}

const providerPrefix = "pulumi:providers:"

// providers demands that every provider is of the site, and every resource of a
// provider that the stack declares.
func (g *Guard) providers(r *resource) (list []finding) {
	pkg, isProvider := strings.CutPrefix(r.typ, providerPrefix)
	if isProvider {
		if !slices.Contains(packages, pkg) {
			list = append(list, finding{"type", pkg, "a provider of " + strings.Join(packages, ", ")})
		}
		if region := r.at("region"); pkg == "aws" && wrong(region, g.site.Region) && region != g.site.EdgeRegion {
			list = append(list, finding{"region", text(region), g.site.Region + ", or " + g.site.EdgeRegion + " for the CDN"})
		}
		if site := r.at("site"); pkg == "localdc" && wrong(site, g.site.Name) {
			list = append(list, finding{"site", text(site), g.site.Name})
		}
		return list
	}
	if r.custom && g.known[r.provider] == nil {
		list = append(list, finding{"provider", r.provider, "a provider that the program declares, by the parent or by name"})
	}
	return list
}

// region is where a resource's provider is.
func (g *Guard) region(r *resource) string {
	if provider := g.known[r.provider]; provider != nil {
		region, _ := provider.at("region").(string)
		return region
	}
	return ""
}

// regions keeps the edge's region to what belongs there.
func (g *Guard) regions(r *resource) []finding {
	if region := g.region(r); region == g.site.EdgeRegion && region != g.site.Region && region != "" && !awstypes.EdgeRegion(r.typ) {
		return []finding{{"provider", region, g.site.Region + "; " + region + " is for the CDN and what it is run with"}}
	}
	return nil
}

// foreignPartition is AWS in China, or any other than the public one.
var foreignPartition = regexp.MustCompile(`\barn:aws-[a-z-]+|\bcn-[a-z]+-\d\b|\.amazonaws\.com\.cn\b`)

func (*Guard) partitions(r *resource) (list []finding) {
	for _, l := range r.leaves() {
		if s, ok := l.value.(string); ok {
			for _, found := range unique(foreignPartition.FindAllString(s, -1)) {
				list = append(list, finding{l.path, found, "the partition aws; nothing lies in China"})
			}
		}
	}
	return list
}

// arn takes apart the ARNs in a text: partition, service, region, account.
var arn = regexp.MustCompile(`arn:aws:([a-z0-9-]*):([a-z0-9-]*):([a-z0-9]*):`)

var accountNumber = regexp.MustCompile(`^\d{12}$`)

// accounts demands the site's account wherever one is named.
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
		for _, id := range unique(found) {
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

func unique(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// place names a region for a report.
func (g *Guard) place(region string) string {
	if site := g.site.Places[region]; site != "" {
		return fmt.Sprintf("%s (%s)", region, site)
	}
	return region
}
