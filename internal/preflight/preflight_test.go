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
)

var domain = map[string]any{"domain": map[string]any{"name": "cdn.example.com", "hostedZoneId": "Z0123456789ABC"}}

// TestAllIsInOrder has nothing but good news where nothing is wrong.
func TestAllIsInOrder(t *testing.T) {
	t.Parallel()
	withDomain := func(t *testing.T) *world {
		w := inOrder(t, "oregon")
		w.set("multisite:cdn", domain)
		return w
	}
	for name, make := range map[string]func(t *testing.T) *world{
		"oregon": withDomain, "california": moving,
		"global": func(t *testing.T) *world { return inOrder(t, "global") },
		"india":  func(t *testing.T) *world { return inOrder(t, "india") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			report := make(t).run()
			assert.NotEmpty(t, report.Lines)
			for _, l := range report.Lines {
				assert.Equal(t, OK, l.Severity, l.String())
			}
			assert.False(t, report.Fails())
		})
	}
}

// TestWhatIsWrongIsFound has one defect in each row, in a world that is otherwise in order.
func TestWhatIsWrongIsFound(t *testing.T) {
	t.Parallel()
	aTopic := resource("oregon", "aws:sns/topic:Topic", "oregon-alarms", "oregon", map[string]any{"arn": "arn:aws:sns:us-west-2:123456789012:oregon-alarms-1234567"})
	issued := resource("oregon", awstypes.CertificateValidation, "oregon-cdn", "oregon-edge", nil)
	zone := resource("global", awstypes.Zone, "Z0123456789ABC", "global", nil)
	for name, row := range map[string]struct {
		stack   string // california copies; oregon if empty
		breaks  func(w *world)
		subject string
		want    Severity
		found   string // part of the line
		do      string // another
	}{
		"an old Pulumi":    {"", func(w *world) { w.answer("pulumi version", "v3.181.0\n") }, "Pulumi CLI", Fail, "found 3.181.0; needed 3.182.0 or later", "install"},
		"no Pulumi":        {"", func(w *world) { w.errors["pulumi version"] = "executable file not found in $PATH" }, "Pulumi CLI", Fail, "not found", "install"},
		"version 1 of aws": {"", func(w *world) { w.answer("aws --version", "aws-cli/1.45.11 Python/3.11") }, "AWS CLI", Warn, "aws-cli/1.45.11", "cliv2-migration"},
		"another account":  {"", func(w *world) { w.account = "210987654321" }, "account", Fail, "found 123456789012; needed 210987654321", "sign in to 210987654321"},
		"no account named": {"", func(w *world) { w.account = "" }, "account", Warn, "none in register/register.yaml", `account: "123456789012"`},
		"no credentials":   {"", func(w *world) { w.refuse("aws sts", "ExpiredToken") }, "AWS credentials", Fail, "ExpiredToken", "sign in"},
		"not logged in":    {"", func(w *world) { w.errors["pulumi whoami"] = "error: PULUMI_ACCESS_TOKEN must be set" }, "state backend", Fail, "must be set", "state/setup oregon"},
		"another backend":  {"", func(w *world) { w.answer("pulumi whoami", `{"url": "https://app.pulumi.com/ci"}`) }, "state backend", Fail, "app.pulumi.com", "pulumi login"},
		"a backend abroad": {"", func(w *world) { w.change("pulumi whoami", "us-west-2", "eu-west-1") }, "state backend", Fail, "region=eu-west-1", "pulumi login"},
		"another's state":  {"", func(w *world) { w.change("pulumi whoami", "state-oregon", "state-california") }, "state bucket: found multisite-state-california", Fail, "needed multisite-state-oregon-123456789012", "pulumi login"},
		"no bucket":        {"", func(w *world) { w.refuse("aws s3api head-bucket", "404") }, "state bucket", Fail, "none of this name", "state/setup oregon"},
		"a bucket abroad":  {"", func(w *world) { w.answer("aws s3api head-bucket", `{"BucketRegion": "eu-west-1"}`) }, "state bucket", Fail, "in eu-west-1; needed multisite-state-oregon-123456789012 in us-west-2", "docs/state.md"},
		"no stack":         {"", func(w *world) { w.errors["pulumi stack export"] = "error: no stack named 'oregon' found" }, "stack", Fail, "no stack oregon", "pulumi stack init oregon"},
		"no provider":      {"", func(w *world) { w.edit(func(file map[string]any) { delete(file, "secretsprovider") }) }, "Pulumi.oregon.yaml: secretsprovider", Fail, "found none", "pulumi stack init oregon"},
		"a passphrase":     {"", func(w *world) { w.edit(func(file map[string]any) { file["secretsprovider"] = "passphrase" }) }, "Pulumi.oregon.yaml: secretsprovider", Fail, "found passphrase", "change-secrets-provider"},
		"no key":           {"", func(w *world) { w.refuse("aws kms describe-key", "NotFoundException") }, "key alias/pulumi-secrets-oregon", Fail, "found none", "state/setup oregon"},
		"a dying key":      {"", func(w *world) { w.change("aws kms describe-key", `"Enabled", "Origin"`, `"PendingDeletion", "Origin"`) }, "key alias/pulumi-secrets-oregon", Fail, "PendingDeletion", "cancel-key-deletion"},
		"no boundary":      {"", func(w *world) { w.refuse("aws iam get-policy", "NoSuchEntity") }, "permission boundary", Fail, "needed multisite-boundary-oregon", "state/setup oregon"},
		"too few zones": {"", func(w *world) {
			w.answer("aws ec2 describe-availability-zones --region us-west-2", `{"AvailabilityZones": [{"ZoneName": "us-west-2a"}, {"ZoneName": "us-west-2b"}]}`)
		}, "availability zones", Fail, "at most 2", "multisite:network.zones"},
		"an unknown zone": {"california", func(w *world) {
			w.set("multisite:network", map[string]any{"cidrBlock": "10.48.0.0/16", "zones": []string{"us-west-1a", "us-west-1b"}})
		}, "availability zones", Fail, `"us-west-1b"`, "multisite:network.zones"},
		"no such class": {"", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-2", "db.r7g.large", "db.r6g.large")
		}, "database of mi-cloud", Fail, "offered in no zone", "multisite:services.mi-cloud.database"},
		"no such version": {"", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-2", `"16.10"`, `"160.1"`)
		}, "database of mi-account", Fail, "offered in no zone", "another class, version"},
		"class in one zone": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", `, {"Name": "us-west-1c"}`, "")
		}, "database of ecommerce", Fail, "offered in us-west-1a; needed an offer in us-west-1a, us-west-1c", "another class"},
		"class in two of three": {"", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-2", `{"Name": "us-west-2b"}, `, "")
		}, "database of mi-cloud", Warn, "offered in us-west-2a, us-west-2c, us-west-2d", "standbys in us-west-2a, us-west-2c"},
		"no Multi-AZ": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", `"MultiAZCapable": true`, `"MultiAZCapable": false`)
		}, "database of ecommerce", Fail, "no zone", "another class"},
		"no gp3": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", "gp3", "gp2")
		}, "database of ecommerce", Fail, "no zone", "another class"},
		"storage too large": {"california", func(w *world) {
			w.change("aws rds describe-orderable-db-instance-options --region us-west-1", `"MaxStorageSize": 65536`, `"MaxStorageSize": 500`)
		}, "database of ecommerce", Fail, "no zone", "size"},
		"no role of DMS":   {"california", func(w *world) { w.refuse("aws iam get-role dms-vpc-role", "NoSuchEntity") }, "role dms-vpc-role", Fail, "found none", "state/account"},
		"no role for logs": {"california", func(w *world) { w.refuse("aws iam get-role dms-cloudwatch-logs-role", "NoSuchEntity") }, "role dms-cloudwatch-logs-role", Fail, "found none", "state/account"},
		"no class of DMS": {"california", func(w *world) {
			w.change("aws dms describe-orderable-replication-instances", "dms.c6i.large", "dms.c5.large")
		}, "replication instance", Fail, "no zone", "multisite:migration.replication.instanceClass"},
		"a beta of DMS":   {"california", func(w *world) { w.change("aws dms describe-orderable-replication-instances", `"prod"`, `"beta"`) }, "replication instance", Fail, "no zone", "instanceClass"},
		"DMS in one zone": {"california", func(w *world) { w.change("aws dms describe-orderable-replication-instances", `, "us-west-1c"`, "") }, "replication instance", Fail, "offered in us-west-1a", "instanceClass"},
		"no hosted zone": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.refuse("aws route53 get-hosted-zone", "NoSuchHostedZone")
		}, "hosted zone Z0123456789ABC", Fail, "none in account 123456789012", "hostedZoneId"},
		"another's zone": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.change("aws route53 get-hosted-zone", "example.com.", "ample.com.")
		}, "hosted zone Z0123456789ABC", Fail, "found ample.com", "hostedZoneId or name"},
		"a private zone": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.change("aws route53 get-hosted-zone", `"PrivateZone": false`, `"PrivateZone": true`)
		}, "hosted zone Z0123456789ABC", Fail, "private", "hostedZoneId"},
		"no delegation": {"", func(w *world) { w.set("multisite:cdn", domain); delete(w.servers, "example.com") }, "delegation of example.com", Fail, "no name servers", "NS records"},
		"other servers": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.servers["example.com"] = []string{"ns.registrar.example."}
		}, "delegation of example.com", Fail, "found ns.registrar.example; needed ns-1.awsdns-01.org", "NS records"},
		"one server astray": {"", func(w *world) { w.set("multisite:cdn", domain); w.servers["example.com"][0] = "ns.registrar.example." }, "delegation of example.com", Warn, "ns.registrar.example", "NS records"},
		"issued before":     {"", func(w *world) { w.set("multisite:cdn", domain); w.has(issued); delete(w.servers, "example.com") }, "delegation of example.com", Warn, "no name servers", "NS records"},
		"CAA of another": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.caa["example.com"] = []Authorization{{"issue", "letsencrypt.org"}, {"iodef", "mailto:ca@example.com"}}
		}, "CAA of cdn.example.com", Fail, `issue ["letsencrypt.org"] at example.com`, `0 issue "amazon.com"`},
		"CAA of nobody": {"", func(w *world) {
			w.set("multisite:cdn", domain)
			w.caa["cdn.example.com"] = []Authorization{{"issue", ";"}}
			w.caa["example.com"] = []Authorization{{"issue", "amazon.com"}}
		}, "CAA of cdn.example.com", Fail, `issue [""] at cdn.example.com`, `0 issue "amazon.com"`},
		"no addresses": {"", func(w *world) {
			w.edit(func(file map[string]any) { delete(file["config"].(map[string]any), "multisite:alarms") })
		}, "Pulumi.oregon.yaml: multisite:alarms.emails", Warn, "reach nobody", "pulumi config set"},
		"not confirmed": {"", func(w *world) {
			w.has(aTopic)
			w.answer("aws sns list-subscriptions-by-topic", `{"Subscriptions": [{"SubscriptionArn": "PendingConfirmation", "Protocol": "email", "Endpoint": "alarms@example.com"}]}`)
		}, "subscribers of arn:aws:sns:us-west-2", Warn, "has not confirmed", "aws sns subscribe"},
		"unsubscribed": {"", func(w *world) {
			w.has(aTopic)
			w.answer("aws sns list-subscriptions-by-topic", `{"Subscriptions": []}`)
		}, "subscribers of arn:aws:sns:us-west-2", Warn, "no subscription of alarms@example.com", "refresh"},
		"a zone beside": {"global", func(w *world) {
			w.answer("aws route53 list-hosted-zones-by-name", `{"HostedZones": [{"Id": "/hostedzone/Z1", "Name": "multisite.example.", "Config": {"PrivateZone": false}}]}`)
		}, "zone multisite.example", Warn, "/hostedzone/Z1", "bin/adopt global"},
		"global, alone": {"global", func(w *world) { w.has(zone) }, "delegation of multisite.example", Warn, "no name servers", "NS records"},
		"no plugin":     {"india", func(w *world) { w.answer("pulumi plugin ls", "[]") }, "plugin", Fail, "found none", "make plugin"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inOrder(t, "oregon")
			switch row.stack {
			case "":
			case "california":
				w = moving(t)
			default:
				w = inOrder(t, row.stack)
			}
			row.breaks(w)
			report := w.run()
			subject, start, _ := strings.Cut(row.subject, ": found")
			var l Line
			for _, candidate := range report.Lines {
				if strings.HasPrefix(candidate.Subject, subject) && strings.Contains(candidate.String(), start) && l.Subject == "" {
					l = candidate
				}
			}
			require.NotEmpty(t, l.Subject, "%v", report.Lines)
			assert.Equal(t, row.want, l.Severity, l.String())
			assert.Contains(t, l.String(), row.found)
			assert.Contains(t, l.Do, row.do)
			assert.Equal(t, row.want == Fail, report.Fails())
		})
	}
}

