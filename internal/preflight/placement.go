package preflight

import (
	"errors"
	"fmt"
	"strings"
)

// checkBoundary finds a site without the permission boundary that its roles need.
func checkBoundary(s *session) []Line {
	name := "multisite-boundary-" + s.stack
	subject, needed := "permission boundary", name+", which the site's roles are made with"
	var policy struct{ Policy struct{ Arn string } }
	err := s.ask.aws(&policy, edgeRegion, "iam", "get-policy", "--policy-arn", "arn:aws:iam::"+s.account+":policy/"+name)
	switch {
	case isMissing(err):
		return []Line{{Severity: Fail, Subject: subject, Found: "none", Needed: needed, Do: "run " + s.setUp()}}
	case err != nil:
		return []Line{unchecked(subject+" "+name, err)}
	}
	return []Line{{Severity: OK, Subject: subject, Found: policy.Policy.Arn, Needed: needed}}
}

// chooseZones asks which zones the region offers the account, and takes the site's as the
// program does.
func (s *session) chooseZones() ([]string, error) {
	var offered struct{ AvailabilityZones []struct{ ZoneName string } }
	if err := s.ask.aws(&offered, s.site.Region, "ec2", "describe-availability-zones",
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

// missingZones is an error of the configuration, and not of the question.
type missingZones struct{ error }

// checkZones finds zones that the configuration names and the account does not see.
func checkZones(s *session) []Line {
	subject := "availability zones in " + s.site.Region
	zones, err := s.zones()
	var missing missingZones
	switch {
	case errors.As(err, &missing):
		return []Line{{
			Severity: Fail, Subject: subject, Found: err.Error(), Needed: "zones that the account sees",
			Do: "change multisite:network.zones in " + s.file() + " before the first update",
		}}
	case err != nil:
		return []Line{unchecked(subject, err)}
	}
	return []Line{{Severity: OK, Subject: subject, Found: strings.Join(zones, ", ")}}
}

// checkPlugin finds a machine without the plugin for local data centres.
func checkPlugin(s *session) []Line {
	const subject, needed, do = "plugin", "resource localdc", "run make plugin"
	var plugins []struct{ Name, Kind, Version string }
	if err := s.ask.json(&plugins, "pulumi", "plugin", "ls", "--json"); err != nil {
		return []Line{unchecked(subject, err)}
	}
	for _, p := range plugins {
		if p.Name == "localdc" && p.Kind == "resource" {
			return []Line{{Severity: OK, Subject: subject, Found: fmt.Sprintf("%s %s %s", p.Kind, p.Name, p.Version), Needed: needed}}
		}
	}
	return []Line{{Severity: Fail, Subject: subject, Found: "none", Needed: needed, Do: do}}
}
