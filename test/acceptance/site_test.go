// Package acceptance_test runs every AWS site on the real provider plugins, against an
// emulated AWS API.
package acceptance_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/register"
	"example.com/multisite/state/permissions"
)

func TestMain(m *testing.M) {
	if program := missing(); program != "" {
		fmt.Printf("acceptance: skipped: %s is not on PATH; see docs/emulation.md\n", program)
		if os.Getenv("ACCEPTANCE") == "required" {
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	status := m.Run()
	if err := finishRecording(); err != nil {
		fmt.Println(err)
		status = 1
	}
	os.Exit(status)
}

// edgeRegion is the region of CloudFront's API and of the resources that CloudFront uses.
const edgeRegion = "us-east-1"

// TestSite creates, previews, refreshes, changes and deletes every site. The sites run in
// parallel, since most of the time is waiting.
func TestSite(t *testing.T) {
	t.Parallel()
	regions := allRegions(t)
	for stack, region := range regions {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			p := emulated(t)
			calls := newRecorder(t, p, permissions.KindAWS, stack, region)
			p.Up(stack)
			calls.phase(permissions.PhaseCreate)
			state := p.State(stack)
			expectNoChanges(t, p, stack, false)
			calls.phase(permissions.PhasePreview)
			p.Pulumi("refresh", "--stack", stack, "--yes", "--skip-preview")
			calls.phase(permissions.PhaseRefresh)
			expectNoChanges(t, p, stack, true)
			inspect(t, p, stack, region, append(slices.Collect(maps.Values(regions)), edgeRegion))
			simulated := engine.New(t)
			simulated.Up(stack)
			compare(t, state, simulated.State(stack))

			p.Edit(stack, func(config map[string]any) {
				config["multisite:tags"] = map[string]any{"CostCenter": "42"}
			})
			steps := p.Preview(stack)
			assert.Contains(t, steps["update"], "aws:ec2:Vpc "+stack+"-network")
			delete(steps, "update")
			assert.Empty(t, steps, "changed tags cause only updates")
			calls.phase(permissions.PhasePreview)
			unprotect(p, stack)
			calls.phase(permissions.PhaseChange)
			for id, tags := range newAccount(t, p, region).inventory() {
				assert.Equal(t, "42", tags["CostCenter"], id)
			}
			destroy(t, p, stack, region, state)
			calls.phase(permissions.PhaseDestroy)
		})
	}
}

// TestEveryOption creates, previews, refreshes, changes and deletes a site with every option.
func TestEveryOption(t *testing.T) {
	t.Parallel()
	const stack = "california"
	region := allRegions(t)[stack]
	p, simulated := emulated(t), engine.New(t)
	a := newAccount(t, p, region)
	zone, err := a.route53.CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{Name: aws.String("example.com"), CallerReference: aws.String("1")})
	require.NoError(t, err)
	for _, q := range []*engine.Project{p, simulated} {
		q.EveryOption(stack)
		q.Edit(stack, func(config map[string]any) {
			domain := config["multisite:cdn"].(map[string]any)["domain"].(map[string]any)
			domain["hostedZoneId"] = strings.TrimPrefix(*zone.HostedZone.Id, "/hostedzone/")
			config["multisite:tags"] = map[string]any{"CostCenter": "42"}
		})
		q.Up(stack)
	}
	calls := newRecorder(t, p, permissions.KindAWS, stack, region)
	calls.phase(permissions.PhaseCreate)
	state := p.State(stack)
	expectNoChanges(t, p, stack, false)
	calls.phase(permissions.PhasePreview)
	p.Pulumi("refresh", "--stack", stack, "--yes", "--skip-preview")
	calls.phase(permissions.PhaseRefresh)
	expectNoChanges(t, p, stack, true)
	compare(t, state, simulated.State(stack))

	file := filepath.Join(p.Dir, "Pulumi."+stack+".yaml")
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	keys := p.TakeBack()
	output, err := p.Try("preview", "--stack", stack)
	require.Error(t, err)
	for _, key := range keys {
		assert.Contains(t, output, "guardrail: Pulumi."+stack+".yaml: "+key+": rule irreversible: found ", "the real provider's state has the outputs that the rule compares")
	}
	require.NoError(t, os.WriteFile(file, before, 0o600))

	p.Edit(stack, leaveOut)
	unprotect(p, stack)
	calls.phase(permissions.PhaseChange)
	destroy(t, p, stack, region, state)
	calls.phase(permissions.PhaseDestroy)
}

