package siteconfig

import (
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/components/dns"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

const (
	// GlobalFile is the configuration file of the stack global.
	GlobalFile = "Pulumi." + register.GlobalStack + ".yaml"
	// ZoneName is the name of the component of the stack's DNS zone.
	ZoneName = register.GlobalStack + "-zone"
)

// Global is the checked configuration of the stack global.
type Global struct {
	// Domain is the DNS zone of the services' host names.
	Domain string
	// HealthCheckPath is the path that health checks of sites request.
	HealthCheckPath string
	// Origins are the origins' host names by service. They serve the users in mainland China
	// and the markets that have not moved yet.
	Origins map[string]string
	// SigningKeys are the zone's key-signing keys by name.
	SigningKeys map[string]dns.SigningKey
	// Stack has the settings that site stacks have too, such as tags and exceptions.
	Stack *Site
}

// LoadGlobal reads and checks the configuration of the stack global, raw as in Load. The error
// reports all problems at once.
func LoadGlobal(raw map[string]string, reg *register.Register) (*Global, error) {
	p := &config.Problems{File: GlobalFile}
	root := config.Root(raw, p)
	root.Fields("domain", "healthCheckPath", "signingKeys", "origins", "elsewhere", "alarms", "tags", "deletionProtection", "exceptions")
	g := &Global{
		Domain:          root.Field("domain").Match(components.Hostname, "a DNS name such as example.com"),
		HealthCheckPath: root.Field("healthCheckPath").TextOr("/health", components.RequestPath, "a path such as /health, at most 50 characters"),
		Origins:         map[string]string{},
		Stack: &Site{
			Name: register.GlobalStack, Provider: register.ProviderAWS, Region: awstypes.EdgeRegion,
			AlarmEmails:        loadEmails(root.Field("alarms")),
			Tags:               loadTags(root.Field("tags")),
			DeletionProtection: root.Field("deletionProtection").Flag(true),
			Exceptions:         loadExceptions(root.Field("exceptions")),
		},
	}
	g.SigningKeys = loadSigningKeys(root.Field("signingKeys"))
	for name, key := range g.SigningKeys {
		if key.AllowDeletion {
			g.Stack.deletable = append(g.Stack.deletable, deletable{dns.SigningKeyResources(ZoneName, name), "signingKeys." + name + ".deletion is " + deletionAllowed})
		}
	}
	services := ordered.Keys(reg.Services)
	origins := root.Field("origins")
	for _, service := range origins.Fields(services...) {
		g.Origins[service] = reg.Origin.Names(origins.Field(service))
		if strings.HasSuffix("."+g.Origins[service], "."+g.Domain) {
			origins.Field(service).Problem("a DNS name outside of " + g.Domain)
		}
	}
	if elsewhere := root.Field("elsewhere"); elsewhere.Value != nil {
		elsewhere.Problem("none: the site that serves a service for the rest of the world lists " + components.RestOfWorld + " in multisite:services.SERVICE.markets")
	}
	return g, p.Err()
}

// deletionAllowed is the value of deletion for resources that hold no data. As for databases and
// buckets, one update removes the protection, and the next update deletes the resource.
const deletionAllowed = "allowed"

// loadSigningKeys reads the zone's key-signing keys: their names, and which of them may be deleted.
func loadSigningKeys(n config.Node) map[string]dns.SigningKey {
	keys := map[string]dns.SigningKey{}
	for _, name := range n.Children() {
		key := n.Field(name)
		key.Fields("deletion")
		if !dns.SigningKeyName.MatchString(name) {
			n.Log.Add(n.Path, name, "names of 3 to 128 letters, digits and underscores")
		}
		keys[name] = dns.SigningKey{AllowDeletion: key.Field("deletion").OneOf("never", "never", deletionAllowed) == deletionAllowed}
	}
	if n.Value != nil && (len(keys) < 1 || len(keys) > dns.MaxSigningKeys) {
		n.Problem("one key, or two during a replacement")
	}
	return keys
}
