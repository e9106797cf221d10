package preflight

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/preflight/report"
)

var domain = map[string]any{"domain": map[string]any{"name": "cdn.example.com", "hostedZoneId": "Z0123456789ABC"}}

// TestNothingIsWrong checks that each line is ok for an account in order.
func TestNothingIsWrong(t *testing.T) {
	t.Parallel()
	withDomain := func(t *testing.T) *world {
		w := newWorld(t, "oregon")
		w.set("multisite:cdn", domain)
		return w
	}
	for name, create := range map[string]func(t *testing.T) *world{
		"oregon": withDomain, "california": newCopyingWorld,
		"global": func(t *testing.T) *world { return newWorld(t, "global") },
		"india":  func(t *testing.T) *world { return newWorld(t, "india") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := create(t).run()
			assert.NotEmpty(t, r.Lines)
			for _, l := range r.Lines {
				assert.Equal(t, report.OK, l.Severity, l.String())
			}
			assert.False(t, r.Fails())
		})
	}
}

// TestDefects checks that each defect is reported, in an account that is otherwise in order.
func TestDefects(t *testing.T) {
	t.Parallel()
	topic := resource("oregon", "aws:sns/topic:Topic", "oregon-alarms", "oregon", map[string]any{"arn": "arn:aws:sns:us-west-2:123456789012:oregon-alarms-1234567"})
	issued := resource("oregon", awstypes.CertificateValidation, "oregon-cdn", "oregon-edge", nil)
	certificate := resource("oregon", awstypes.Certificate, "arn:aws:acm:us-west-2:123456789012:certificate/1", "oregon", nil)
	zone := resource("global", awstypes.Zone, "Z0123456789ABC", "global", nil)
	for name, row := range map[string]struct {
		stack   string // oregon if empty; california copies data from the origin
		change  func(w *world)
		subject string
		want    report.Severity
		found   string // part of the line
		do      string // part of Do
	}{
		"Pulumi too old":                 {"", func(w *world) { w.answer("pulumi version", "v3.181.0\n") }, "Pulumi CLI", report.Fail, "found 3.181.0; needed: 3.182.0 or later", "install"},
		"no Pulumi":                      {"", func(w *world) { w.errors["pulumi version"] = "executable file not found in $PATH" }, "Pulumi CLI", report.Fail, "not found", "install"},
		"AWS CLI 1":                      {"", func(w *world) { w.answer("aws --version", "aws-cli/1.45.11 Python/3.11") }, "AWS CLI", report.Warn, "aws-cli/1.45.11", "cliv2-migration"},
		"another account":                {"", func(w *world) { w.account = "210987654321" }, "account", report.Fail, "found 123456789012; needed: 210987654321", "sign in to 210987654321"},
		"no account in the register":     {"", func(w *world) { w.account = "" }, "account", report.Warn, "none in register/register.yaml", `account: "123456789012"`},
		"no credentials":                 {"", func(w *world) { w.refuse("aws sts", "ExpiredToken") }, "AWS credentials", report.Fail, "ExpiredToken", "sign in"},
		"not logged in":                  {"", func(w *world) { w.errors["pulumi whoami"] = "error: PULUMI_ACCESS_TOKEN must be set" }, "state backend", report.Fail, "must be set", "state/setup oregon"},
		"another backend":                {"", func(w *world) { w.answer("pulumi whoami", `{"url": "https://app.pulumi.com/ci"}`) }, "state backend", report.Fail, "app.pulumi.com", "pulumi login"},
		"backend in another region":      {"", func(w *world) { w.change("pulumi whoami", "us-west-2", "eu-west-1") }, "state backend", report.Fail, "region=eu-west-1", "pulumi login"},
		"backend of another site":        {"", func(w *world) { w.change("pulumi whoami", "state-oregon", "state-california") }, "state bucket: found multisite-state-california", report.Fail, "needed: multisite-state-oregon-123456789012", "pulumi login"},
		"no bucket":                      {"", func(w *world) { w.refuse("aws s3api head-bucket", "404") }, "state bucket", report.Fail, "no bucket of this name", "state/setup oregon"},
		"bucket in another region":       {"", func(w *world) { w.answer("aws s3api head-bucket", `{"BucketRegion": "eu-west-1"}`) }, "state bucket", report.Fail, "in eu-west-1; needed: multisite-state-oregon-123456789012 in us-west-2", "docs/state.md"},
		"no stack":                       {"", func(w *world) { w.errors["pulumi stack export"] = "error: no stack named 'oregon' found" }, "stack", report.Fail, "no stack oregon", "pulumi stack init oregon"},
		"no secrets provider":            {"", func(w *world) { w.edit(func(file map[string]any) { delete(file, "secretsprovider") }) }, "Pulumi.oregon.yaml: secretsprovider", report.Fail, "found none", "pulumi stack init oregon"},
		"passphrase as secrets provider": {"", func(w *world) { w.edit(func(file map[string]any) { file["secretsprovider"] = "passphrase" }) }, "Pulumi.oregon.yaml: secretsprovider", report.Fail, "found passphrase", "change-secrets-provider"},
		"no key":                         {"", func(w *world) { w.refuse("aws kms describe-key", "NotFoundException") }, "key alias/pulumi-secrets-oregon", report.Fail, "found none", "state/setup oregon"},
		"key pending deletion":           {"", func(w *world) { w.change("aws kms describe-key", `"Enabled", "Origin"`, `"PendingDeletion", "Origin"`) }, "key alias/pulumi-secrets-oregon", report.Fail, "PendingDeletion", "cancel-key-deletion"},
		"no boundary":                    {"", func(w *world) { w.refuse("aws iam get-policy", "NoSuchEntity") }, "permission boundary", report.Fail, "needed: multisite-boundary-oregon", "state/setup oregon"},
		"too few zones": {"", func(w *world) {
			w.answer("aws ec2 describe-availability-zones --region us-west-2", `{"AvailabilityZones": [{"ZoneName": "us-west-2a"}, {"ZoneName": "us-west-2b"}]}`)
		}, "availability zones", report.Fail, "at most 2", "multisite:network.zones"},
		"unknown zone": {"california", func(w *world) {
			w.set("multisite:network", map[string]any{"cidrBlock": "10.48.0.0/16", "zones": []string{"us-west-1a", "us-west-1b"}})
		}, "availability zones", report.Fail, `"us-west-1b"`, "multisite:network.zones"},
		"class not offered": {"", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-2", "db.r7g.large", "db.r6g.large")
		}, "database of mi-cloud", report.Fail, "an offer in no zone", "multisite:services.mi-cloud.database"},
		"version not offered": {"", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-2", `"16.10"`, `"160.1"`)
		}, "database of mi-account", report.Fail, "an offer in no zone", "another class, version"},
		"class in one zone": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", `, {"Name": "us-west-1c"}`, "")
		}, "database of ecommerce", report.Fail, "an offer in us-west-1a; needed: an offer in us-west-1a, us-west-1c", "another class"},
		"class in two of three": {"", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-2", `{"Name": "us-west-2b"}, `, "")
		}, "database of mi-cloud", report.Warn, "an offer in us-west-2a, us-west-2c, us-west-2d", "standbys only in us-west-2a, us-west-2c"},
		"no Multi-AZ": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", `"MultiAZCapable": true`, `"MultiAZCapable": false`)
		}, "database of ecommerce", report.Fail, "no zone", "another class"},
		"no gp3": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", "gp3", "gp2")
		}, "database of ecommerce", report.Fail, "no zone", "another class"},
		"storage too large": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", `"MaxStorageSize": 65536`, `"MaxStorageSize": 500`)
		}, "database of ecommerce", report.Fail, "no zone", "size"},
		"no VPC role of DMS":  {"california", func(w *world) { w.refuse("aws iam get-role dms-vpc-role", "NoSuchEntity") }, "role dms-vpc-role", report.Fail, "found none", "state/account"},
		"no logs role of DMS": {"california", func(w *world) { w.refuse("aws iam get-role dms-cloudwatch-logs-role", "NoSuchEntity") }, "role dms-cloudwatch-logs-role", report.Fail, "found none", "state/account"},
		"DMS class not offered": {"california", func(w *world) {
			w.change("aws dms describe-orderable-replication-instances", "dms.c6i.large", "dms.c5.large")
		}, "replication instance", report.Fail, "no zone", "multisite:migration.replication.instanceClass"},
		"DMS class in beta":     {"california", func(w *world) { w.change("aws dms describe-orderable-replication-instances", `"prod"`, `"beta"`) }, "replication instance", report.Fail, "no zone", "instanceClass"},
		"DMS class in one zone": {"california", func(w *world) { w.change("aws dms describe-orderable-replication-instances", `, "us-west-1c"`, "") }, "replication instance", report.Fail, "an offer in us-west-1a", "instanceClass"},
		"no hosted zone": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.refuse("aws route53 get-hosted-zone", "NoSuchHostedZone")
		}, "hosted zone Z0123456789ABC", report.Fail, "none in account 123456789012", "hostedZoneId"},
		"zone of another domain": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.change("aws route53 get-hosted-zone", "example.com.", "ample.com.")
		}, "hosted zone Z0123456789ABC", report.Fail, "found ample.com", "hostedZoneId or name"},
		"private zone": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.change("aws route53 get-hosted-zone", `"PrivateZone": false`, `"PrivateZone": true`)
		}, "hosted zone Z0123456789ABC", report.Fail, "private", "hostedZoneId"},
		"no delegation": {"", func(w *world) { w.set("multisite:cdn", domain); delete(w.servers, "example.com") }, "delegation of example.com", report.Fail, "no name servers", "NS records"},
		"other name servers": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.servers["example.com"] = []string{"ns.registrar.example."}
		}, "delegation of example.com", report.Fail, "found ns.registrar.example; needed: ns-1.awsdns-01.org", "NS records"},
		"one other name server":                 {"", func(w *world) { w.set("multisite:cdn", domain); w.servers["example.com"][0] = "ns.registrar.example." }, "delegation of example.com", report.Warn, "ns.registrar.example", "NS records"},
		"not delegated, but certificate issued": {"", func(w *world) { w.set("multisite:cdn", domain); w.has(issued); delete(w.servers, "example.com") }, "delegation of example.com", report.Warn, "no name servers", "NS records"},
		"CAA for another authority": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.caa["example.com"] = []Authorization{{"issue", "letsencrypt.org"}, {"iodef", "mailto:ca@example.com"}}
		}, "CAA of cdn.example.com", report.Fail, `issue ["letsencrypt.org"] at example.com`, `0 issue "amazon.com"`},
		"CAA for no authority": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.caa["cdn.example.com"] = []Authorization{{"issue", ";"}}
			w.caa["example.com"] = []Authorization{{"issue", "amazon.com"}}
		}, "CAA of cdn.example.com", report.Fail, `issue [""] at cdn.example.com`, `0 issue "amazon.com"`},
		"CAA of the services for another authority": {"", func(w *world) {
			w.caa["multisite.example"] = []Authorization{{"issue", "letsencrypt.org"}}
		}, "CAA of mi-account.multisite.example", report.Warn, `issue ["letsencrypt.org"] at multisite.example`, `0 issue "amazon.com"`},
		"certificate not issued": {"", func(w *world) {
			w.has(certificate)
			w.answer("aws acm describe-certificate", `{"Certificate": {"DomainName": "mi-account.multisite.example", "Status": "PENDING_VALIDATION"}}`)
		}, "certificate arn:aws:acm:us-west-2", report.Warn, "found PENDING_VALIDATION; needed: ISSUED", "pulumi up -s global, and a few minutes later pulumi up -s oregon"},
		"certificate requested too long ago": {"", func(w *world) {
			w.has(certificate)
			w.answer("aws acm describe-certificate", `{"Certificate": {"DomainName": "mi-account.multisite.example", "Status": "FAILED", "FailureReason": "CAA_ERROR"}}`)
		}, "certificate arn:aws:acm:us-west-2", report.Warn, "found FAILED CAA_ERROR; needed: ISSUED", "--target-replace"},
		"no alarm address": {"", func(w *world) {
			w.edit(func(file map[string]any) { delete(file["config"].(map[string]any), "multisite:alarms") })
		}, "Pulumi.oregon.yaml: multisite:alarms.emails", report.Warn, "receives the alarms", "pulumi config set"},
		"subscription not confirmed": {"", func(w *world) {
			w.has(topic)
			w.answer("aws sns list-subscriptions-by-topic", `{"Subscriptions": [{"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "alarms@example.com"}]}`)
		}, "subscribers of arn:aws:sns:us-west-2", report.Warn, "has not confirmed", "aws sns subscribe"},
		"no subscription": {"", func(w *world) {
			w.has(topic)
			w.answer("aws sns list-subscriptions-by-topic", `{"Subscriptions": []}`)
		}, "subscribers of arn:aws:sns:us-west-2", report.Warn, "no subscription of alarms@example.com", "refresh"},
		"second zone of the same name": {"global", func(w *world) {
			w.answer("aws route53 list-hosted-zones-by-name", `{"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "multisite.example.", "Config": {"PrivateZone": false}}]}`)
		}, "zone multisite.example", report.Warn, "/hostedzone/Z1", "bin/sites adopt global"},
		"global zone not delegated": {"global", func(w *world) { w.has(zone) }, "delegation of multisite.example", report.Warn, "no name servers", "NS records"},
		"no plugin":                 {"india", func(w *world) { w.answer("pulumi plugin ls", "[]") }, "plugin", report.Fail, "found none", "make plugin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "oregon")
			switch row.stack {
			case "":
			case "california":
				w = newCopyingWorld(t)
			default:
				w = newWorld(t, row.stack)
			}
			row.change(w)
			r := w.run()
			subject, start, _ := strings.Cut(row.subject, ": found")
			var l report.Line
			for _, candidate := range r.Lines {
				if strings.HasPrefix(candidate.Subject, subject) && strings.Contains(candidate.String(), start) && l.Subject == "" {
					l = candidate
				}
			}
			require.NotEmpty(t, l.Subject, "%v", r.Lines)
			assert.Equal(t, row.want, l.Severity, l.String())
			assert.Contains(t, l.String(), row.found)
			assert.Contains(t, l.Do, row.do)
			assert.Equal(t, row.want == report.Fail, r.Fails())
		})
	}
}

