// Package siteconfig reads and checks the configuration of the project's stacks
// (Pulumi.SITE.yaml and Pulumi.global.yaml) against the register, the residency rules and one
// another. From the configuration it derives the homes of markets, their routes, the resources
// that may be deleted, and the steps between phases of moves. It creates no resources and calls
// no cloud.
package siteconfig

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// Site is the checked configuration of a site's stack. It has the components' arguments that the
// configuration sets; the program adds the others.
type Site struct {
	// Name is the name of the site and of its stack.
	Name string
	// Provider is aws or localdc. Fields of the other provider are zero.
	Provider string
	// Region is the AWS region; empty for a local site.
	Region string
	// Local describes a local site; nil for an AWS site.
	Local    *Local
	Network  Network
	Services map[string]Service
	Cdn      components.CdnArgs
	// Entry are the settings of the load balancer of an AWS site.
	Entry components.EntryArgs
	// Domain is the domain of the services' names, and HealthPath the path that health checks
	// of services request, both as in Pulumi.global.yaml. LoadAll sets them; they are empty if
	// the project has no such file.
	Domain, HealthPath string
	Logs               components.LogBucketArgs
	// Migration are the settings that all services that move to the site share.
	Migration phases.Settings
	// AlarmEmails are the addresses that receive alarms.
	AlarmEmails []string
	// Tags are the tags of every resource, in addition to the tags that the program sets.
	Tags               map[string]string
	DeletionProtection bool
	// Exceptions are the exceptions from rules, including expired exceptions.
	Exceptions []Exception
	// Recorded are the stack's outputs on the phases of markets after its last update
	// (RestoreMoves).
	Recorded map[string]any

	// deletable are resources that may be deleted, except for databases and buckets, whose
	// arguments state it.
	deletable []deletable
}

// deletable lists resources whose deletion a key of the configuration allows.
type deletable struct {
	resources []string // as TYPE NAME
	reason    string   // such as signingKeys.2027.deletion is allowed
}

// Service is the configuration of one service of a site, an entry of multisite:services.
type Service struct {
	// Markets are the markets whose home the site is, or for which it stands in.
	Markets []string
	// PublicMarkets are the markets that get the service's public content alone.
	PublicMarkets []string
	// StandIn is the site that serves the markets until this site does; empty if there is none.
	StandIn string
	// Database is nil if the service has no database. Database and Buckets are for AWS sites.
	Database *components.DatabaseArgs
	Buckets  map[string]components.BucketArgs
	// Entry is how the load balancer of the site reaches the workloads of the service. Its host
	// names are empty: see Hostnames.
	Entry components.EntryService
	// Local replaces Database and Buckets at a local site.
	Local *LocalService
	// Moves are the moves of markets from the origin to this site, by market.
	Moves map[string]phases.Move
	// Origin is the source of the moving data; nil if the configuration has none.
	Origin *phases.Origin
}

// Load reads and checks the configuration of a site's stack. The raw configuration has text by
// qualified key, and JSON where a value is structured, as the Pulumi engine passes it to the
// program. The error reports all problems at once.
func Load(stack string, raw map[string]string, rules *residency.Rules) (*Site, error) {
	reg := rules.Register
	p := &config.Problems{File: config.StackFile(stack)}
	entry, known := reg.Sites[stack]
	if !known {
		p.Add("the stack's name", stack, "a site of register/register.yaml: "+strings.Join(ordered.Keys(reg.Sites), ", "))
	}
	root := config.Root(raw, p)
	site := &Site{
		Name: stack, Provider: entry.Provider, Services: map[string]Service{},
		DeletionProtection: root.Field("deletionProtection").Flag(true),
		Exceptions:         loadExceptions(root.Field("exceptions")),
	}
	if site.Provider == register.ProviderLocal {
		loadLocal(root, site, reg)
	} else { // also for a stack without a site, which is reported above
		loadAWS(root, site, rules)
	}
	return site, p.Err()
}

// Boundary returns the ARN of the permissions boundary of the site's roles, for an AWS site.
func (s *Site) Boundary() string { return guardrails.Boundary(s.Logs.AccountID, s.Name) }

// ResourceName returns the name with which the names of a service's resources begin:
// SITE-SERVICE for an AWS site. At a local site it is SERVICE, since the IDs of local resources
// contain the site.
func (s *Site) ResourceName(service string) string {
	if s.IsLocal() {
		return service
	}
	return s.Name + "-" + service
}

