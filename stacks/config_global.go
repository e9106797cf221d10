package stacks

import (
	"strings"

	"multisite/components"
)

const (
	// GlobalFile is its configuration.
	GlobalFile = "Pulumi." + GlobalStack + ".yaml"

	zoneName = GlobalStack + "-zone"
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
func LoadGlobal(config map[string]string, register *Register) (*Global, error) {
	p := &Problems{File: GlobalFile}
	root := rootNode(config, p)
	root.fields("domain", "healthCheckPath", "signingKeys", "origins", "elsewhere", "alarms", "tags", "deletionProtection", "exceptions")
	g := &Global{
		Domain:          root.field("domain").match(components.Hostname, "a DNS name such as example.com"),
		HealthCheckPath: root.field("healthCheckPath").textOr("/health", components.HealthPath, "a path such as /health"),
		Origins:         map[string]string{},
		Elsewhere:       map[string]string{},
		Stack: &Site{
			Name: GlobalStack, Provider: providerAWS, Region: edgeRegion,
			AlarmEmails:        loadEmails(root.field("alarms")),
			Tags:               loadTags(root.field("tags")),
			DeletionProtection: root.field("deletionProtection").flag(true),
			Exceptions:         loadExceptions(root.field("exceptions")),
		},
	}
	g.SigningKeys = loadSigningKeys(root.field("signingKeys"))
	for name, key := range g.SigningKeys {
		if key.AllowDeletion {
			g.Stack.releases = append(g.Stack.releases, release{components.SigningKeyResources(zoneName, name), "signingKeys." + name + ".deletion is " + deletionAllowed})
		}
	}
	services := names(register.Services)
	origins, elsewhere := root.field("origins"), root.field("elsewhere")
	for _, service := range origins.fields(services...) {
		g.Origins[service] = origins.field(service).match(components.Hostname, "a DNS name such as shop.example.com")
		if strings.HasSuffix("."+g.Origins[service], "."+g.Domain) {
			origins.field(service).problem("a DNS name outside of " + g.Domain)
		}
	}
	for _, service := range elsewhere.fields(services...) {
		g.Elsewhere[service] = elsewhere.field(service).oneOf("", names(register.Sites)...)
	}
	return g, p.Err()
}

// deletionAllowed lets go of what holds no data, in the two steps that databases and
// buckets take: the protection is lifted by an update, and the next one deletes.
const deletionAllowed = "allowed"

// loadSigningKeys loads the names of the zone's key-signing keys, and which may go.
func loadSigningKeys(n node) map[string]components.SigningKey {
	keys := map[string]components.SigningKey{}
	for _, name := range n.children() {
		key := n.field(name)
		key.fields("deletion")
		if !components.SigningKeyName.MatchString(name) {
			n.log.add(n.path, name, "names of 3 to 128 letters, digits and underscores")
		}
		keys[name] = components.SigningKey{AllowDeletion: key.field("deletion").oneOf("never", "never", deletionAllowed) == deletionAllowed}
	}
	if n.value != nil && (len(keys) < 1 || len(keys) > components.MaxSigningKeys) {
		n.problem("one key, or two while one replaces the other")
	}
	return keys
}

// edgeRegion is where CloudFront is run from, whatever the site's region.
const edgeRegion = "us-east-1"