// TestUnanswered checks that a subject without an answer is unknown: neither ok nor a failure.
func TestUnanswered(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change  func(w *world)
		subject string
		because string // part of the reason
	}{
		"bucket":   {func(w *world) { w.refuse("aws s3api head-bucket", "403") }, "state bucket", "403"},
		"key":      {func(w *world) { w.refuse("aws kms describe-key", "AccessDeniedException") }, "key alias", "AccessDeniedException"},
		"boundary": {func(w *world) { w.refuse("aws iam get-policy", "AccessDenied") }, "permission boundary", "AccessDenied"},
		"zones":    {func(w *world) { w.refuse("aws ec2 describe-availability-zones", "UnauthorizedOperation") }, "availability zones", "UnauthorizedOperation"},
		"no JSON": {func(w *world) {
			w.answer("aws ec2 describe-availability-zones --region us-west-2", "<html>")
		}, "availability zones", "invalid character"},
		"quotas":  {func(w *world) { w.refuse("aws ec2 describe-availability-zones", "UnauthorizedOperation") }, "quotas", "UnauthorizedOperation"},
		"classes": {func(w *world) { w.refuse("aws rds describe-orderable-db-instance-options", "AccessDenied") }, "database of mi-cloud", "AccessDenied"},
		"roles":   {func(w *world) { w.refuse("aws iam get-role dms-vpc-role", "AccessDenied") }, "role dms-vpc-role", "AccessDenied"},
		"DMS": {func(w *world) {
			w.refuse("aws dms describe-orderable", "AccessDenied")
			w.refuse("aws dms describe-orderable-replication-instances", "AccessDenied")
		}, "replication instance", "AccessDenied"},
		"usage":        {func(w *world) { w.refuse("aws ec2 describe-vpcs", "RequestLimitExceeded") }, "VPCs in", "RequestLimitExceeded"},
		"quota":        {func(w *world) { w.refuse("aws service-quotas get-service-quota L-F678F1CE", "AccessDeniedException") }, "VPCs in", "AccessDeniedException"},
		"no list":      {func(w *world) { w.answer("aws ec2 describe-vpcs", "{}") }, "VPCs in", "describe-vpcs"},
		"no attribute": {func(w *world) { w.answer("aws rds describe-account-attributes", `{"AccountQuotas": []}`) }, "RDS instances in", "has no DBInstances"},
		"no quota of this name": {func(w *world) {
			w.change("aws service-quotas list-aws-default-service-quotas wafv2", "web ACLs", "things")
		}, "web ACLs of CloudFront", "web ACLs per account"},
		"no value": {func(w *world) { w.answer("aws service-quotas get-service-quota L-F678F1CE", "") }, "VPCs in", "has no value"},
		"zone": {func(w *world) {
			w.set("multisite:cdn", domain)
			w.refuse("aws route53 get-hosted-zone", "AccessDenied")
		}, "hosted zone", "AccessDenied"},
		"delegation":     {func(w *world) { w.set("multisite:cdn", domain); w.dnsFails = errors.New("i/o timeout") }, "delegation of example.com", "i/o timeout"},
		"CAA":            {func(w *world) { w.set("multisite:cdn", domain); w.dnsFails = errors.New("i/o timeout") }, "CAA of cdn.example.com", "cdn.example.com: i/o timeout"},
		"stack":          {func(w *world) { w.errors["pulumi stack export"] = "error: AccessDenied" }, "stack", "AccessDenied"},
		"Pulumi version": {func(w *world) { w.answer("pulumi version", "unknown") }, "Pulumi CLI", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "oregon")
			if name == "roles" || name == "DMS" {
				w = newCopyingWorld(t)
			}
			row.change(w)
			r := w.run()
			l := line(t, r, row.subject)
			assert.Equal(t, report.Unknown, l.Severity, l.String())
			assert.Contains(t, l.String(), "not checked, because ")
			assert.Contains(t, l.Unchecked, row.because)
			assert.False(t, r.Fails())
		})
	}
}