// TestWhatIsNotAnsweredIsSaid: no answer is neither good news nor bad.
func TestWhatIsNotAnsweredIsSaid(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		breaks  func(w *world)
		subject string
		because string
	}{
		"bucket":   {func(w *world) { w.refuse("aws s3api head-bucket", "403") }, "state bucket", "403"},
		"key":      {func(w *world) { w.refuse("aws kms describe-key", "AccessDeniedException") }, "key alias", "AccessDeniedException"},
		"boundary": {func(w *world) { w.refuse("aws iam get-policy", "AccessDenied") }, "permission boundary", "AccessDenied"},
		"zones":    {func(w *world) { w.refuse("aws ec2 describe-availability-zones", "UnauthorizedOperation") }, "availability zones", "UnauthorizedOperation"},
		"garbage": {func(w *world) {
			w.answer("aws ec2 describe-availability-zones --region us-west-2", "<html>")
		}, "availability zones", "invalid character"},
		"quotas":  {func(w *world) { w.refuse("aws ec2 describe-availability-zones", "UnauthorizedOperation") }, "quotas", "UnauthorizedOperation"},
		"classes": {func(w *world) { w.refuse("aws rds describe-orderable-db-instance-options", "AccessDenied") }, "database of mi-cloud", "AccessDenied"},
		"roles":   {func(w *world) { w.refuse("aws iam get-role dms-vpc-role", "AccessDenied") }, "role dms-vpc-role", "AccessDenied"},
		"DMS": {func(w *world) {
			w.refuse("aws dms describe-orderable", "AccessDenied")
			w.refuse("aws dms describe-orderable-replication-instances", "AccessDenied")
		}, "replication instance", "AccessDenied"},
		"usage":    {func(w *world) { w.refuse("aws ec2 describe-vpcs", "RequestLimitExceeded") }, "VPCs in", "RequestLimitExceeded"},
		"quota":    {func(w *world) { w.refuse("aws service-quotas get-service-quota L-F678F1CE", "AccessDeniedException") }, "VPCs in", "AccessDeniedException"},
		"no list":  {func(w *world) { w.answer("aws ec2 describe-vpcs", "{}") }, "VPCs in", "describe-vpcs"},
		"no quota": {func(w *world) { w.answer("aws rds describe-account-attributes", `{"AccountQuotas": []}`) }, "RDS instances in", "has no DBInstances"},
		"no name": {func(w *world) {
			w.change("aws service-quotas list-aws-default-service-quotas wafv2", "web ACLs", "things")
		}, "web ACLs of CloudFront", "web ACLs per account"},
		"no number": {func(w *world) { w.answer("aws service-quotas get-service-quota L-F678F1CE", "") }, "VPCs in", "names none"},
		"zone": {func(w *world) {
			w.set("multisite:cdn", domain)
			w.refuse("aws route53 get-hosted-zone", "AccessDenied")
		}, "hosted zone", "AccessDenied"},
		"delegation": {func(w *world) { w.set("multisite:cdn", domain); w.dnsFails = errors.New("i/o timeout") }, "delegation of example.com", "i/o timeout"},
		"CAA":        {func(w *world) { w.set("multisite:cdn", domain); w.dnsFails = errors.New("i/o timeout") }, "CAA of cdn.example.com", "cdn.example.com: i/o timeout"},
		"state":      {func(w *world) { w.errors["pulumi stack export"] = "error: AccessDenied" }, "stack", "AccessDenied"},
		"version":    {func(w *world) { w.answer("pulumi version", "unknown") }, "Pulumi CLI", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inOrder(t, "oregon")
			if name == "roles" || name == "DMS" {
				w = moving(t)
			}
			row.breaks(w)
			report := w.run()
			l := line(t, report, row.subject)
			assert.Equal(t, Unknown, l.Severity, l.String())
			assert.Contains(t, l.String(), "not checked, because ")
			assert.Contains(t, l.Unchecked, row.because)
			assert.False(t, report.Fails())
		})
	}
}

