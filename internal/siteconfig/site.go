package siteconfig

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/migration"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// Site is what a stack's configuration says, checked. Of the components' arguments
// it holds those that are a matter of configuration.
type Site struct {
	Name string
	// Provider is what hosts the site, aws or localdc. The fields of the other are zero.
	Provider string
	Region   string
	Local    *Local
	Network  Network
	Services map[string]Service
	Cdn      components.CdnArgs
	Logs     components.LogBucketArgs
	// Migration is what services that move here share.
	Migration migration.Settings
	// AlarmEmails are the addresses that alarms go to.
	AlarmEmails []string
	// Tags go on every resource, beside those that the program sets.
	Tags               map[string]string
	DeletionProtection bool
	// Exceptions are the rules that are broken on purpose, for a time.
	Exceptions []Exception

	// releases are resources beside databases and buckets that may be deleted.
	releases []release
	// recorded are the stack's outputs on markets that move, as its last update left them.
	Recorded map[string]any
}

// release names resources, as TYPE NAME, that a key of the configuration lets go.
type release struct {
	resources []string
	why       string // such as signingKeys.2027.deletion is allowed
}

// Boundary is the ARN of the policy that bounds the roles of a site on AWS.
func (s *Site) Boundary() string { return guardrails.Boundary(s.Logs.AccountID, s.Name) }

// Service is one entry of multisite:services.
type Service struct {
	Markets []string
	// StandIn is the site that serves the markets until this one does; none if empty.
	StandIn  string
	Database *components.DatabaseArgs // none if nil
	Buckets  map[string]components.BucketArgs
	Local    *LocalService // instead of the two above
	// Moves are the markets whose data is on its way here from the origin.
	Moves map[string]migration.Move
	// Origin is where it comes from; nil unless the configuration says.
	Origin *migration.Origin
}

// ResourceName is what the names of a service's resources begin with. Those of a
// local data centre are the site's alone, as their IDs say.
func (s *Site) ResourceName(service string) string {
	if s.Local != nil {
		return service
	}
	return s.Name + "-" + service
}

// reservedTags are the ones that the program sets itself.
var reservedTags = []string{"ManagedBy", "Name", "Project", "Site", "Tier"}

// Load checks a stack's configuration, given as the engine gives it: text by
// qualified key, JSON where a value is structured. It reports all problems at once.
func Load(stack string, raw map[string]string, reg *register.Register) (*Site, error) {
	p := &config.Problems{File: "Pulumi." + stack + ".yaml"}
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
	} else { // or a stack without a site, which is a problem already
		loadAWS(root, site, reg)
	}
	return site, p.Err()
}

// loadAWS loads a site in an AWS region.
func loadAWS(root config.Node, site *Site, reg *register.Register) {
	root.Fields("region", "network", "services", "maintenance", "migration", "cdn", "logs", "alarms", "tags", "deletionProtection", "exceptions")
	site.Region = pinned(root.Field("region"), reg.Sites[site.Name].Region)
	site.Network = loadNetwork(root.Field("network"), site.Name, reg)
	site.Cdn = loadCdn(root.Field("cdn"))
	site.Logs = loadLogs(root.Field("logs"))
	site.AlarmEmails = loadEmails(root.Field("alarms"))
	site.Tags = loadTags(root.Field("tags"))
	loadServices(root.Field("services"), site, reg, loadService)
	loadMaintenance(root.Field("maintenance"), site.Services)
	loadMigration(root.Field("migration"), site)
	site.unprotect()
	site.Cdn.PriceClass = components.PriceClass100
	for _, service := range site.Services {
		for _, code := range service.Markets {
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

// loadTags keeps the names that the program and AWS use themselves.
func loadTags(n config.Node) map[string]string {
	tags := map[string]string{}
	taken := map[string]bool{} // in lower case: to IAM, tags that differ in case alone are the same
	for _, name := range n.Children() {
		if lower := strings.ToLower(name); taken[lower] {
			n.Log.Add(n.Path, name, "each tag once, whatever its letters' case")
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

// larger is the price class with more edge locations.
func larger(a, b components.PriceClass) components.PriceClass {
	return components.PriceClasses[max(slices.Index(components.PriceClasses, a), slices.Index(components.PriceClasses, b))]
}

func loadDeletion(n config.Node) components.BucketDeletion {
	return config.Choice(n, components.NeverDelete, components.BucketDeletions)
}

// Residency returns what the residency rules read of the site.
func (s *Site) Residency() residency.Site {
	hosting := residency.Site{Name: s.Name, Services: map[string]residency.Service{}}
	for name, service := range s.Services {
		hosting.Services[name] = residency.Service{Markets: service.Markets, ResourceName: s.ResourceName(name)}
	}
	return hosting
}

// pinned demands the value that the register has for the site. For a site that
// is not in the register, a problem of its own, it takes any text.
func pinned(n config.Node, registered string) string {
	if registered == "" {
		return n.Text()
	}
	if n.Value != registered {
		n.Problem(registered + ", as in " + register.Path)
	}
	return registered
}