// TestNoCredentials checks that no other operation is called without credentials.
func TestNoCredentials(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "oregon")
	w.refuse("aws sts", "ExpiredToken")
	assert.Equal(t, report.Unknown, line(t, w.run(), "everything in AWS").Severity)
	assert.Equal(t, map[string]bool{"sts:getcalleridentity": true}, w.called)
}

// TestOverriddenSecretsProvider checks the variable with which Pulumi ignores the stack's file.
func TestOverriddenSecretsProvider(t *testing.T) {
	w := newWorld(t, "oregon")
	t.Setenv(overrideVariable, "awskms://alias/pulumi-secrets-oregon?region=us-west-2")
	assert.Equal(t, report.OK, w.lineOn("Pulumi.oregon.yaml: secretsprovider").Severity)
	t.Setenv(overrideVariable, "awskms://alias/pulumi-secrets-oregon?region=us-east-1")
	got := w.lineOn("Pulumi.oregon.yaml: secretsprovider")
	assert.Equal(t, report.Fail, got.Severity)
	assert.Equal(t, "PULUMI_CLOUD_SECRET_OVERRIDE=awskms://alias/pulumi-secrets-oregon?region=us-east-1", got.Found)
}

// TestCAAAllowsAmazon checks records with which AWS issues a certificate.
func TestCAAAllowsAmazon(t *testing.T) {
	t.Parallel()
	for _, records := range [][]Authorization{
		{{"issue", "letsencrypt.org"}, {"issue", "Amazon.com"}},
		{{"issue", "amazonaws.com; cansignhttpexchanges=yes"}},
		{{"iodef", "mailto:ca@example.com"}}, // no issue record: every authority may issue
		{{"issuewild", ";"}},                 // applies to wildcards only
	} {
		w := newWorld(t, "oregon")
		w.set("multisite:cdn", domain)
		w.caa["example.com"] = records
		assert.Equal(t, report.OK, w.lineOn("CAA of cdn.example.com").Severity, records)
	}
}

