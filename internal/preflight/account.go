package preflight

import (
	"fmt"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/preflight/report"
)

// checkIdentity reads the account of the credentials, and fails if there are none.
func checkIdentity(s *session) []report.Line {
	const subject = "AWS credentials"
	var caller struct{ Account, Arn string }
	err := s.client.AWS(&caller, s.stateRegion, "sts", "get-caller-identity")
	if err == nil && caller.Account == "" {
		err = query.ErrNoValue
	}
	if err != nil {
		return []report.Line{{
			Severity: report.Fail, Subject: subject, Found: err.Error(), Needed: "credentials of the account of " + s.stack,
			Do: "sign in, for example with aws sso login",
		}}
	}
	s.account = caller.Account
	return []report.Line{{Severity: report.OK, Subject: subject, Found: caller.Arn}}
}

// checkAccount fails if the credentials are for another account than the register names, and
// warns if the register names none.
func checkAccount(s *session) []report.Line {
	const subject = "account"
	switch s.registered {
	case "":
		return []report.Line{{
			Severity: report.Warn, Subject: subject, Found: s.account + ", and none in register/register.yaml for " + s.stack,
			Needed: "an account in the register, so that credentials of other accounts are refused",
			Do:     fmt.Sprintf("add account: %q to register/register.yaml, if %s is the account of %s", s.account, s.account, s.stack),
		}}
	case s.account:
		return []report.Line{{Severity: report.OK, Subject: subject, Found: s.account, Needed: s.registered + ", as in register/register.yaml"}}
	}
	return []report.Line{{
		Severity: report.Fail, Subject: subject, Found: s.account, Needed: s.registered + ", as in register/register.yaml",
		Do: "sign in to " + s.registered,
	}}
}

// checkBoundary fails if the account lacks the permissions boundary of the site's roles.
func checkBoundary(s *session) []report.Line {
	name := "multisite-boundary-" + s.stack
	subject, needed := "permission boundary", name+", with which the update creates roles"
	var policy struct{ Policy struct{ Arn string } }
	err := s.client.AWS(&policy, awstypes.EdgeRegion, "iam", "get-policy", "--policy-arn", "arn:aws:iam::"+s.account+":policy/"+name)
	switch {
	case query.IsNotFound(err):
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: "none", Needed: needed, Do: "run " + s.setUp()}}
	case err != nil:
		return []report.Line{report.Unchecked(subject+" "+name, err)}
	}
	return []report.Line{{Severity: report.OK, Subject: subject, Found: policy.Policy.Arn, Needed: needed}}
}
