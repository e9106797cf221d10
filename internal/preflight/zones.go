package preflight

import (
	"errors"
	"strings"

	"example.com/multisite/internal/preflight/report"
)

// chooseZones reads the region's availability zones and selects the site's zones as the
// program does.
func (s *session) chooseZones() ([]string, error) {
	var offered struct{ AvailabilityZones []struct{ ZoneName string } }
	if err := s.client.AWS(&offered, s.site.Region, "ec2", "describe-availability-zones",
		"--filters", "Name=opt-in-status,Values=opt-in-not-required"); err != nil {
		return nil, err
	}
	var names []string
	for _, zone := range offered.AvailabilityZones {
		names = append(names, zone.ZoneName)
	}
	zones, err := s.site.PickZones(names)
	if err != nil {
		return nil, missingZones{err}
	}
	return zones, nil
}

// missingZones is the error that the region lacks configured zones. Other errors of
// chooseZones mean that the zones could not be read.
type missingZones struct{ error }

// checkZones fails if the account lacks availability zones that the configuration needs.
func checkZones(s *session) []report.Line {
	subject := "availability zones in " + s.site.Region
	zones, err := s.zones()
	var missing missingZones
	switch {
	case errors.As(err, &missing):
		return []report.Line{{
			Severity: report.Fail, Subject: subject, Found: err.Error(), Needed: "zones that the account has",
			Do: "change multisite:network.zones in " + s.file() + " before the first update",
		}}
	case err != nil:
		return []report.Line{report.Unchecked(subject, err)}
	}
	return []report.Line{{Severity: report.OK, Subject: subject, Found: strings.Join(zones, ", ")}}
}
