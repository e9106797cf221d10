package stacks_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestHTTPSFromNothing takes the five steps of docs/traffic.md, adds a second site and takes it away
// again. Each step ends by itself, and the second site does not change the first.
func TestHTTPSFromNothing(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	up := func(stack string) string { return p.Pulumi("up", "--stack", stack, "--yes", "--skip-preview") }
	up("global")
	assert.Contains(t, up("oregon"), "no HTTPS yet for cloud-messaging.multisite.example, mi-account.multisite.example, mi-cloud.multisite.example, static.oregon.multisite.example")
	assert.NotContains(t, p.State("oregon"), "aws:lb:Listener oregon-entry-https")
	assert.Empty(t, statusOf(t, p, "oregon").Entry.Ready)
	assert.Len(t, statusOf(t, p, "oregon").Records, 7, "two names of each service, and the CDN's")

	assert.Contains(t, up("global"), "no HTTPS yet at oregon for cloud-messaging, mi-account, mi-cloud")
	record := func(name string) any { return p.State("global")["aws:route53:Record global-"+name].Inputs["records"] }
	assert.Contains(t, record("mi-account-at-oregon").([]any)[0], ".cloudfront.net", "as before the site had an entry")

	assert.NotContains(t, up("oregon"), "no HTTPS yet")
	assert.Equal(t, []string{"cloud-messaging", "mi-account", "mi-cloud"}, statusOf(t, p, "oregon").Entry.Ready)
	assert.True(t, statusOf(t, p, "oregon").Content.Ready)

	assert.NotContains(t, up("global"), "no HTTPS yet")
	state := p.State("global")
	assert.Equal(t, []any{"mi-account.oregon.multisite.example"}, record("mi-account-at-oregon"))
	alias := state["aws:route53:Record global-oregon-mi-account-ipv4"].Inputs["aliases"].([]any)[0].(map[string]any)
	assert.Equal(t, p.State("oregon")["aws:lb:LoadBalancer oregon-entry"].Outputs["dnsName"], alias["name"])
	assert.Equal(t, "mi-account.oregon.multisite.example", state["aws:route53:HealthCheck global-oregon-mi-account"].Inputs["fqdn"])
	assert.Equal(t, "static.oregon.multisite.example", state["aws:route53:HealthCheck global-oregon"].Inputs["fqdn"])
	assert.Empty(t, p.Preview("oregon"))
	assert.Empty(t, p.Preview("global"))

	for _, stack := range []string{"california", "global", "california", "global"} {
		up(stack)
	}
	assert.Empty(t, p.Preview("oregon"), "another site changes nothing")
	names := func(site string) map[string]bool {
		found := map[string]bool{}
		for name := range p.State("global") {
			if strings.Contains(name, "global-"+site) || strings.Contains(name, "."+site+".") {
				found[name] = true
			}
		}
		return found
	}
	oregon := names("oregon")
	require.NotEmpty(t, oregon)
	require.NotEmpty(t, names("california"))

	p.Edit("california", func(raw map[string]any) { raw["multisite:deletionProtection"] = false })
	up("california")
	p.Pulumi("destroy", "--stack", "california", "--yes", "--skip-preview")
	up("global")
	assert.Empty(t, names("california"))
	assert.Equal(t, slices.Sorted(maps.Keys(oregon)), slices.Sorted(maps.Keys(names("oregon"))))
	assert.Empty(t, p.Preview("oregon"))
}

// TestCertificatesWithoutDelegation checks that no update waits for certificates that ACM cannot
// issue, since the parent zone does not delegate the zone.
func TestCertificatesWithoutDelegation(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Up("global")
	command := p.Command("--fault", "undelegated", "pulumi", "--non-interactive", "--color=never", "up", "--stack", "oregon", "--yes", "--skip-preview")
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	assert.Contains(t, string(output), "no HTTPS yet for cloud-messaging.multisite.example")
	assert.Empty(t, p.Preview("global"))
	p.Up("oregon")
	assert.Len(t, statusOf(t, p, "oregon").Entry.Ready, 3, "once the zone is delegated")
}