// Residency returns the part of the configuration that the residency rules read.
func (s *Site) Residency() residency.Site {
	hosting := residency.Site{Name: s.Name, Services: map[string]residency.Service{}, Public: []string{s.Name + "-cdn", s.Name + "-cdn-origin"}}
	if s.IsLocal() {
		hosting.Public = []string{"content"}
	}
	for name, service := range s.Services {
		database := s.ResourceName(name)
		resources := map[string]string{database: ""}
		for n := range bounds.MaxReadReplicas {
			resources[fmt.Sprintf("%s-replica-%d", database, n+1)] = ""
		}
		buckets := ordered.Keys(service.Buckets)
		if service.Local != nil {
			buckets = ordered.Keys(service.Local.Buckets)
		}
		for _, bucket := range buckets {
			resources[database+"-"+bucket] = bucket
		}
		hosting.Services[name] = residency.Service{Markets: service.Markets, Resources: resources}
	}
	return hosting
}

// serves reports whether a site lists a market for a service.
func (s *Site) serves(service, market string) bool {
	return slices.Contains(s.Services[service].Markets, market)
}

// loadAWS reads the configuration of an AWS site.
func loadAWS(root config.Node, site *Site, rules *residency.Rules) {
	reg := rules.Register
	root.Fields("region", "network", "services", "entry", "maintenance", "migration", "cdn", "logs", "alarms", "tags", "deletionProtection", "exceptions")
	site.Region = pinned(root.Field("region"), reg.Sites[site.Name].Region)
	site.Network = loadNetwork(root.Field("network"), site.Name, reg)
	site.Cdn = loadCdn(root.Field("cdn"))
	site.Entry = loadEntry(root.Field("entry"))
	site.Logs = loadLogs(root.Field("logs"))
	site.AlarmEmails = loadEmails(root.Field("alarms"))
	site.Tags = loadTags(root.Field("tags"))
	loadServices(root.Field("services"), site, reg, loadService)
	loadMaintenance(root.Field("maintenance"), site.Services)
	loadMigration(root.Field("migration"), site, rules)
	site.applyDeletionProtection()
	site.Cdn.PriceClass = components.PriceClass100
	for _, service := range site.Services {
		for _, code := range slices.Concat(service.Markets, service.PublicMarkets) {
			site.Cdn.PriceClass = larger(site.Cdn.PriceClass, reg.Markets[code].PriceClass)
		}
	}
}

func loadLogs(n config.Node) components.LogBucketArgs {
	n.Fields("retentionDays", "deletion")
	retention := n.Field("retentionDays")
	days := retention.NumberOr(components.DefaultLogRetention, 1, slices.Max(components.LogRetentions))
	if days > 0 && !slices.Contains(components.LogRetentions, days) {
		retention.Problem(fmt.Sprintf("one of %d", components.LogRetentions))
	}
	return components.LogBucketArgs{RetentionDays: days, Deletion: loadDeletion(n.Field("deletion"))}
}

func loadEmails(n config.Node) []string {
	n.Fields("emails")
	if emails := n.Field("emails"); emails.Value != nil {
		return emails.Names(1, components.Email)
	}
	return nil
}

// reservedTags are the tags that the program sets.
var reservedTags = []string{"ManagedBy", "Name", "Project", "Site", "Tier"}

// loadTags reads tags, and reports names that the program or AWS reserves.
func loadTags(n config.Node) map[string]string {
	tags := map[string]string{}
	taken := map[string]bool{} // in lower case, since IAM ignores the case of tag names
	for _, name := range n.Children() {
		if lower := strings.ToLower(name); taken[lower] {
			n.Log.Add(n.Path, name, "each tag once, ignoring case")
		} else {
			taken[lower] = true
		}
		if slices.ContainsFunc(reservedTags, func(reserved string) bool { return strings.EqualFold(reserved, name) }) || strings.HasPrefix(strings.ToLower(name), "aws:") {
			n.Log.Add(n.Path, name, "tags other than aws:* and "+strings.Join(reservedTags, ", ")+", which the program sets")
		}
		tags[name] = n.Field(name).Text()
	}
	return tags
}

// larger returns the price class with more edge locations.
func larger(a, b components.PriceClass) components.PriceClass {
	return components.PriceClasses[max(slices.Index(components.PriceClasses, a), slices.Index(components.PriceClasses, b))]
}

func loadDeletion(n config.Node) components.BucketDeletion {
	return config.Choice(n, components.NeverDelete, components.BucketDeletions)
}

// pinned requires the value that the register has for the site. It accepts any text for a site
// that the register does not have, which Load reports.
func pinned(n config.Node, registered string) string {
	if registered == "" {
		return n.Text()
	}
	if n.Value != registered {
		n.Problem(registered + ", as in " + register.Path)
	}
	return registered
}
