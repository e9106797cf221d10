package siteconfig

import (
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

const (
	// GlobalFile is its configuration.
	GlobalFile = "Pulumi." + register.GlobalStack + ".yaml"

	ZoneName = register.GlobalStack + "-zone"
)

// Global is what the configuration of the global stack says, checked.
type Global struct {
	// Domain is the zone that the services' names are in.
	Domain string
	// HealthCheckPath is what health checks ask sites for.
	HealthCheckPath string
	// Origins are, by service, where its users in mainland China are sent, and those of
	// markets that have not moved yet.
	Origins map[string]string
	// Elsewhere are, by service, the sites for users of no market.
	Elsewhere map[string]string
	// SigningKeys are the zone's key-signing keys by name.
	SigningKeys map[string]components.SigningKey
	// Stack has what the stack has in common with a site's.
	Stack *Site
}

// LoadGlobal checks the configuration of the global stack. It reports all problems at once.
func LoadGlobal(raw map[string]string, reg *register.Register) (*Global, error) {
	p := &config.Problems{File: GlobalFile}
	root := config.Root(raw, p)
	root.Fields("domain", "healthCheckPath", "signingKeys", "origins", "elsewhere", "alarms", "tags", "deletionProtection", "exceptions")
	g := &Global{
		Domain:          root.Field("domain").Match(components.Hostname, "a DNS name such as example.com"),
		HealthCheckPath: root.Field("healthCheckPath").TextOr("/health", components.HealthPath, "a path such as /health"),
		Origins:         map[string]string{},
		Elsewhere:       map[string]string{},
		Stack: &Site{
			Name: register.GlobalStack, Provider: register.ProviderAWS, Region: EdgeRegion,
			AlarmEmails:        loadEmails(root.Field("alarms")),
			Tags:               loadTags(root.Field("tags")),
			DeletionProtection: root.Field("deletionProtection").Flag(true),
			Exceptions:         loadExceptions(root.Field("exceptions")),
		},
	}
	g.SigningKeys = loadSigningKeys(root.Field("signingKeys"))
	for name, key := range g.SigningKeys {
		if key.AllowDeletion {
			g.Stack.releases = append(g.Stack.releases, release{components.SigningKeyResources(ZoneName, name), "signingKeys." + name + ".deletion is " + deletionAllowed})
		}
	}
	services := ordered.Keys(reg.Services)
	origins, elsewhere := root.Field("origins"), root.Field("elsewhere")
	for _, service := range origins.Fields(services...) {
		g.Origins[service] = origins.Field(service).Match(components.Hostname, "a DNS name such as shop.example.com")
		if strings.HasSuffix("."+g.Origins[service], "."+g.Domain) {
			origins.Field(service).Problem("a DNS name outside of " + g.Domain)
		}
	}
	for _, service := range elsewhere.Fields(services...) {
		g.Elsewhere[service] = elsewhere.Field(service).OneOf("", ordered.Keys(reg.Sites)...)
	}
	return g, p.Err()
}

// deletionAllowed lets go of what holds no data, in the two steps that databases and
// buckets take: the protection is lifted by an update, and the next one deletes.
const deletionAllowed = "allowed"

// loadSigningKeys loads the names of the zone's key-signing keys, and which may go.
func loadSigningKeys(n config.Node) map[string]components.SigningKey {
	keys := map[string]components.SigningKey{}
	for _, name := range n.Children() {
		key := n.Field(name)
		key.Fields("deletion")
		if !components.SigningKeyName.MatchString(name) {
			n.Log.Add(n.Path, name, "names of 3 to 128 letters, digits and underscores")
		}
		keys[name] = components.SigningKey{AllowDeletion: key.Field("deletion").OneOf("never", "never", deletionAllowed) == deletionAllowed}
	}
	if n.Value != nil && (len(keys) < 1 || len(keys) > components.MaxSigningKeys) {
		n.Problem("one key, or two while one replaces the other")
	}
	return keys
}

// EdgeRegion is where CloudFront is run from, whatever the site's region.
const EdgeRegion = "us-east-1"
