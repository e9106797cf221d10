package preflight

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/blang/semver"

	"example.com/multisite/internal/pulumicli"
)

// minPulumi is the first CLI whose engine has resource hooks, by which the program asks
// before it replaces what holds data (https://github.com/pulumi/pulumi/pull/19874).
var minPulumi = semver.MustParse("3.182.0")

var (
	errNoCredentials = errors.New("there are no AWS credentials to ask with")
	errNoAnswer      = errors.New("the answer names none")
	cliVersion       = regexp.MustCompile(`^aws-cli/(\d+)\.\S+`)
)

// checkPulumi finds a Pulumi CLI that cannot run the program.
func checkPulumi(s *session) []Line {
	const subject = "Pulumi CLI"
	needed := minPulumi.String() + " or later"
	const install = "install it: https://www.pulumi.com/docs/install/"
	output, err := s.ask.output("pulumi", "version")
	if err != nil {
		return []Line{{Severity: Fail, Subject: subject, Found: err.Error(), Needed: needed, Do: install}}
	}
	text := strings.TrimPrefix(strings.TrimSpace(string(output)), "v")
	version, err := semver.Parse(text)
	switch {
	case err != nil:
		return []Line{unchecked(subject, fmt.Errorf("pulumi version prints %q", text))}
	case version.LT(minPulumi):
		return []Line{{Severity: Fail, Subject: subject, Found: text, Needed: needed, Do: install}}
	}
	return []Line{{Severity: OK, Subject: subject, Found: text, Needed: needed}}
}

// checkCLI finds an AWS CLI that will not learn of new regions, services and fields.
func checkCLI(s *session) []Line {
	const subject, needed = "AWS CLI", "version 2"
	output, err := s.ask.output("aws", "--version")
	if err != nil {
		return []Line{{Severity: Fail, Subject: subject, Found: err.Error(), Needed: needed, Do: "install it: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"}}
	}
	match := cliVersion.FindStringSubmatch(string(output))
	switch {
	case match == nil:
		return []Line{unchecked(subject, fmt.Errorf("aws --version prints %q", output))}
	case match[1] == "1":
		return []Line{{
			Severity: Warn, Subject: subject, Found: match[0], Needed: needed + ": version 1 has been in maintenance mode since 15 July 2026",
			Do: "follow https://docs.aws.amazon.com/cli/latest/userguide/cliv2-migration.html",
		}}
	}
	return []Line{{Severity: OK, Subject: subject, Found: match[0], Needed: needed}}
}

// checkIdentity learns which account the credentials are of.
func checkIdentity(s *session) []Line {
	const subject = "AWS credentials"
	var caller struct{ Account, Arn string }
	err := s.ask.aws(&caller, s.stateRegion, "sts", "get-caller-identity")
	if err == nil && caller.Account == "" {
		err = errNoAnswer
	}
	if err != nil {
		return []Line{{Severity: Fail, Subject: subject, Found: err.Error(), Needed: "credentials of the account of " + s.stack, Do: "sign in, such as with aws sso login"}}
	}
	s.account = caller.Account
	return []Line{{Severity: OK, Subject: subject, Found: caller.Arn}}
}

// checkAccount holds the credentials to the account that the register has for the stack.
func checkAccount(s *session) []Line {
	const subject = "account"
	switch s.registered {
	case "":
		return []Line{{
			Severity: Warn, Subject: subject, Found: s.account + ", and none in register/register.yaml for " + s.stack, Needed: "an account in the register, so that others are refused",
			Do: fmt.Sprintf("add account: %q there, if %s is the one", s.account, s.account),
		}}
	case s.account:
		return []Line{{Severity: OK, Subject: subject, Found: s.account, Needed: s.registered + ", as in register/register.yaml"}}
	}
	return []Line{{
		Severity: Fail, Subject: subject, Found: s.account, Needed: s.registered + ", as in register/register.yaml",
		Do: "sign in to " + s.registered,
	}}
}

// readState learns what the stack has made already.
func readState(s *session) []Line {
	const subject = "stack"
	output, err := s.ask.output("pulumi", "stack", "export", "--stack", s.stack, "--non-interactive")
	if err == nil {
		_, s.has, err = pulumicli.ParseExport(output)
	}
	switch {
	case err == nil:
		return []Line{{Severity: OK, Subject: subject, Found: fmt.Sprintf("%s with %d resources", s.stack, len(s.has))}}
	case strings.Contains(err.Error(), "no stack named"):
		return []Line{{Severity: Fail, Subject: subject, Found: "no stack " + s.stack + " in the state backend", Needed: "one", Do: s.initialize()}}
	}
	line := unchecked(subject, err)
	line.Do = "allow for what the stack has already: the quotas below count it as new"
	return []Line{line}
}
