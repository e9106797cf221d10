package stacks

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
	"multisite/guardrails"
)

// LossRule is the one that `make check` has beside the guardrails: a stack loses
// no region, key or protection. Its resources are keys of the configuration.
const LossRule = "loss"

// Exception is a rule that is broken on purpose, for a time.
type Exception = guardrails.Exception

// loadExceptions keeps ones that have ended: who needs them finds out.
func loadExceptions(n node) (list []Exception) {
	for _, entry := range n.elements() {
		entry.fields("rule", "resource", "reason", "until")
		until := entry.field("until").match(day, "a day such as 2026-01-31")
		if _, err := time.Parse(time.DateOnly, until); err != nil && day.MatchString(until) {
			entry.field("until").problem("a day such as 2026-01-31")
		}
		list = append(list, Exception{
			Rule:     entry.field("rule").oneOf("", append(guardrails.Rules(), LossRule, PhaseRule)...),
			Resource: entry.field("resource").match(oneLine, "TYPE NAME, as the report of the rule has it"),
			Reason:   entry.field("reason").match(oneLine, "why, in one line"),
			Until:    until,
		})
		if entry.field("rule").value == nil {
			entry.field("rule").problem("the name of a rule, as its report has it")
		}
	}
	return list
}

// guard watches what the program makes of a site.
func guard(ctx *pulumi.Context, site *Site, placement *Placement, last map[string]any) (*guardrails.Guard, error) {
	hosting := site.Residency()
	places := map[string]string{}
	for name, entry := range placement.Register.Sites {
		if entry.Region != "" { // local sites have none
			places[entry.Region] = name
		}
	}
	return guardrails.Watch(ctx, guardrails.Site{
		Name: site.Name, Region: site.Region, EdgeRegion: edgeRegion, Places: places,
		Tags:   requiredTags(ctx, site),
		Refuse: func(resource, from, to string) string { return placement.Refuse(hosting, resource, from, to) },
		Lifted: site.lifted(),
		Origin: site.opened(),
		Egress: site.egress(),
		Last:   last,
		Exceptions: slices.DeleteFunc(slices.Clone(site.Exceptions), func(e Exception) bool {
			return e.Rule == LossRule || e.Rule == PhaseRule
		}),
		Today: time.Now(),
	})
}

// egress are the blocks that the configuration lets workloads connect to, and the
// replication instance, by the names of their security groups.
func (s *Site) egress() map[string][]string {
	blocks := map[string][]string{s.replicationName(): s.Migration.Replication.OriginCidrBlocks}
	for _, egress := range s.Network.Egress {
		workloads := s.Name + "-network-private"
		blocks[workloads] = append(blocks[workloads], egress.To)
	}
	return blocks
}

// requiredTags are those that the program sets itself, and the configuration's.
func requiredTags(ctx *pulumi.Context, site *Site) map[string]string {
	tags := maps.Clone(site.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags["Project"], tags["Site"], tags["ManagedBy"] = ctx.Project(), site.Name, "pulumi"
	return tags
}

// lifted are the names of what the configuration lets go, with what it says.
func (s *Site) lifted() map[string]string {
	if !s.DeletionProtection {
		return map[string]string{"": namespace + "deletionProtection is false"}
	}
	lifted := map[string]string{}
	lift := func(name, key string, deletion components.BucketDeletion) {
		if deletion.Allowed() {
			lifted[name] = namespace + key + ".deletion is " + string(deletion)
		}
	}
	lift(s.Name+"-cdn-origin", "cdn", s.Cdn.Deletion)
	lift(components.LogBucketPrefix+s.Name, "logs", s.Logs.Deletion)
	for _, r := range s.releases {
		for _, resource := range r.resources {
			lifted[resource] = namespace + r.why
		}
	}
	for name, service := range s.Services {
		key := "services." + name
		if database := service.Database; database != nil && database.AllowDeletion {
			for n := range database.ReadReplicas + 1 {
				server := s.ResourceName(name)
				if n > 0 {
					server = fmt.Sprintf("%s-replica-%d", server, n)
				}
				lifted[server] = namespace + key + ".database.deletion is with-snapshot"
			}
		}
		for bucket, args := range service.Buckets {
			lift(s.ResourceName(name)+"-"+bucket, key+".buckets."+bucket, args.Deletion)
		}
	}
	return lifted
}