// TestHTTPSStaysOpen checks that a listener which is in use stays, whatever the status of its
// certificate: to delete the listener would end a service that may still answer.
func TestHTTPSStaysOpen(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Up("global")
	p.Up("oregon")
	for _, r := range p.State("global") {
		if strings.HasPrefix(r.URN, "urn:pulumi:global::multisite::multisite:index:CertificateRecords$aws:route53/record:Record::") {
			p.Remove(r)
		}
	}
	assert.Empty(t, p.Preview("oregon"))
}

// TestAForeignStatusIsRefused checks that the stack global creates no record from a status that
// leads a site's names elsewhere.
func TestAForeignStatusIsRefused(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Up("global")
	p.Up("oregon")
	parameter := p.State("oregon")["aws:ssm:Parameter oregon-directory"]
	text := parameter.Outputs["insecureValue"].(string)
	before := len(p.Account())
	for name, change := range map[string][2]string{
		"a load balancer of another region": {".us-west-2.elb.amazonaws.com", ".cn-north-1.elb.amazonaws.com"},
		"a CDN elsewhere":                   {".cloudfront.net", ".beijing.example"},
		"a record of another value":         {".acm-validations.aws.", ".beijing.example."},
	} {
		p.Tamper(parameter, map[string]any{"insecureValue": strings.ReplaceAll(text, change[0], change[1])})
		output, err := p.Try("up", "--stack", "global", "--yes", "--skip-preview")
		require.Error(t, err, name)
		assert.Contains(t, output, "the parameter /multisite/sites/oregon: ", name)
		assert.Len(t, p.Account(), before, name)
	}
}

// TestAnotherDomainReplacesCertificates checks that a site whose domain changes does not give a
// listener a certificate that is not issued, and that a protected site keeps its domain.
func TestAnotherDomainReplacesCertificates(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Up("global")
	p.Up("oregon")
	p.Edit("global", func(raw map[string]any) { raw["multisite:domain"] = "shop.example" })
	output, err := p.Try("up", "--stack", "oregon", "--yes", "--skip-preview")
	require.Error(t, err)
	assert.Contains(t, output, `multisite:domain of Pulumi.global.yaml: rule irreversible: found "shop.example"; allowed: multisite.example`)
	p.Edit("oregon", func(raw map[string]any) { raw["multisite:deletionProtection"] = false })
	assert.Contains(t, p.Pulumi("up", "--stack", "oregon", "--yes", "--skip-preview"), "no HTTPS yet for cloud-messaging.shop.example")
	assert.Empty(t, statusOf(t, p, "oregon").Entry.Ready)
}

// TestAFailedCertificateIsRequestedAgain checks that an update names the command that gets a site out
// of a certificate which ACM no longer issues, and that the command works.
func TestAFailedCertificateIsRequestedAgain(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Tamper(p.State("oregon")["aws:acm:Certificate oregon-entry-mi-account"], map[string]any{"status": "VALIDATION_TIMED_OUT"})
	p.Up("global")
	const replace = "**:Certificate::oregon-entry-mi-account"
	assert.Contains(t, p.Pulumi("up", "--stack", "oregon", "--yes", "--skip-preview"), "whose status is VALIDATION_TIMED_OUT. Request it again: pulumi up -s oregon --replace '"+replace+"'")
	assert.Equal(t, []string{"cloud-messaging", "mi-cloud"}, statusOf(t, p, "oregon").Entry.Ready)
	p.Pulumi("up", "--stack", "oregon", "--yes", "--skip-preview", "--replace", replace)
	p.Up("oregon")
	assert.Contains(t, statusOf(t, p, "oregon").Entry.Ready, "mi-account")
}

// TestADeletedCertificateIsRequestedAgain checks that an update goes on without a certificate that was
// deleted outside of Pulumi, and that a refresh requests another.
func TestADeletedCertificateIsRequestedAgain(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	p.Remove(p.State("oregon")["aws:acm:Certificate oregon-entry-mi-cloud"])
	output, err := p.Try("preview", "--stack", "oregon")
	require.NoError(t, err, output)
	assert.Contains(t, output, "no HTTPS for mi-cloud.multisite.example: its certificate was deleted outside of Pulumi")
	p.Pulumi("up", "--stack", "oregon", "--yes", "--skip-preview", "--refresh")
	p.Up("global")
	p.Up("oregon")
	assert.Len(t, statusOf(t, p, "oregon").Entry.Ready, 3)
}
