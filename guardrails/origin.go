package guardrails

import (
	"encoding/json"
	"strings"

	"example.com/multisite/internal/awstypes"
)

var originRules = []rule{{"origin", Residency, (*Guard).origin}}

// open reports whether the configuration lets a resource talk to the origin.
func (g *Guard) open(name string) bool {
	for opened, why := range g.site.Origin {
		if why != "" && (name == opened || strings.HasPrefix(name, opened+"-")) {
			return true
		}
	}
	return false
}

// origin finds what moves data to or from a host that is no database of the site's.
// Only what is open may lead to another one. Endpoints have their hosts from secrets, so
// these are looked at too, whoever reads them.
func (g *Guard) origin(r *resource) (list []finding) {
	if service := awstypes.Service(r.typ); service == "dms" || service == "datasync" {
		for _, l := range r.leaves() {
			if host, known := l.value.(string); known && (l.name == "serverName" || l.name == "serverHostname") {
				list = append(list, g.host(r, l.path, host)...)
			}
		}
	}
	switch r.typ {
	case awstypes.DMSEndpoint:
		list = append(list, g.credentials(r)...)
	case awstypes.SecretVersion:
		var value struct{ Host string }
		if content, known := r.at("secretString").(string); known && json.Unmarshal([]byte(content), &value) == nil && value.Host != "" {
			list = append(list, g.host(r, "secretString", value.Host)...)
		}
	}
	return list
}

// host demands a database that the stack has made, unless the resource is open.
func (g *Guard) host(r *resource, path, host string) []finding {
	if g.open(r.name) {
		return nil
	}
	if identifier, domain, _ := strings.Cut(host, "."); strings.HasSuffix(domain, "."+g.site.Region+".rds.amazonaws.com") {
		for _, database := range g.known {
			if database.typ == awstypes.DBInstance && database.at("identifier") == identifier {
				return nil
			}
		}
	}
	return []finding{{path, host, "a database of the stack; no origin is open for this resource"}}
}

// credentials demands of an endpoint that the stack says where it leads.
func (g *Guard) credentials(r *resource) []finding {
	const property = "secretsManagerArn"
	name, known := r.at(property).(string)
	if !known {
		if r.at(property) == nil && r.at("serverName") == nil {
			return []finding{{property, "", "a secret of the stack, which tells where the endpoint leads"}}
		}
		return nil
	}
	_, name, _ = strings.Cut(name, ":secret:")
	const ending = len("-AbCdEf") // which AWS adds to a secret's name
	own := g.own(awstypes.Secret, "name", name[:max(0, len(name)-ending)])
	switch {
	case own == nil:
		return []finding{{property, r.at(property).(string), "a secret of the stack: nobody knows where another one leads"}}
	case g.open(own.name) && !g.open(r.name):
		return []finding{{property, "the secret " + own.name, "a database of the stack; no origin is open for this resource"}}
	}
	return nil
}