// TestActions compares Actions with the operations that the checks call.
func TestActions(t *testing.T) {
	t.Parallel()
	called := map[string]bool{}
	withDomain, withTopic, withZone := newWorld(t, "oregon"), newWorld(t, "oregon"), newWorld(t, "global")
	withDomain.set("multisite:cdn", domain)
	withDomain.set("multisite:network", map[string]any{"cidrBlock": "10.16.0.0/16", "zones": 3, "ipFamily": "dual-stack"})
	withDomain.refuse("aws service-quotas get-service-quota L-0263D0A3", "NoSuchResourceException")
	withTopic.has(
		resource("oregon", "aws:sns/topic:Topic", "oregon-alarms", "oregon", map[string]any{"arn": "arn:aws:sns:us-west-2:123456789012:oregon-alarms"}),
		resource("oregon", awstypes.Certificate, "arn:aws:acm:us-west-2:123456789012:certificate/1", "oregon", nil),
	)
	withZone.has(resource("global", awstypes.Zone, "Z0123456789ABC", "global", nil))
	for _, w := range []*world{withDomain, withTopic, withZone, newCopyingWorld(t), newWorld(t, "global"), newWorld(t, "india")} {
		w.run()
		maps.Copy(called, w.called)
	}
	// IAM names the actions of these operations differently.
	named := map[string]string{
		"s3api:headbucket": "s3:listbucket", "s3api:listbuckets": "s3:listallmybuckets",
		"elbv2:describeloadbalancers": "elasticloadbalancing:describeloadbalancers", "elbv2:describetargetgroups": "elasticloadbalancing:describetargetgroups",
	}
	var operations, actions []string
	for operation := range called {
		if action, ok := named[operation]; ok {
			operation = action
		}
		operations = append(operations, operation)
	}
	for _, action := range Actions {
		actions = append(actions, strings.ToLower(action))
	}
	slices.Sort(operations)
	slices.Sort(actions)
	assert.Equal(t, operations, actions)
	assert.True(t, slices.IsSorted(Actions))
}

func TestReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "oregon")
	w.refuse("aws kms describe-key", "NotFoundException")
	w.refuse("aws iam get-policy", "AccessDenied")
	w.account = ""
	r := w.run()
	var text, data bytes.Buffer
	require.NoError(t, r.Text(&text))
	lines := strings.Split(text.String(), "\n")
	assert.Equal(t, "fail     key alias/pulumi-secrets-oregon in us-west-2: found none; needed: a key that encrypts the secrets in the state; do: run state/setup oregon", lines[0])
	assert.Regexp(t, `^warn     account: found `, lines[1])
	assert.Regexp(t, `^unknown  permission boundary multisite-boundary-oregon: not checked, because An error occurred \(AccessDenied\)`, lines[2])
	assert.Regexp(t, `\noregon: 1 would fail, 1 to fix, 1 not checked, \d+ in order.\n$`, text.String())
	require.NoError(t, r.JSON(&data))
	var read report.Report
	require.NoError(t, json.Unmarshal(data.Bytes(), &read))
	assert.Equal(t, *r, read)
}

func TestUnknownStack(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), Options{Dir: newWorld(t, "oregon").dir, Stack: "atlantis"})
	require.ErrorIs(t, err, ErrUsage)
	require.ErrorContains(t, err, `state/regions.yaml: STACK: found "atlantis"; allowed: one of brazil, california, global, india, oregon, singapore`)
}
