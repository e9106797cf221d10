package chaos

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestEverythingIsAdopted removes the providers' resources from a state, and checks that the
// runbook's commands import them again. Random passwords stay in the state, since they exist
// nowhere else.
func TestEverythingIsAdopted(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "global")
	if whole {
		p.EveryOption("california")
		p.MoveShop()
		p.Up("global") // creates the account's roles for AWS DMS
		p.Up("california")
		p.Step("copying")
		p.Up("california")
		adopted(t, p, "california")
		p.Up("global") // now routes users to California
	}
	adopted(t, p, "global")
}

func adopted(t *testing.T, p *engine.Project, stack string) {
	t.Helper()
	v := &victim{Project: p, t: t, site: stack}
	before := v.files()
	var export map[string]any
	require.NoError(t, json.Unmarshal([]byte(p.Pulumi("stack", "export", "--stack", stack)), &export))
	deployment, kept := engine.Object(export, "deployment"), []any{}
	for _, each := range deployment["resources"].([]any) {
		r := each.(map[string]any)
		delete(r, "dependencies")
		delete(r, "propertyDependencies")
		if typ := r["type"].(string); r["custom"] != true || strings.HasPrefix(typ, "pulumi:") || strings.HasPrefix(typ, "random:") {
			kept = append(kept, r)
		}
	}
	deployment["resources"] = kept
	data, err := json.Marshal(export)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "state.json")
	require.NoError(t, os.WriteFile(file, data, 0o600))
	p.Pulumi("stack", "import", "--stack", stack, "--file", file)

	v.follow([]string{"sites adopt SITE", "pulumi up -s SITE --yes --skip-preview"})
	assert.Equal(t, before, v.files(), "no resource is created twice")
	assert.Empty(t, p.Preview(stack))
}

// files returns the files of the account's resources, without versions of secrets, which may
// be created again.
func (v *victim) files() (files []string) {
	v.t.Helper()
	for _, file := range v.Account() {
		if !strings.Contains(file, "/SecretVersion/") {
			files = append(files, file)
		}
	}
	return files
}
