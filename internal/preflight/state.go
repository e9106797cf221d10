package preflight

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"strings"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/preflight/report"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
)

// stateBucket returns the name of the bucket that state/setup creates for the stack's state.
func (s *session) stateBucket() string { return "multisite-state-" + s.stack + "-" + s.account }

// keyAlias returns the alias of the key that state/setup creates for the secrets in the state.
func (s *session) keyAlias() string { return "alias/pulumi-secrets-" + s.stack }

// wantedProvider returns the required secretsprovider of the stack's file.
func (s *session) wantedProvider() string { return siteconfig.SecretsProvider(s.stack, s.stateRegion) }

// initialize returns the command that creates the stack.
func (s *session) initialize() string {
	return fmt.Sprintf("pulumi stack init %s --secrets-provider='%s'", s.stack, s.wantedProvider())
}

func (s *session) setUp() string { return "state/setup " + s.stack }

// checkBackend fails if Pulumi is logged in to another backend than an S3 bucket in the
// state's region. The bucket's name contains the account, so checkStateBucket checks it.
func checkBackend(s *session) []report.Line {
	const subject = "state backend"
	needed := fmt.Sprintf("s3://multisite-state-%s-ACCOUNT?region=%s", s.stack, s.stateRegion)
	line := report.Line{
		Severity: report.Fail, Subject: subject, Needed: needed,
		Do: "run " + s.setUp() + " and the pulumi login that it prints, or set PULUMI_BACKEND_URL",
	}
	output, err := s.client.Output("pulumi", "whoami", "--verbose", "--json", "--non-interactive")
	if err != nil {
		line.Found = err.Error()
		return []report.Line{line}
	}
	var login struct{ URL string }
	if err := json.Unmarshal(output, &login); err != nil || login.URL == "" {
		return []report.Line{report.Unchecked(subject, fmt.Errorf("pulumi whoami prints %q", output))}
	}
	s.backend = login.URL
	line.Found = login.URL
	backend, err := url.Parse(login.URL)
	if err != nil || backend.Scheme != "s3" || backend.Query().Get("region") != s.stateRegion {
		return []report.Line{line}
	}
	line.Severity, line.Do = report.OK, ""
	return []report.Line{line}
}

// readState reads the resources in the stack's state, and fails if there is no such stack.
func readState(s *session) []report.Line {
	const subject = "stack"
	output, err := s.client.Output("pulumi", "stack", "export", "--stack", s.stack, "--non-interactive")
	if err == nil {
		_, s.resources, err = pulumicli.ParseExport(output)
	}
	switch {
	case err == nil:
		return []report.Line{{Severity: report.OK, Subject: subject, Found: fmt.Sprintf("%s with %d resources", s.stack, len(s.resources))}}
	case strings.Contains(err.Error(), "no stack named"):
		return []report.Line{{
			Severity: report.Fail, Subject: subject, Found: "no stack " + s.stack + " in the state backend", Needed: "stack " + s.stack,
			Do: "run " + s.initialize(),
		}}
	}
	line := report.Unchecked(subject, err)
	line.Do = "subtract the stack's existing resources from the quotas below, which count them as new"
	return []report.Line{line}
}

// checkStateBucket fails if the state bucket does not exist or is in another region, or if
// Pulumi is logged in to another bucket.
func checkStateBucket(s *session) []report.Line {
	subject, name := "state bucket", s.stateBucket()
	var lines []report.Line
	if backend, err := url.Parse(s.backend); err == nil && backend.Scheme == "s3" && backend.Host != name {
		lines = append(lines, report.Line{
			Severity: report.Fail, Subject: subject, Found: backend.Host + ", to which Pulumi is logged in", Needed: name,
			Do: fmt.Sprintf("run pulumi login 's3://%s?region=%s'", name, s.stateRegion),
		})
	}
	var head struct{ BucketRegion string }
	err := s.client.AWS(&head, s.stateRegion, "s3api", "head-bucket", "--bucket", name, "--expected-bucket-owner", s.account)
	needed := name + " in " + s.stateRegion + ", as in state/regions.yaml"
	switch {
	case query.IsNotFound(err):
		lines = append(lines, report.Line{Severity: report.Fail, Subject: subject, Found: "no bucket of this name", Needed: needed, Do: "run " + s.setUp()})
	case cli.Code(err) == "301" || cli.Code(err) == "400" || err == nil && head.BucketRegion != "" && head.BucketRegion != s.stateRegion:
		found := head.BucketRegion
		if found == "" {
			found = "another region"
		}
		lines = append(lines, report.Line{
			Severity: report.Fail, Subject: subject, Found: name + " in " + found, Needed: needed,
			Do: "move the state as in docs/state.md, and run " + s.setUp(),
		})
	case err != nil:
		lines = append(lines, report.Unchecked(subject+" "+name, err))
	default:
		lines = append(lines, report.Line{Severity: report.OK, Subject: subject, Found: name, Needed: needed})
	}
	return lines
}

// overrideVariable names the environment variable with which Pulumi ignores the secretsprovider of
// the stack's file (pkg/secrets/cloud of Pulumi 3.250.0).
const overrideVariable = "PULUMI_CLOUD_SECRET_OVERRIDE"

// checkSecretsProvider fails if the stack's file names no secrets provider, or another one, or if
// the environment overrides it.
func checkSecretsProvider(s *session) []report.Line {
	line := report.Line{Severity: report.OK, Subject: s.file() + ": secretsprovider", Found: s.secretsProvider, Needed: s.wantedProvider()}
	override := os.Getenv(overrideVariable)
	switch {
	case override != "" && override != s.wantedProvider():
		line.Severity, line.Found, line.Do = report.Fail, overrideVariable+"="+override, "unset "+overrideVariable
	case s.secretsProvider == s.wantedProvider():
	case s.secretsProvider == "":
		line.Severity, line.Found, line.Do = report.Fail, "none", "run "+s.initialize()+", and commit the file"
	default:
		line.Severity, line.Do = report.Fail, "run pulumi stack change-secrets-provider '"+s.wantedProvider()+"', and commit the file"
	}
	return []report.Line{line}
}

// checkSecretsKey fails if the key of the secrets in the state does not exist or is not enabled.
func checkSecretsKey(s *session) []report.Line {
	subject := "key " + s.keyAlias() + " in " + s.stateRegion
	var key struct {
		KeyMetadata struct{ Arn, KeyState string }
	}
	err := s.client.AWS(&key, s.stateRegion, "kms", "describe-key", "--key-id", s.keyAlias())
	const enabled = "Enabled"
	switch {
	case query.IsNotFound(err):
		return []report.Line{{Severity: report.Fail, Subject: subject, Found: "none", Needed: "a key that encrypts the secrets in the state", Do: "run " + s.setUp()}}
	case err != nil:
		return []report.Line{report.Unchecked(subject, err)}
	case key.KeyMetadata.KeyState != enabled:
		return []report.Line{{
			Severity: report.Fail, Subject: subject, Found: key.KeyMetadata.Arn + ", " + key.KeyMetadata.KeyState, Needed: enabled,
			Do: "cancel its deletion (aws kms cancel-key-deletion) and enable it (aws kms enable-key)",
		}}
	}
	return []report.Line{{Severity: report.OK, Subject: subject, Found: key.KeyMetadata.Arn, Needed: enabled}}
}
