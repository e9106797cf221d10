package stacks

import (
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/migration"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/residency"
)

// guard watches what the program makes of a site.
func guard(ctx *pulumi.Context, site *siteconfig.Site, rules *residency.Rules, last map[string]any) (*guardrails.Guard, error) {
	hosting := site.Residency()
	places := map[string]string{}
	for name, entry := range rules.Register.Sites {
		if entry.Region != "" { // local sites have none
			places[entry.Region] = name
		}
	}
	return guardrails.Watch(ctx, guardrails.Site{
		Name: site.Name, Region: site.Region, EdgeRegion: siteconfig.EdgeRegion, Places: places,
		Tags:      requiredTags(ctx, site),
		Refuse:    func(resource, from, to string) string { return rules.Refuse(hosting, resource, from, to) },
		Deletable: site.Deletable(),
		Origin:    site.OriginAccess(),
		Egress:    site.Egress(),
		Last:      last,
		Exceptions: slices.DeleteFunc(slices.Clone(site.Exceptions), func(e siteconfig.Exception) bool {
			return e.Rule == siteconfig.LossRule || e.Rule == migration.PhaseRule
		}),
		Today: time.Now(),
	})
}

// requiredTags are those that the program sets itself, and the configuration's.
func requiredTags(ctx *pulumi.Context, site *siteconfig.Site) map[string]string {
	tags := maps.Clone(site.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags["Project"], tags["Site"], tags["ManagedBy"] = ctx.Project(), site.Name, "pulumi"
	return tags
}
