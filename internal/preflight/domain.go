package preflight

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/preflight/report"
)

// hostedZone is the answer of Route 53's GetHostedZone.
type hostedZone struct {
	HostedZone struct {
		ID     string `json:"Id"`
		Name   string
		Config struct{ PrivateZone bool }
	}
	DelegationSet struct{ NameServers []string }
}

// checkDomain fails if AWS would issue no certificate for the domain of the CDN. The update
// would wait 75 minutes for the validation, and fail.
func checkDomain(s *session) []report.Line {
	domain := s.site.Cdn.Domain
	if domain == nil {
		return nil
	}
	// If the certificate is issued, the update succeeds, but AWS validates its renewal in the same way.
	severity := report.Fail
	if len(s.ofType(awstypes.CertificateValidation)) > 0 {
		severity = report.Warn
	}
	key := s.file() + ": multisite:cdn.domain"
	subject := "hosted zone " + domain.HostedZoneID
	var zone hostedZone
	err := s.client.AWS(&zone, awstypes.EdgeRegion, "route53", "get-hosted-zone", "--id", domain.HostedZoneID)
	switch {
	case query.IsNotFound(err):
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: "none in account " + s.account, Needed: "the zone of " + domain.Name, Do: "correct hostedZoneId in " + key}}
	case err != nil:
		return []report.Line{report.Unchecked(subject, err), s.checkCAA(domain.Name, severity)}
	}
	name := strings.TrimSuffix(zone.HostedZone.Name, ".")
	switch {
	case !within(domain.Name, name):
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: name, Needed: "a zone that contains " + domain.Name, Do: "correct hostedZoneId or name in " + key}}
	case zone.HostedZone.Config.PrivateZone:
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: name + ", which is private", Needed: "a public zone, because AWS validates the certificate in public DNS", Do: "correct hostedZoneId in " + key}}
	}
	return []report.Line{
		{Severity: report.OK, Subject: subject, Found: name, Needed: "the zone of " + domain.Name},
		s.checkDelegation(name, zone.DelegationSet.NameServers, severity),
		s.checkCAA(domain.Name, severity),
	}
}

// within reports whether a zone contains a name.
func within(name, zone string) bool { return name == zone || strings.HasSuffix(name, "."+zone) }

// checkGlobalZone warns if the parent zone does not delegate the zone of the stack global, or
// if the account has another zone of the same name.
func checkGlobalZone(s *session) []report.Line {
	domain := s.global.Domain
	subject := "zone " + domain
	if zones := s.ofType(awstypes.Zone); len(zones) > 0 {
		var zone hostedZone
		if err := s.client.AWS(&zone, awstypes.EdgeRegion, "route53", "get-hosted-zone", "--id", zones[0].ID); err != nil {
			return []report.Line{report.Unchecked(subject, err)}
		}
		return []report.Line{s.checkDelegation(domain, zone.DelegationSet.NameServers, report.Warn)}
	}
	var list struct {
		HostedZones []struct {
			ID     string `json:"Id"`
			Name   string
			Config struct{ PrivateZone bool }
		}
	}
	if err := s.client.AWS(&list, awstypes.EdgeRegion, "route53", "list-hosted-zones-by-name", "--dns-name", domain, "--max-items", "10"); err != nil {
		return []report.Line{report.Unchecked(subject, err)}
	}
	for _, zone := range list.HostedZones {
		if strings.TrimSuffix(zone.Name, ".") == domain && !zone.Config.PrivateZone {
			return []report.Line{{
				Severity: report.Warn, Subject: subject, Found: zone.ID + ", which is not in the stack's state", Needed: "no such zone, or this zone in the state",
				Do: "import it (bin/sites adopt global), or expect a second zone with other name servers",
			}}
		}
	}
	return []report.Line{{
		Severity: report.OK, Subject: subject, Found: "none, as before the first update",
		Do: "after the update, publish NS records with pulumi stack output nameServers in the parent zone, and last the DS record with pulumi stack output dsRecord",
	}}
}

// checkDelegation compares the name servers of a zone in public DNS with its name servers in
// Route 53. If they have none in common, the line has the severity.
func (s *session) checkDelegation(zone string, own []string, severity report.Severity) report.Line {
	line := report.Line{
		Severity: report.OK, Subject: "delegation of " + zone, Needed: strings.Join(plain(own), ", "),
		Do: "publish them as NS records of " + zone + " in the parent zone, or at the registrar",
	}
	found, err := s.resolver.NS(s.ctx, zone)
	found = plain(found)
	switch {
	case errors.Is(err, ErrNoRecord):
		line.Severity, line.Found = severity, "no name servers in public DNS"
		return line
	case err != nil:
		return report.Unchecked(line.Subject, err)
	}
	line.Found = strings.Join(found, ", ")
	switch {
	case slices.Equal(found, plain(own)):
		line.Do = ""
	case slices.ContainsFunc(found, func(server string) bool { return slices.Contains(plain(own), server) }):
		line.Severity = report.Warn // some queries reach the zone
	default:
		line.Severity = severity
	}
	return line
}

// plain returns names in order, in lower case and without the final dot.
func plain(names []string) []string {
	var changed []string
	for _, name := range names {
		changed = append(changed, strings.ToLower(strings.TrimSuffix(name, ".")))
	}
	slices.Sort(changed)
	return changed
}

// authorities are the CAA values that allow AWS Certificate Manager to issue certificates
// (https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html).
var authorities = []string{"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"}

// checkCAA reports CAA records that prevent AWS from issuing a certificate for a name. The
// records at the nearest ancestor with CAA records apply (RFC 8659, section 3).
func (s *session) checkCAA(name string, severity report.Severity) report.Line {
	subject := "CAA of " + name
	needed := "none, or issue with one of " + strings.Join(authorities, ", ")
	for at := name; at != ""; _, at, _ = strings.Cut(at, ".") {
		records, err := s.resolver.CAA(s.ctx, at)
		if err != nil && !errors.Is(err, ErrNoRecord) {
			return report.Unchecked(subject, fmt.Errorf("%s: %w", at, err))
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
		line := report.Line{Severity: report.OK, Subject: subject, Found: fmt.Sprintf("issue %q at %s", issuers, at), Needed: needed}
		if len(issuers) > 0 && !slices.ContainsFunc(issuers, func(issuer string) bool { return slices.Contains(authorities, issuer) }) {
			line.Severity, line.Do = severity, `add the record 0 issue "amazon.com" to `+at
		}
		return line
	}
	return report.Line{Severity: report.OK, Subject: subject, Found: "none", Needed: needed}
}
