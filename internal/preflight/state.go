package preflight

import (
	"encoding/json"
	"fmt"
	"net/url"

	"example.com/multisite/internal/cli"
)

// Where state/setup puts the state of a stack, and the key of the secrets in it.
func (s *session) stateBucket() string { return "multisite-state-" + s.stack + "-" + s.account }

func (s *session) keyAlias() string { return "alias/pulumi-secrets-" + s.stack }

func (s *session) wantedProvider() string {
	return "awskms://" + s.keyAlias() + "?region=" + s.stateRegion
}

// initialize is the command that makes the stack.
func (s *session) initialize() string {
	return fmt.Sprintf("pulumi stack init %s --secrets-provider='%s'", s.stack, s.wantedProvider())
}

func (s *session) setUp() string { return "state/setup " + s.stack }

// checkBackend finds a Pulumi CLI that is logged in elsewhere. The account's number,
// which is part of the bucket's name, checkStateBucket holds it to.
func checkBackend(s *session) []Line {
	const subject = "state backend"
	needed := fmt.Sprintf("s3://multisite-state-%s-ACCOUNT?region=%s", s.stack, s.stateRegion)
	line := Line{Severity: Fail, Subject: subject, Needed: needed, Do: "run " + s.setUp() + " and the pulumi login that it prints, or set PULUMI_BACKEND_URL"}
	output, err := s.ask.output("pulumi", "whoami", "--verbose", "--json", "--non-interactive")
	if err != nil {
		line.Found = err.Error()
		return []Line{line}
	}
	var login struct{ URL string }
	if err := json.Unmarshal(output, &login); err != nil || login.URL == "" {
		return []Line{unchecked(subject, fmt.Errorf("pulumi whoami prints %q", output))}
	}
	s.backend = login.URL
	line.Found = login.URL
	backend, err := url.Parse(login.URL)
	if err != nil || backend.Scheme != "s3" || backend.Query().Get("region") != s.stateRegion {
		return []Line{line}
	}
	line.Severity, line.Do = OK, ""
	return []Line{line}
}

// checkStateBucket finds a state bucket that is another's, is not there or is elsewhere.
func checkStateBucket(s *session) []Line {
	subject, name := "state bucket", s.stateBucket()
	var lines []Line
	if backend, err := url.Parse(s.backend); err == nil && backend.Scheme == "s3" && backend.Host != name {
		lines = append(lines, Line{
			Severity: Fail, Subject: subject, Found: backend.Host + ", which Pulumi is logged in to", Needed: name,
			Do: fmt.Sprintf("pulumi login 's3://%s?region=%s'", name, s.stateRegion),
		})
	}
	var head struct{ BucketRegion string }
	err := s.ask.aws(&head, s.stateRegion, "s3api", "head-bucket", "--bucket", name, "--expected-bucket-owner", s.account)
	needed := name + " in " + s.stateRegion + ", as in state/regions.yaml"
	switch {
	case isMissing(err):
		lines = append(lines, Line{Severity: Fail, Subject: subject, Found: "none of this name", Needed: needed, Do: "run " + s.setUp()})
	case cli.Code(err) == "301" || cli.Code(err) == "400" || err == nil && head.BucketRegion != "" && head.BucketRegion != s.stateRegion:
		found := head.BucketRegion
		if found == "" {
			found = "another region"
		}
		lines = append(lines, Line{
			Severity: Fail, Subject: subject, Found: name + " in " + found, Needed: needed,
			Do: "move the state as docs/state.md says, and run " + s.setUp(),
		})
	case err != nil:
		lines = append(lines, unchecked(subject+" "+name, err))
	default:
		lines = append(lines, Line{Severity: OK, Subject: subject, Found: name, Needed: needed})
	}
	return lines
}

// checkSecretsProvider finds a stack whose secrets another key encrypts.
func checkSecretsProvider(s *session) []Line {
	line := Line{Severity: OK, Subject: s.file() + ": secretsprovider", Found: s.secretsProvider, Needed: s.wantedProvider()}
	switch s.secretsProvider {
	case s.wantedProvider():
	case "":
		line.Severity, line.Found, line.Do = Fail, "none", s.initialize()+", and commit the file"
	default:
		line.Severity, line.Do = Fail, "pulumi stack change-secrets-provider '"+s.wantedProvider()+"', and commit the file"
	}
	return []Line{line}
}

// checkSecretsKey finds a key of the state's secrets that cannot be used.
func checkSecretsKey(s *session) []Line {
	subject := "key " + s.keyAlias() + " in " + s.stateRegion
	var key struct {
		KeyMetadata struct{ Arn, KeyState string }
	}
	err := s.ask.aws(&key, s.stateRegion, "kms", "describe-key", "--key-id", s.keyAlias())
	const enabled = "Enabled"
	switch {
	case isMissing(err):
		return []Line{{Severity: Fail, Subject: subject, Found: "none", Needed: "a key that encrypts the secrets in the state", Do: "run " + s.setUp()}}
	case err != nil:
		return []Line{unchecked(subject, err)}
	case key.KeyMetadata.KeyState != enabled:
		return []Line{{
			Severity: Fail, Subject: subject, Found: key.KeyMetadata.Arn + ", " + key.KeyMetadata.KeyState, Needed: enabled,
			Do: "cancel its deletion (aws kms cancel-key-deletion) and enable it (aws kms enable-key)",
		}}
	}
	return []Line{{Severity: OK, Subject: subject, Found: key.KeyMetadata.Arn, Needed: enabled}}
}
