package entries

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/golden"
	"example.com/multisite/internal/preflight/query"
)

type (
	object = map[string]any
	list   = []any
)

// export writes the export of a stack to a file. outputs are the stack's, and resources the outputs of
// resources by their type.
func export(t *testing.T, stack string, outputs object, resources ...[2]any) string {
	t.Helper()
	all := []object{{"type": "pulumi:pulumi:Stack", "urn": "urn:pulumi:" + stack + "::multisite::pulumi:pulumi:Stack::multisite-" + stack, "outputs": outputs}}
	for _, r := range resources {
		all = append(all, object{"type": r[0], "urn": "urn:pulumi:" + stack + "::multisite::" + r[0].(string) + "::resource", "outputs": r[1]})
	}
	data, err := json.Marshal(object{"deployment": object{"resources": all}})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), stack+".json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	return file
}

const balancerHost = "singapore-entry-1.ap-southeast-1.elb.amazonaws.com"

// singapore returns the export of a site whose load balancer answers mi-account, has a rule but no
// certificate for ecommerce, and waits for the certificate of cloud-messaging.
func singapore(t *testing.T) string {
	rule := func(service string) [2]any {
		return [2]any{awstypes.ListenerRule, object{
			"listenerArn": "https", "conditions": list{object{"hostHeader": object{"values": list{service + ".example.com", service + ".singapore.example.com"}}}},
			"actions": list{object{"targetGroupArn": "targets/" + service}},
		}}
	}
	certificate := func(service string) [2]any {
		return [2]any{awstypes.Certificate, object{
			"arn": "certificate/" + service, "domainName": service + ".example.com", "subjectAlternativeNames": list{service + ".singapore.example.com"},
			"domainValidationOptions": list{object{"resourceRecordName": "_1." + service + ".example.com."}},
		}}
	}
	return export(t, "singapore", object{
		"serving": true, "cdnDomainName": "d1.cloudfront.net", "entryHost": balancerHost,
		"mi-account.ready": true, "ecommerce.ready": true, "mi-cloud.ready": true, "cloud-messaging.ready": false,
	}, rule("mi-account"), rule("ecommerce"), rule("mi-cloud"), certificate("mi-account"), certificate("ecommerce"), certificate("mi-cloud"), certificate("cloud-messaging"),
		[2]any{awstypes.LoadBalancer, object{"arn": "balancer", "dnsName": balancerHost}},
		[2]any{awstypes.Listener, object{"arn": "http", "loadBalancerArn": "balancer", "protocol": "HTTP"}},
		[2]any{awstypes.Listener, object{"arn": "https", "loadBalancerArn": "balancer", "protocol": "HTTPS", "certificateArn": "certificate/mi-account"}},
		[2]any{awstypes.ListenerCertificate, object{"listenerArn": "https", "certificateArn": "certificate/mi-cloud"}},
	)
}

// global returns the export of the stack global. Users of SG reach Singapore, of cloud-messaging at
// its CDN; users of HK reach the host that is given.
func global(t *testing.T, hongKong string, more ...[2]any) string {
	outputs, resources := object{}, more
	record := func(name, kind, country, to string) {
		outputs := object{"name": name, "type": kind, "records": list{to}}
		if country != "" {
			outputs["geolocationRoutingPolicies"] = list{object{"country": country}}
		}
		if kind == "A" {
			delete(outputs, "records")
			outputs["aliases"] = list{object{"name": to}}
		}
		resources = append(resources, [2]any{awstypes.Record, outputs})
	}
	for _, service := range []string{"cloud-messaging", "ecommerce", "mi-account", "mi-cloud"} {
		name := service + ".example.com"
		outputs[service+".hostname"] = name
		at := service + ".singapore.example.com"
		if service == "cloud-messaging" {
			at = "d1.cloudfront.net"
		} else {
			record(at, "A", "", balancerHost)
		}
		record(name, "CNAME", "SG", at)
		record(name, "CNAME", "HK", hongKong)
		record(name, "CNAME", "*", "unserved."+name)
	}
	return export(t, "global", outputs, resources...)
}

// aws answers describe-target-health: a healthy and an unhealthy target of mi-account, and none of
// other services.
func aws(_ context.Context, _, _ string, args ...string) ([]byte, error) {
	if !strings.Contains(strings.Join(args, " "), "--region ap-southeast-1 elbv2 describe-target-health --target-group-arn targets/") {
		return nil, errors.New("unexpected: " + strings.Join(args, " "))
	}
	if args[len(args)-1] != "targets/mi-account" {
		return []byte(`{"TargetHealthDescriptions": []}`), nil
	}
	return []byte(`{"TargetHealthDescriptions": [{"TargetHealth": {"State": "healthy"}}, {"TargetHealth": {"State": "unhealthy"}}]}`), nil
}

func run(t *testing.T, runner query.Runner, files ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	c := newCommand(runner)
	c.SetArgs(files)
	c.SetOut(&out)
	c.SilenceUsage, c.SilenceErrors = true, true
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

// TestEntries compares the report on one site that is up with its golden file.
func TestEntries(t *testing.T) {
	t.Chdir("../..")
	out, err := run(t, aws, singapore(t), global(t, "unserved.example.com"))
	require.NoError(t, err)
	golden.Equal(t, filepath.Join("internal", "entries", "testdata", "entries.golden"), out)
}

// TestNextSteps checks what is missing of a service whose records lead to the CDN.
func TestNextSteps(t *testing.T) {
	t.Chdir("../..")
	proof := [2]any{awstypes.Record, object{"name": "_1.cloud-messaging.example.com", "type": "CNAME", "records": list{"_2.acm-validations.aws"}}}
	out, err := run(t, aws, singapore(t), global(t, "unserved.example.com", proof))
	require.NoError(t, err)
	assert.Contains(t, out, "ACM had not issued the certificate, which needs the delegation of the zone; then run `pulumi up -s singapore`, `pulumi up -s global`")
}

// TestWithoutTheCLI checks that the report needs no AWS CLI.
func TestWithoutTheCLI(t *testing.T) {
	t.Chdir("../..")
	out, err := run(t, func(_ context.Context, _, name string, args ...string) ([]byte, error) {
		return nil, &cli.Error{Name: name, Args: args, Err: exec.ErrNotFound}
	}, singapore(t), global(t, "unserved.example.com"))
	require.NoError(t, err)
	assert.Contains(t, out, "| singapore | yes | yes | unknown | no answer from AWS: ")
}

// TestAWrongSite checks that the command fails if records lead data to a site that may not hold it.
func TestAWrongSite(t *testing.T) {
	t.Chdir("../..")
	oregon := export(t, "oregon", object{"serving": true, "entryHost": "oregon-entry-1.us-west-2.elb.amazonaws.com"})
	out, err := run(t, aws, singapore(t), oregon, global(t, "oregon-entry-1.us-west-2.elb.amazonaws.com"))
	require.ErrorContains(t, err, "mi-account: HK: found oregon; allowed: singapore")
	assert.Contains(t, out, "**Unlawful**: ")
}
