package stacks

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"multisite/components"
	"multisite/guardrails"
)

// namespace is that of the project's own keys.
const namespace = "multisite:"

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
	Migration Migration
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
	recorded map[string]any
}

// release names resources, as TYPE NAME, that a key of the configuration lets go.
type release struct {
	resources []string
	why       string // such as signingKeys.2027.deletion is allowed
}

// boundary is the ARN of the policy that bounds the roles of a site on AWS.
func (s *Site) boundary() string { return guardrails.Boundary(s.Logs.AccountID, s.Name) }

// Service is one entry of multisite:services.
type Service struct {
	Markets []string
	// StandIn is the site that serves the markets until this one does; none if empty.
	StandIn  string
	Database *components.DatabaseArgs // none if nil
	Buckets  map[string]components.BucketArgs
	Local    *LocalService // instead of the two above
	// Moves are the markets whose data is on its way here from the origin.
	Moves map[string]Move
	// Origin is where it comes from; nil unless the configuration says.
	Origin *ServiceOrigin
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

// LoadSite checks a stack's configuration, given as the engine gives it: text by
// qualified key, JSON where a value is structured. It reports all problems at once.
func LoadSite(stack string, config map[string]string, register *Register) (*Site, error) {
	p := &Problems{File: "Pulumi." + stack + ".yaml"}
	entry, known := register.Sites[stack]
	if !known {
		p.add("the stack's name", stack, "a site of stacks/register.yaml: "+strings.Join(names(register.Sites), ", "))
	}
	root := rootNode(config, p)
	site := &Site{
		Name: stack, Provider: entry.Provider, Services: map[string]Service{},
		DeletionProtection: root.field("deletionProtection").flag(true),
		Exceptions:         loadExceptions(root.field("exceptions")),
	}
	if site.Provider == providerLocal {
		loadLocal(root, site, register)
	} else { // or a stack without a site, which is a problem already
		loadAWS(root, site, register)
	}
	return site, p.Err()
}

// loadAWS loads a site in an AWS region.
func loadAWS(root node, site *Site, register *Register) {
	root.fields("region", "network", "services", "maintenance", "migration", "cdn", "logs", "alarms", "tags", "deletionProtection", "exceptions")
	site.Region = pinned(root.field("region"), register.Sites[site.Name].Region)
	site.Network = loadNetwork(root.field("network"), site.Name, register)
	site.Cdn = loadCdn(root.field("cdn"))
	site.Logs = loadLogs(root.field("logs"))
	site.AlarmEmails = loadEmails(root.field("alarms"))
	site.Tags = loadTags(root.field("tags"))
	loadServices(root.field("services"), site, register, loadService)
	loadMaintenance(root.field("maintenance"), site.Services)
	loadMigration(root.field("migration"), site)
	site.liftProtection()
	site.Cdn.PriceClass = components.PriceClass100
	for _, service := range site.Services {
		for _, code := range service.Markets {
			site.Cdn.PriceClass = larger(site.Cdn.PriceClass, register.Markets[code].PriceClass)
		}
	}
}

// liftProtection lets everything go where the site as a whole may, except for
// objects: dropping those has to be said of each bucket.
func (s *Site) liftProtection() {
	if s.DeletionProtection {
		return
	}
	lift := func(deletion *components.BucketDeletion) {
		if *deletion == components.NeverDelete {
			*deletion = components.DeleteWhenEmpty
		}
	}
	lift(&s.Cdn.Deletion)
	lift(&s.Logs.Deletion)
	for _, service := range s.Services {
		if service.Database != nil {
			service.Database.AllowDeletion = true
		}
		for name, bucket := range service.Buckets {
			lift(&bucket.Deletion)
			service.Buckets[name] = bucket
		}
	}
}

func loadLogs(n node) components.LogBucketArgs {
	n.fields("retentionDays", "deletion")
	retention := n.field("retentionDays")
	days := retention.numberOr(components.DefaultLogRetention, 1, slices.Max(components.LogRetentions))
	if days > 0 && !slices.Contains(components.LogRetentions, days) {
		retention.problem(fmt.Sprintf("one of %d", components.LogRetentions))
	}
	return components.LogBucketArgs{RetentionDays: days, Deletion: loadDeletion(n.field("deletion"))}
}

func loadEmails(n node) []string {
	n.fields("emails")
	if emails := n.field("emails"); emails.value != nil {
		return emails.names(1, components.Email)
	}
	return nil
}

// loadTags keeps the names that the program and AWS use themselves.
func loadTags(n node) map[string]string {
	tags := map[string]string{}
	taken := map[string]bool{} // in lower case: to IAM, tags that differ in case alone are the same
	for _, name := range n.children() {
		if lower := strings.ToLower(name); taken[lower] {
			n.log.add(n.path, name, "each tag once, whatever its letters' case")
		} else {
			taken[lower] = true
		}
		if slices.ContainsFunc(reservedTags, func(reserved string) bool { return strings.EqualFold(reserved, name) }) || strings.HasPrefix(strings.ToLower(name), "aws:") {
			n.log.add(n.path, name, "tags other than aws:* and "+strings.Join(reservedTags, ", ")+", which the program sets")
		}
		tags[name] = n.field(name).text()
	}
	return tags
}

// larger is the price class with more edge locations.
func larger(a, b components.PriceClass) components.PriceClass {
	return components.PriceClasses[max(slices.Index(components.PriceClasses, a), slices.Index(components.PriceClasses, b))]
}

func texts[T ~string](values []T) []string {
	converted := make([]string, len(values))
	for i, value := range values {
		converted[i] = string(value)
	}
	return converted
}

// choice demands one of an enumeration's values; absent means the fallback.
func choice[T ~string](n node, fallback T, allowed []T) T {
	return T(n.oneOf(string(fallback), texts(allowed)...))
}

func loadDeletion(n node) components.BucketDeletion {
	return choice(n, components.NeverDelete, components.BucketDeletions)
}

// rootNode parses the raw configuration. Keys of other namespaces would have no effect.
func rootNode(config map[string]string, p *Problems) node {
	values := map[string]any{}
	for _, key := range names(config) {
		name, own := strings.CutPrefix(key, namespace)
		switch {
		case own:
			var value any = config[key]
			_ = json.Unmarshal([]byte(config[key]), &value) // text stays text
			values[name] = value
		case !strings.HasPrefix(key, "pulumi:"):
			p.add(key, config[key], fmt.Sprintf("keys that begin with %s; providers are set up by the program alone", namespace))
		}
	}
	return node{path: strings.TrimSuffix(namespace, ":"), value: values, log: p}
}

// Residency returns what the residency rules read of the site.
func (s *Site) Residency() HostingSite {
	hosting := HostingSite{Name: s.Name, Services: map[string]HostedService{}}
	for name, service := range s.Services {
		hosting.Services[name] = HostedService{service.Markets, s.ResourceName(name)}
	}
	return hosting
}

// pinned demands the value that the register has for the site. For a site that
// is not in the register, a problem of its own, it takes any text.
func pinned(n node, registered string) string {
	if registered == "" {
		return n.text()
	}
	if n.value != registered {
		n.problem(registered + ", as in " + registerPath)
	}
	return registered
}