// TestWithoutCredentialsAWSIsNotAsked has one line for all that.
func TestWithoutCredentialsAWSIsNotAsked(t *testing.T) {
	t.Parallel()
	w := inOrder(t, "oregon")
	w.refuse("aws sts", "ExpiredToken")
	assert.Equal(t, Unknown, line(t, w.run(), "everything in AWS").Severity)
	assert.Equal(t, map[string]bool{"sts:getcalleridentity": true}, w.asked)
}

// TestCAALetsAmazonIssue takes the records that AWS takes.
func TestCAALetsAmazonIssue(t *testing.T) {
	t.Parallel()
	for _, records := range [][]Authorization{
		{{"issue", "letsencrypt.org"}, {"issue", "Amazon.com"}},
		{{"issue", "amazonaws.com; cansignhttpexchanges=yes"}},
		{{"iodef", "mailto:ca@example.com"}}, // limits nobody
		{{"issuewild", ";"}},                 // the name is no wildcard
	} {
		w := inOrder(t, "oregon")
		w.set("multisite:cdn", domain)
		w.caa["example.com"] = records
		assert.Equal(t, OK, w.about("CAA of cdn.example.com").Severity, records)
	}
}

// TestActionsAreWhatIsAsked holds the list for the policies to the calls.
func TestActionsAreWhatIsAsked(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	withDomain, withTopic, zoned := inOrder(t, "oregon"), inOrder(t, "oregon"), inOrder(t, "global")
	withDomain.set("multisite:cdn", domain)
	withDomain.set("multisite:network", map[string]any{"cidrBlock": "10.16.0.0/16", "zones": 3, "ipFamily": "dual-stack"})
	withDomain.refuse("aws service-quotas get-service-quota L-0263D0A3", "NoSuchResourceException")
	withTopic.has(resource("oregon", "aws:sns/topic:Topic", "oregon-alarms", "oregon", map[string]any{"arn": "arn:aws:sns:us-west-2:123456789012:oregon-alarms"}))
	zoned.has(resource("global", awstypes.Zone, "Z0123456789ABC", "global", nil))
	for _, w := range []*world{withDomain, withTopic, zoned, moving(t), inOrder(t, "global"), inOrder(t, "india")} {
		w.run()
		maps.Copy(asked, w.asked)
	}
	// What IAM calls otherwise.
	named := map[string]string{"s3api:headbucket": "s3:listbucket", "s3api:listbuckets": "s3:listallmybuckets"}
	var operations, actions []string
	for operation := range asked {
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
	w := inOrder(t, "oregon")
	w.refuse("aws kms describe-key", "NotFoundException")
	w.refuse("aws iam get-policy", "AccessDenied")
	w.account = ""
	report := w.run()
	var text, data bytes.Buffer
	require.NoError(t, report.Text(&text))
	lines := strings.Split(text.String(), "\n")
	assert.Equal(t, "fail     key alias/pulumi-secrets-oregon in us-west-2: found none; needed a key that encrypts the secrets in the state; do run state/setup oregon", lines[0])
	assert.Regexp(t, `^warn     account: found `, lines[1])
	assert.Regexp(t, `^unknown  permission boundary multisite-boundary-oregon: not checked, because An error occurred \(AccessDenied\)`, lines[2])
	assert.Regexp(t, `\noregon: 1 would fail, 1 to mend, 1 not checked, \d+ in order.\n$`, text.String())
	require.NoError(t, report.JSON(&data))
	var read Report
	require.NoError(t, json.Unmarshal(data.Bytes(), &read))
	assert.Equal(t, *report, read)
}

func TestUnknownStacksAreRefused(t *testing.T) {
	t.Parallel()
	_, err := Run(t.Context(), Options{Dir: inOrder(t, "oregon").dir, Stack: "atlantis"})
	require.ErrorIs(t, err, ErrUsage)
	require.ErrorContains(t, err, `state/regions.yaml: STACK: found "atlantis"; allowed: one of brazil, california, global, india, oregon, singapore`)
}
