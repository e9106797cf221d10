package preflight

import (
	"fmt"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/preflight/report"
)

// checkNames warns if AWS would issue no certificate for the names of the site's services, and
// about certificates that AWS has not issued. The update succeeds without them, and the site does
// not answer these names over HTTPS.
func checkNames(s *session) (lines []report.Line) {
	for _, service := range ordered.Keys(s.site.Services) {
		if names := s.site.Hostnames(service); names != nil {
			lines = append(lines, s.checkCAA(names[0], report.Warn))
		}
	}
	for _, r := range s.ofType(awstypes.Certificate) {
		var answer struct {
			Certificate struct{ DomainName, Status, FailureReason string }
		}
		subject := "certificate " + r.Name()
		if err := s.client.AWS(&answer, strings.Split(r.ID+":::", ":")[3], "acm", "describe-certificate", "--certificate-arn", r.ID); err != nil {
			lines = append(lines, report.Unchecked(subject, err))
			continue
		}
		found := answer.Certificate
		line := report.Line{Severity: report.OK, Subject: subject, Found: strings.TrimSpace(found.Status + " " + found.FailureReason), Needed: "ISSUED"}
		switch found.Status {
		case "ISSUED":
		case "PENDING_VALIDATION":
			line.Severity, line.Do = report.Warn, fmt.Sprintf("delegate the zone of %s, run pulumi up -s global, and a few minutes later pulumi up -s %s", found.DomainName, s.stack)
		default:
			line.Severity, line.Do = report.Warn, "request it again: pulumi up -s "+s.stack+" --target-replace with the URN of the certificate"
		}
		lines = append(lines, line)
	}
	return lines
}
