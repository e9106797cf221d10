package preflight

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/pulumicli"
)

// hostedZone is what Route 53 answers about one.
type hostedZone struct {
	HostedZone struct {
		ID     string `json:"Id"`
		Name   string
		Config struct{ PrivateZone bool }
	}
	DelegationSet struct{ NameServers []string }
}

// own returns the stack's resources of a type.
func (s *session) own(typ string) (found []pulumicli.Resource) {
	for _, r := range s.has {
		if r.Type == typ {
			found = append(found, r)
		}
	}
	return found
}

// checkDomain finds a domain of the CDN for which AWS will issue no certificate. Its
// validation would wait for 75 minutes, and fail.
func checkDomain(s *session) []Line {
	domain := s.site.Cdn.Domain
	if domain == nil {
		return nil
	}
	// An issued certificate is renewed with the same proof, so it is wrong all the same.
	severity := Fail
	if len(s.own(awstypes.CertificateValidation)) > 0 {
		severity = Warn
	}
	key := s.file() + ": multisite:cdn.domain"
	subject := "hosted zone " + domain.HostedZoneID
	var zone hostedZone
	err := s.ask.aws(&zone, edgeRegion, "route53", "get-hosted-zone", "--id", domain.HostedZoneID)
	switch {
	case isMissing(err):
		return []Line{{Severity: Fail, Subject: subject, Found: "none in account " + s.account, Needed: "the zone of " + domain.Name, Do: "correct hostedZoneId in " + key}}
	case err != nil:
		return []Line{unchecked(subject, err), s.checkCAA(domain.Name, severity)}
	}
	name := strings.TrimSuffix(zone.HostedZone.Name, ".")
	switch {
	case !within(domain.Name, name):
		return []Line{{Severity: Fail, Subject: subject, Found: name, Needed: "a zone that " + domain.Name + " is in", Do: "correct hostedZoneId or name in " + key}}
	case zone.HostedZone.Config.PrivateZone:
		return []Line{{Severity: Fail, Subject: subject, Found: name + ", which is private", Needed: "a public zone, since AWS looks for the proof in public DNS", Do: "correct hostedZoneId in " + key}}
	}
	return []Line{
		{Severity: OK, Subject: subject, Found: name, Needed: "the zone of " + domain.Name},
		s.checkDelegation(name, zone.DelegationSet.NameServers, severity),
		s.checkCAA(domain.Name, severity),
	}
}

// within reports whether a name is a zone's, or in it.
func within(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// checkOwnZone finds a zone of the global stack that nobody is led to.
func checkOwnZone(s *session) []Line {
	domain := s.global.Domain
	subject := "zone " + domain
	if zones := s.own(awstypes.Zone); len(zones) > 0 {
		var zone hostedZone
		if err := s.ask.aws(&zone, edgeRegion, "route53", "get-hosted-zone", "--id", zones[0].ID); err != nil {
			return []Line{unchecked(subject, err)}
		}
		return []Line{s.checkDelegation(domain, zone.DelegationSet.NameServers, Warn)}
	}
	var list struct {
		HostedZones []struct {
			ID     string `json:"Id"`
			Name   string
			Config struct{ PrivateZone bool }
		}
	}
	if err := s.ask.aws(&list, edgeRegion, "route53", "list-hosted-zones-by-name", "--dns-name", domain, "--max-items", "10"); err != nil {
		return []Line{unchecked(subject, err)}
	}
	for _, zone := range list.HostedZones {
		if strings.TrimSuffix(zone.Name, ".") == domain && !zone.Config.PrivateZone {
			return []Line{{
				Severity: Warn, Subject: subject, Found: zone.ID + ", which is not in the stack's state", Needed: "none, or the same in the state",
				Do: "import it (bin/adopt global), or expect a second zone with other name servers",
			}}
		}
	}
	return []Line{{
		Severity: OK, Subject: subject, Found: "none, as before the first update",
		Do: "then publish NS records with pulumi stack output nameServers in the zone above, and the DS record with pulumi stack output dsRecord last",
	}}
}

// checkDelegation compares the name servers that public DNS has for a zone with the zone's own.
func (s *session) checkDelegation(zone string, own []string, severity Severity) Line {
	line := Line{
		Severity: OK, Subject: "delegation of " + zone, Needed: strings.Join(plain(own), ", "),
		Do: "publish them as NS records of " + zone + " in the zone above, or at the registrar",
	}
	found, err := s.resolver.NS(s.ctx, zone)
	found = plain(found)
	switch {
	case errors.Is(err, ErrNoRecord):
		line.Severity, line.Found = severity, "no name servers in public DNS"
		return line
	case err != nil:
		return unchecked(line.Subject, err)
	}
	line.Found = strings.Join(found, ", ")
	switch {
	case slices.Equal(found, plain(own)):
		line.Do = ""
	case slices.ContainsFunc(found, func(server string) bool { return slices.Contains(plain(own), server) }):
		line.Severity = Warn // some questions reach the zone
	default:
		line.Severity = severity
	}
	return line
}

// plain are names in order, in lower case and without the dot at the end.
func plain(names []string) []string {
	var changed []string
	for _, name := range names {
		changed = append(changed, strings.ToLower(strings.TrimSuffix(name, ".")))
	}
	slices.Sort(changed)
	return changed
}

// authorities are the names by which a CAA record allows AWS Certificate Manager
// (https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html).
var authorities = []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}

// checkCAA finds CAA records by which AWS may issue no certificate for a name. The first
// set counts that is met on the way from the name to the root (RFC 8659, section 3).
func (s *session) checkCAA(name string, severity Severity) Line {
	subject := "CAA of " + name
	needed := "none, or issue for one of " + strings.Join(authorities, ", ")
	for at := name; at != ""; _, at, _ = strings.Cut(at, ".") {
		records, err := s.resolver.CAA(s.ctx, at)
		if err != nil && !errors.Is(err, ErrNoRecord) {
			return unchecked(subject, fmt.Errorf("%s: %w", at, err))
		}
		if len(records) == 0 {
			continue
		}
		var issuers []string
		for _, record := range records {
			if strings.EqualFold(record.Tag, "issue") {
				issuer, _, _ := strings.Cut(record.Value, ";") // parameters follow
				issuers = append(issuers, strings.ToLower(strings.TrimSpace(issuer)))
			}
		}
		line := Line{Severity: OK, Subject: subject, Found: fmt.Sprintf("issue %q at %s", issuers, at), Needed: needed}
		if len(issuers) > 0 && !slices.ContainsFunc(issuers, func(issuer string) bool { return slices.Contains(authorities, issuer) }) {
			line.Severity, line.Do = severity, `add the record 0 issue "amazon.com" to `+at
		}
		return line
	}
	return Line{Severity: OK, Subject: subject, Found: "none", Needed: needed}
}
