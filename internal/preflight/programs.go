package preflight

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/blang/semver"

	"example.com/multisite/internal/preflight/report"
)

// minPulumi is the first Pulumi CLI whose engine supports resource hooks, by which the
// program checks before it replaces resources with data (https://github.com/pulumi/pulumi/pull/19874).
var minPulumi = semver.MustParse("3.182.0")

var cliVersion = regexp.MustCompile(`^aws-cli/(\d+)\.\S+`)

// checkPulumi fails if the Pulumi CLI is missing or too old to run the program.
func checkPulumi(s *session) []report.Line {
	const subject = "Pulumi CLI"
	needed := minPulumi.String() + " or later"
	const install = "install it: https://www.pulumi.com/docs/install/"
	output, err := s.client.Output("pulumi", "version")
	if err != nil {
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: err.Error(), Needed: needed, Do: install}}
	}
	text := strings.TrimPrefix(strings.TrimSpace(string(output)), "v")
	version, err := semver.Parse(text)
	switch {
	case err != nil:
		return []report.Line{report.Unchecked(subject, fmt.Errorf("pulumi version prints %q", text))}
	case version.LT(minPulumi):
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: text, Needed: needed, Do: install}}
	}
	return []report.Line{{Severity: report.OK, Subject: subject, Found: text, Needed: needed}}
}

// checkCLI fails if the AWS CLI is missing, and warns if it is version 1, which gets no new
// regions, services or fields.
func checkCLI(s *session) []report.Line {
	const subject, needed = "AWS CLI", "version 2"
	output, err := s.client.Output("aws", "--version")
	if err != nil {
		return []report.Line{{
			Severity: report.Fail, Subject: subject, Found: err.Error(), Needed: needed,
			Do: "install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
		}}
	}
	match := cliVersion.FindStringSubmatch(string(output))
	switch {
	case match == nil:
		return []report.Line{report.Unchecked(subject, fmt.Errorf("aws --version prints %q", output))}
	case match[1] == "1":
		return []report.Line{{
			Severity: report.Warn, Subject: subject, Found: match[0], Needed: needed + ", because version 1 has been in maintenance mode since 15 July 2026",
			Do: "follow https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration.html",
		}}
	}
	return []report.Line{{Severity: report.OK, Subject: subject, Found: match[0], Needed: needed}}
}

// checkPlugin fails if the Pulumi plugin for local data centres is not installed.
func checkPlugin(s *session) []report.Line {
	const subject, needed, do = "plugin", "resource localdc", "run make plugin"
	var plugins []struct{ Name, Kind, Version string }
	if err := s.client.JSON(&plugins, "pulumi", "plugin", "ls", "--json"); err != nil {
		return []report.Line{report.Unchecked(subject, err)}
	}
	for _, p := range plugins {
		if p.Name == "localdc" && p.Kind == "resource" {
			return []report.Line{{Severity: report.OK, Subject: subject, Found: fmt.Sprintf("%s %s %s", p.Kind, p.Name, p.Version), Needed: needed}}
		}
	}
	return []report.Line{{Severity: report.Fail, Subject: subject, Found: "none", Needed: needed, Do: do}}
}