// leaveOut removes options, which changes some resources in place and deletes others.
func leaveOut(config map[string]any) {
	delete(config, "multisite:alarms")
	delete(config, "multisite:tags")
	delete(engine.Object(config, "multisite:network"), "interfaceEndpoints")
	cdn := engine.Object(config, "multisite:cdn")
	for _, option := range []string{"domain", "rateLimit", "rateLimitAction", "contentSecurityPolicy", "failoverOrigin", "originShield", "errorPages"} {
		delete(cdn, option)
	}
	for _, service := range engine.Object(config, "multisite:services") {
		database := engine.Object(service.(map[string]any), "database")
		database["instanceClass"] = "db.m7g.xlarge"
		for _, bucket := range engine.Object(service.(map[string]any), "buckets") {
			for _, option := range []string{"replication", "expireAfterDays", "storageClass"} {
				delete(bucket.(map[string]any), option)
			}
		}
	}
}

// emulated returns a project with its own emulated account.
func emulated(t *testing.T) *engine.Project {
	t.Helper()
	p := engine.New(t)
	p.Cloud = "emulated"
	t.Cleanup(func() { assert.NoError(t, p.Command("reset").Run()) })
	return p
}

// allRegions returns the regions of the sites on AWS, by site.
func allRegions(t *testing.T) map[string]string {
	t.Helper()
	reg, err := register.Default()
	require.NoError(t, err)
	regions := map[string]string{}
	for name, site := range reg.Sites {
		if site.Provider == "aws" {
			regions[name] = site.Region
		}
	}
	return regions
}

// unprotect removes a site's deletion protection, in an update with all other changes of the
// configuration.
func unprotect(p *engine.Project, stack string) {
	p.Edit(stack, func(config map[string]any) {
		config["multisite:deletionProtection"] = false
		// The emulator writes access logs, and AWS does not delete a bucket with objects.
		config["multisite:logs"] = map[string]any{"deletion": "with-objects"}
	})
	p.Up(stack)
}

// destroy deletes a site, and checks that only its databases' final snapshots remain.
func destroy(t *testing.T, p *engine.Project, stack, region string, state map[string]engine.Resource) {
	t.Helper()
	p.Pulumi("destroy", "--stack", stack, "--yes", "--skip-preview")
	for _, place := range []string{region, edgeRegion} {
		a := newAccount(t, p, place)
		assert.Empty(t, a.inventory(), place)
		assert.Empty(t, a.buckets())
		assert.Empty(t, a.distributions())
		assert.Empty(t, a.roles())
	}
	primaries := 0
	for _, r := range state {
		if r.Type == "aws:rds/instance:Instance" && r.Inputs["replicateSourceDb"] == nil {
			primaries++
		}
	}
	assert.Len(t, newAccount(t, p, region).snapshots(), primaries, "every database has left its final snapshot")
}

// expectNoChanges requires a preview without changes, except for the emulator's gaps.
func expectNoChanges(t *testing.T, p *engine.Project, stack string, refreshed bool, args ...string) {
	t.Helper()
	for name, step := range p.Plan(stack, args...) {
		typ, _, _ := strings.Cut(name, " ")
		assert.Equal(t, "update", step.Op, name)
		assert.NotEmpty(t, step.DiffReasons, "%s differs in something", name)
		for _, property := range step.DiffReasons {
			assert.True(t, excepted(typ, property, refreshed), "%s: %s differs", name, property)
			wanted, found := step.NewState.Inputs[property], step.OldState.Outputs[property]
			for _, path := range unlike(property, wanted, found) {
				assert.True(t, excepted(typ, path, refreshed), "%s: %s differs from the program's value", name, path)
			}
		}
	}
}

// unlike lists the paths at which the account's value differs from the program's. Values that
// only the account has are defaults of AWS, and are not listed.
func unlike(path string, wanted, found any) []string {
	var paths []string
	switch wanted := wanted.(type) {
	case map[string]any:
		object, _ := found.(map[string]any)
		for name, value := range wanted {
			paths = append(paths, unlike(path+"."+name, value, object[name])...)
		}
	case []any:
		list, _ := found.([]any)
		if len(list) != len(wanted) {
			return []string{path}
		}
		for i := range wanted {
			paths = append(paths, unlike(path+"[]", wanted[i], list[i])...)
		}
	default:
		if wanted != found {
			return []string{path}
		}
	}
	return paths
}
