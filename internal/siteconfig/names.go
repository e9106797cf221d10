package siteconfig

import (
	"fmt"
	"regexp"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
)

var (
	// acmName and acmValue match the first label of the record that ACM requires, and its value
	// (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html).
	acmName  = regexp.MustCompile(`^_[a-z0-9]+$`)
	acmValue = regexp.MustCompile(`^_[a-z0-9]+\.([a-z0-9-]+\.)?acm-validations\.aws\.?$`)
	// proofName matches the first labels of a record for the certificate authority of a local
	// site (https://www.rfc-editor.org/rfc/rfc8555#section-8.4), and the label of an account in
	// front of them (https://datatracker.ietf.org/doc/draft-ietf-acme-dns-account-label/).
	proofName = regexp.MustCompile(`^(_[a-z0-9]+\.)?_acme-challenge\.`)

	contentHost = regexp.MustCompile(`^[a-z0-9]+\.cloudfront\.net$`)
	zoneID      = regexp.MustCompile(`^Z[A-Z0-9]+$`)
)

// CheckStatus reports parts of a site's status that would lead the site's names to hosts that are
// not the site's, or that would create records of other names: the status of a site is written by
// that site's stack, and the stack global creates records from it.
func (s *Site) CheckStatus(status Status) error {
	p := &config.Problems{File: "the parameter " + awstypes.StatusPath + s.Name}
	if host, allowed := s.mainHost(); status.Host != "" && !host.MatchString(status.Host) {
		p.Add("host", status.Host, allowed)
	}
	if entry := status.Entry; entry != nil {
		host, allowed := regexp.MustCompile(`^[a-z0-9-]+\.`+regexp.QuoteMeta(s.Region)+`\.elb\.amazonaws\.com$`), "a load balancer in "+s.Region
		if s.IsLocal() {
			host, allowed = s.mainHost()
		}
		if !host.MatchString(entry.Host) {
			p.Add("entry.host", entry.Host, allowed)
		}
		if zoneID.MatchString(entry.ZoneID) == s.IsLocal() {
			p.Add("entry.zoneId", entry.ZoneID, "the Route 53 zone of a load balancer, and none for a local site")
		}
		for _, service := range entry.Ready {
			if _, has := s.Services[service]; !has {
				p.Add("entry.ready", service, "services of the site: "+strings.Join(ordered.Keys(s.Services), ", "))
			}
		}
	}
	if content := status.Content; content != nil {
		if !contentHost.MatchString(content.Host) || !zoneID.MatchString(content.ZoneID) {
			p.Add("content", fmt.Sprintf("%s in the zone %s", content.Host, content.ZoneID), "a CloudFront distribution and its Route 53 zone")
		}
	}
	recordOf := map[string]string{}
	for _, name := range ordered.Keys(status.Records) {
		label, host, _ := strings.Cut(strings.TrimSuffix(name, "."), ".")
		value, names := status.Records[name], s.allHostnames()
		allowed := acmName.MatchString(label) && acmValue.MatchString(value)
		if s.IsLocal() {
			allowed, host = s.allowsProof(strings.TrimSuffix(name, "."), strings.TrimSuffix(value, "."))
		}
		if !names[host] || !allowed {
			p.Add("records."+name, value, "a record that a certificate authority requires for one of "+strings.Join(ordered.Keys(names), ", "))
		}
		// ACM requires one record of a name in an account. A second one would let another account
		// have a certificate.
		if other := recordOf[host]; other != "" && !s.IsLocal() {
			p.Add("records."+name, value, "one record for "+host+", which is "+other)
		}
		recordOf[host] = name
	}
	return p.Err()
}

// mainHost matches the host names of the site's CDN, or for a local site of its endpoints, and
// describes them.
func (s *Site) mainHost() (host *regexp.Regexp, allowed string) {
	switch {
	case s.IsLocal():
		domain := s.Name + "." + s.Local.Domain
		return regexp.MustCompile(`^([a-z0-9-]+\.)+` + regexp.QuoteMeta(domain) + `$`), "a host in " + domain
	case s.Cdn.Domain != nil:
		return regexp.MustCompile(`^` + regexp.QuoteMeta(s.Cdn.Domain.Name) + `$`), s.Cdn.Domain.Name + ", the site's cdn.domain; pulumi up of the site publishes it"
	}
	return contentHost, "a CloudFront distribution"
}

// allowsProof reports whether a record of a local site has the form that the contract of the plugin
// localdc allows, and for which host. Without the label of an account, several sites would need the
// record of a name that all of them answer.
func (s *Site) allowsProof(name, value string) (allowed bool, host string) {
	proof := proofName.FindStringSubmatch(name)
	if proof == nil {
		return false, ""
	}
	host = strings.TrimPrefix(name, proof[0])
	own := strings.HasSuffix(host, "."+s.Name+"."+s.Domain)
	return (own || proof[1] != "") && strings.HasSuffix(value, "."+s.Name+"."+s.Local.Domain), host
}

// allHostnames returns all DNS names that the site answers.
func (s *Site) allHostnames() map[string]bool {
	names := map[string]bool{}
	for service := range s.Services {
		for _, name := range s.Hostnames(service) {
			names[name] = true
		}
	}
	if content := s.ContentHostname(); content != "" {
		names[content] = true
	}
	return names
}

// CertificateRecords returns the records that certificate authorities require of all sites, the
// value by name. Sites in one account share the record of a name, which stays as long as any of
// them needs it.
func CertificateRecords(sites map[string]*Site, status map[string]Status) (map[string]string, error) {
	records, owners := map[string]string{}, map[string]string{}
	var p config.Problems
	for _, site := range ordered.Keys(sites) {
		for name, value := range status[site].Records {
			name, value = strings.TrimSuffix(name, "."), strings.TrimSuffix(value, ".")
			if other := owners[name]; other != "" && records[name] != value {
				p.File = "the parameter " + awstypes.StatusPath + site
				p.Add("records."+name, value, records[name]+", as "+other+" publishes it")
			}
			records[name], owners[name] = value, site
		}
	}
	return records, p.Err()
}
