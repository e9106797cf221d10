package guardrails

import (
	"encoding/json"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

var originRules = []rule{{"origin", diagnostic.Residency, (*Guard).origin}, {"origin", diagnostic.Residency, (*Guard).copies}}

// hasOriginAccess reports whether Site.Origin allows a resource to connect to the origin.
func (g *Guard) hasOriginAccess(name string) bool {
	for prefix, reason := range g.site.Origin {
		if reason != "" && (name == prefix || strings.HasPrefix(name, prefix+"-")) {
			return true
		}
	}
	return false
}

// origin reports resources of DMS and DataSync that connect to a host other than a database
// of this stack, unless Site.Origin allows it. A DMS endpoint reads its host from a secret, so
// origin also checks the host in every secret.
func (g *Guard) origin(r *resource) (list []finding) {
	if service := awstypes.Service(r.typ); service == "dms" || service == "datasync" {
		for _, l := range r.leaves() {
			if host, known := l.value.(string); known && (l.name == "serverName" || l.name == "serverHostname") {
				list = append(list, g.checkHost(r, l.path, host)...)
			}
		}
	}
	switch r.typ {
	case awstypes.DMSEndpoint:
		list = append(list, g.checkSecret(r)...)
	case awstypes.SecretVersion:
		for _, host := range secretHosts(r) {
			list = append(list, g.checkHost(r, "secretString", host)...)
		}
	}
	return list
}

// secretHosts returns the hosts in a secret with the credentials of a database. The rule property
// refuses secrets that are no JSON object.
func secretHosts(r *resource) (hosts []string) {
	if r.typ != awstypes.SecretVersion {
		return nil
	}
	var fields map[string]any
	content, _ := r.at("secretString").(string)
	_ = json.Unmarshal([]byte(content), &fields)
	for _, name := range ordered.Keys(fields) {
		if host := text(fields[name]); strings.EqualFold(name, "host") && host != "" {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// checkHost reports a host other than a database of this stack, unless the resource has
// access to the origin.
func (g *Guard) checkHost(r *resource, path, host string) []finding {
	if g.hasOriginAccess(r.name) {
		return nil
	}
	if r.owners[host] != nil {
		return nil
	}
	return []finding{{path, host, "a database of this stack; this resource has no access to the origin"}}
}

// checkSecret reports a DMS endpoint that names no host and no secret, or the origin's secret
// without access to the origin. The rule property reports a secret of another stack.
func (g *Guard) checkSecret(r *resource) []finding {
	const property = "secretsManagerArn"
	name, known := r.at(property).(string)
	if !known {
		if r.at(property) == nil && r.at("serverName") == nil {
			return []finding{{property, "", "a secret of this stack, which holds the endpoint's host"}}
		}
		return nil
	}
	if secret := r.owners[name]; secret != nil && g.hasOriginAccess(secret.name) && !g.hasOriginAccess(r.name) {
		return []finding{{property, "the secret " + secret.name, "a database of this stack; this resource has no access to the origin"}}
	}
	return nil
}
