package stacks_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// sign sets a site's driver to the driver for tests, whose facility is a folder with one file
// per resource.
func sign(t *testing.T, p *engine.Project, stack string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	p.Edit(stack, func(raw map[string]any) {
		partner := engine.Object(raw, "multisite:partner")
		partner["driver"], partner["settings"] = "folder", map[string]any{"directory": folder}
	})
	return folder
}

// resources returns a stack's resources, except for the stack and providers of Pulumi.
func resources(state map[string]engine.Resource) map[string]engine.Resource {
	return maps.Collect(func(yield func(string, engine.Resource) bool) {
		for name, r := range state {
			if !strings.HasPrefix(r.Type, "pulumi:") && !yield(name, r) {
				return
			}
		}
	})
}

// TestLocalProperties checks the properties of all resources of a local site.
func TestLocalProperties(t *testing.T) {
	t.Parallel()
	p := engine.NewLocal(t)
	p.Up("brazil")
	for name, r := range resources(p.State("brazil")) {
		if strings.HasSuffix(name, "-directory") { // the site status is a parameter in AWS
			continue
		}
		assert.True(t, r.Protect, name)
		if strings.HasPrefix(r.Type, "random:") {
			continue
		}
		assert.Equal(t, true, r.Inputs["deletionProtection"], name)
		assert.Equal(t, "planned", r.Outputs["status"], name)
		assert.Equal(t, false, r.Outputs["serving"], name)
		assert.Regexp(t, `^[a-z-]+\.(network|key|db|objects|cdn|lb)\.brazil\.sites\.example\.com$`, r.Outputs["endpoint"], name)
		for property, value := range map[string]any{
			"tlsRequired": true, "versioning": true, "tlsMinVersion": "1.2", "rotationDays": 365.0, "copies": 2.0, "backupRetentionDays": 35.0,
		} {
			if found, has := r.Inputs[property]; has {
				assert.Equal(t, value, found, "%s: %s", name, property)
			}
		}
		if r.Type == "localdc:index:Database" {
			assert.Contains(t, r.Inputs["password"], "ciphertext", name)
			assert.Equal(t, "brazil/key/data", r.Inputs["key"], name)
		}
	}
}

// TestAPartnerIsSigned changes a site from planned to active, reverses drift, and deletes the
// site.
func TestAPartnerIsSigned(t *testing.T) {
	t.Parallel()
	p := engine.NewLocal(t)
	p.Up("india")
	state := p.State("india")
	planned := resources(state)
	var needs struct{ Totals map[string]int }
	requirements := state["pulumi:pulumi:Stack multisite-india"].Outputs["requirements"].(string)
	require.NoError(t, json.Unmarshal([]byte(requirements), &needs))
	assert.Equal(t, map[string]int{"vcpus": 24, "memoryGiB": 160, "storageGiB": 2200, "maxStorageGiB": 30000, "capacityTiB": 627}, needs.Totals)

	folder := sign(t, p, "india")
	steps := p.Preview("india")
	assert.Equal(t, []string{"update"}, slices.Collect(maps.Keys(steps)), "nothing is replaced: %v", steps)
	p.Up("india")
	state = p.State("india")
	for name, r := range resources(state) {
		assert.Equal(t, planned[name].ID, r.ID, name)
	}
	outputs := state["pulumi:pulumi:Stack multisite-india"].Outputs
	assert.Equal(t, []any{"active", true}, []any{outputs["status"], outputs["serving"]})
	assert.Contains(t, state["pulumi:providers:localdc india"].Inputs["settings"], "ciphertext", "settings may be secret")
	assert.Empty(t, p.Preview("india", "--refresh"))

	t.Run("drift is found and reversed", func(t *testing.T) {
		file := filepath.Join(folder, "india", "network", "main.json")
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(data), `"Halls": 2`, `"Halls": 1`, 1)), 0o600))
		require.NoError(t, os.Remove(filepath.Join(folder, "india", "cdn", "content.json")))
		p.Pulumi("refresh", "--stack", "india", "--yes", "--skip-preview")
		assert.Equal(t, map[string][]string{
			// The new cache's endpoint is unknown in a preview, and so is the site status, which
			// contains it.
			"create": {"localdc:index:EdgeCache content"}, "update": {"aws:ssm:Parameter india-directory", "localdc:index:Network main"},
		}, p.Preview("india"))
		p.Up("india")
		assert.Empty(t, p.Preview("india", "--refresh"))
	})
	takeDown(t, p, "india")
	left, err := filepath.Glob(filepath.Join(folder, "india", "*", "*.json"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

// TestLocalChange changes the configuration of an active site.
func TestLocalChange(t *testing.T) {
	t.Parallel()
	p := engine.NewLocal(t)
	folder := sign(t, p, "brazil")
	p.Up("brazil")
	p.Edit("brazil", func(raw map[string]any) {
		engine.Object(raw, "multisite:network")["halls"] = 3
		engine.Object(raw, "multisite:cdn")["capacityGbps"] = 50
		raw["multisite:domain"] = "brazil.example.net"
		partner := engine.Object(raw, "multisite:partner")
		partner["facility"], partner["plannedDate"] = "Facility 1", "2016-06-30"
		engine.Object(raw, "multisite:services", "mi-account", "database")["storageGiB"] = 300
		engine.Object(raw, "multisite:services", "mi-account", "buckets")["exports"] = map[string]any{"capacityTiB": 1}
	})
	steps := p.Preview("brazil")
	assert.Equal(t, []string{"localdc:index:ObjectStore mi-account-exports"}, steps["create"])
	assert.ElementsMatch(t, []string{"create", "update"}, slices.Collect(maps.Keys(steps)), "nothing is replaced")
	p.Up("brazil")
	assert.Equal(t, "mi-account.db.brazil.brazil.example.net:5432", p.State("brazil")["pulumi:pulumi:Stack multisite-brazil"].Outputs["mi-account.databaseEndpoint"])

	rename := func(raw map[string]any) {
		buckets := engine.Object(raw, "multisite:services", "mi-account", "buckets")
		buckets["dumps"] = buckets["exports"]
		delete(buckets, "exports")
	}
	q := engine.Copy(t, p)
	q.Edit("brazil", rename)
	output, err := q.Try("preview", "--stack", "brazil")
	require.Error(t, err)
	assert.Contains(t, output, `mi-account-exports" cannot be deleted`)

	q.Edit("brazil", func(raw map[string]any) { raw["multisite:deletionProtection"] = false })
	q.Edit("brazil", func(raw map[string]any) {
		buckets := engine.Object(raw, "multisite:services", "mi-account", "buckets")
		buckets["exports"] = buckets["dumps"]
		delete(buckets, "dumps")
	})
	q.Up("brazil")
	replaced := q.State("brazil")["localdc:index:ObjectStore mi-account-exports"]
	q.Pulumi("up", "--stack", "brazil", "--yes", "--skip-preview", "--replace", replaced.URN)
	file := filepath.Join(folder, filepath.FromSlash(replaced.ID)+".json")
	assert.FileExists(t, file, "the old resource is deleted before the new resource, with the same ID, is created")
	assert.Empty(t, q.Preview("brazil", "--refresh"))
	q.Edit("brazil", rename)
	q.Up("brazil")
	assert.NoFileExists(t, file)
}
