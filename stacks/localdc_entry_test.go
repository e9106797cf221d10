package stacks_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/siteconfig"
)

const (
	localEntry    = "localdc:index:LoadBalancer entry"
	localServices = 4 // of Pulumi.india.yaml
)

// statusOf returns the status that a site publishes.
func statusOf(t *testing.T, p *engine.Project, stack string) (status siteconfig.Status) {
	t.Helper()
	value := p.State(stack)["aws:ssm:Parameter "+stack+"-directory"].Inputs["insecureValue"].(string)
	require.NoError(t, json.Unmarshal([]byte(value), &status))
	return status
}

// TestLocalEntry brings up the load balancer of a planned site, signs a partner, and lets the
// services wait for certificates.
func TestLocalEntry(t *testing.T) {
	t.Parallel()
	p := engine.NewLocal(t)
	p.Edit("india", func(raw map[string]any) {
		raw["multisite:entry"] = map[string]any{"capacityGbps": 40, "rateLimitAction": "block"}
		engine.Object(raw, "multisite:services", "mi-cloud")["entry"] = map[string]any{"port": 8080, "protocol": "http", "livePath": "/status"}
	})
	p.Up("india")
	entry := p.State("india")[localEntry]
	assert.Equal(t, "india/lb/entry", entry.ID)
	assert.Equal(t, []any{40.0, "block", true, "1.2", "india/network/main"}, []any{
		entry.Inputs["capacityGbps"], entry.Inputs["rateLimitAction"], entry.Inputs["redirectHttp"], entry.Inputs["tlsMinVersion"], entry.Inputs["network"],
	})
	services := entry.Inputs["services"].([]any)
	require.Len(t, services, localServices)
	assert.Equal(t, map[string]any{
		"name": "mi-cloud", "hostnames": []any{"mi-cloud.multisite.example", "mi-cloud.india.multisite.example"}, "port": 8080.0, "protocol": "http", "livePath": "/status",
	}, services[3])
	assert.Equal(t, map[string]any{
		"name": "mi-account", "hostnames": []any{"mi-account.multisite.example", "mi-account.india.multisite.example"}, "port": 8443.0, "protocol": "https", "livePath": "/live",
	}, services[2])
	outputs := p.State("india")["pulumi:pulumi:Stack multisite-india"].Outputs
	assert.Equal(t, []any{"india/lb/entry/mi-cloud", "mi-cloud.india.multisite.example", false, "entry.lb.india.sites.example.com"}, []any{
		outputs["mi-cloud.targetPoolId"], outputs["mi-cloud.hostname"], outputs["mi-cloud.ready"], outputs["entryHost"],
	})
	status := statusOf(t, p, "india")
	assert.Equal(t, &siteconfig.EntryStatus{Host: "entry.lb.india.sites.example.com", Ready: []string{}}, status.Entry)
	assert.Empty(t, status.Records)

	folder := sign(t, p, "india")
	p.Up("india")
	status = statusOf(t, p, "india")
	assert.True(t, status.Serving)
	assert.Equal(t, []string{"cloud-messaging", "ecommerce", "mi-account", "mi-cloud"}, status.Entry.Ready)
	assert.Len(t, status.Records, 2*localServices)
	assert.Equal(t, true, p.State("india")["pulumi:pulumi:Stack multisite-india"].Outputs["mi-cloud.ready"])

	t.Run("an entry that waits for certificates does not stop the site", func(t *testing.T) {
		file := filepath.Join(folder, "india", "lb", "entry.json")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		var record map[string]any
		require.NoError(t, json.Unmarshal(data, &record))
		record["Waiting"] = true
		data, err = json.Marshal(record)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, data, 0o600))
		p.Pulumi("up", "--stack", "india", "--yes", "--skip-preview", "--refresh")
		status := statusOf(t, p, "india")
		assert.True(t, status.Serving)
		assert.Empty(t, status.Entry.Ready)
		assert.Len(t, status.Records, 2*localServices)
	})
}

// TestLocalSiteWithoutADomain checks that a site of a project without Pulumi.global.yaml has no
// load balancer.
func TestLocalSiteWithoutADomain(t *testing.T) {
	t.Parallel()
	p := engine.NewLocal(t)
	for _, dir := range []string{"", filepath.Join(".sandbox", p.Cloud, "project")} { // the sandbox keeps its copy
		require.NoError(t, os.Remove(filepath.Join(p.Dir, dir, siteconfig.GlobalFile)))
	}
	p.Up("india")
	state := p.State("india")
	assert.Empty(t, state[localEntry].ID)
	assert.Nil(t, state["pulumi:pulumi:Stack multisite-india"].Outputs["mi-cloud.hostname"])
	assert.Nil(t, statusOf(t, p, "india").Entry)
}
