package drill

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/golden"
)

// sites are the sites of the register.
var sites = []string{"brazil", "california", "india", "oregon", "singapore"}

// testdata is relative to the root of the repository, where the tests run the command.
var testdata = filepath.Join("internal", "drill", "testdata")

func run(t *testing.T, out io.Writer, args ...string) error {
	t.Helper()
	c := Command()
	c.SetArgs(args)
	c.SetOut(out)
	c.SilenceUsage, c.SilenceErrors = true, true
	return c.ExecuteContext(t.Context())
}

// exportStacks writes the exports of all stacks to files.
func exportStacks(t *testing.T, p *engine.Project) (files []string) {
	t.Helper()
	for _, stack := range append([]string{"global"}, sites...) {
		file := filepath.Join(t.TempDir(), stack+".json")
		require.NoError(t, os.WriteFile(file, []byte(p.Pulumi("stack", "export", "--stack", stack)), 0o600))
		files = append(files, file)
	}
	return files
}

// TestDrill creates all stacks of the repository, and compares the report on each site with its golden
// file.
func TestDrill(t *testing.T) {
	t.Chdir("../..")
	p := engine.NewLocal(t)
	for _, stack := range append(sites, "global") {
		p.Up(stack)
	}
	files := exportStacks(t, p)
	for _, site := range sites {
		var out strings.Builder
		require.NoError(t, run(t, &out, append([]string{site}, files...)...))
		golden.Equal(t, filepath.Join(testdata, site+".golden"), out.String())
	}
	require.ErrorContains(t, run(t, io.Discard, append([]string{"ohio"}, files...)...),
		`SITE: found "ohio"; allowed: brazil, california, india, oregon, singapore`)
	require.ErrorContains(t, run(t, io.Discard, "oregon", files[1]), "EXPORT: found no host names of the stack global; allowed: exports of all stacks, global included")
}

// TestUnlawfulRecord reads records that send users to sites that may not hold their data.
func TestUnlawfulRecord(t *testing.T) {
	t.Chdir("../..")
	var out strings.Builder
	err := run(t, &out, "singapore", filepath.Join(testdata, "unlawful.json"))
	require.EqualError(t, err, "mi-cloud: CN: found oregon; allowed: no site\nmi-cloud: HK: found oregon; allowed: singapore\nmi-cloud: TW: found shop.beijing.example.cn; allowed: singapore")
	assert.Contains(t, out.String(), "**Unlawful**: mi-cloud: CN: found oregon; allowed: no site; mi-cloud: HK: ")
	assert.NotContains(t, out.String(), "No data reaches")
}

// TestResolve resolves geolocation, weighted and failover records.
func TestResolve(t *testing.T) {
	record := func(name, policy, key string, value any, more map[string]any) resource {
		outputs := map[string]any{"name": name, policy: []any{map[string]any{key: value}}}
		for property, given := range more {
			outputs[property] = given
		}
		return resource{Outputs: outputs}
	}
	to := func(host string) map[string]any { return map[string]any{"records": []any{host}} }
	alias := func(name string) map[string]any {
		return map[string]any{"aliases": []any{map[string]any{"name": name}}}
	}
	checked := func(host, check string) map[string]any {
		return map[string]any{"records": []any{host}, "healthCheckId": check}
	}
	const geo, weighted, failover = "geolocationRoutingPolicies", "weightedRoutingPolicies", "failoverRoutingPolicies"
	r := resolver{
		checks: map[string]string{"1": "home", "2": "other"},
		records: map[string][]resource{
			"shop":  {record("shop", geo, "country", "SG", alias("sg")), record("shop", geo, "country", "*", to("elsewhere"))},
			"sg":    {record("sg", weighted, "weight", 10.0, alias("sites")), record("sg", weighted, "weight", 90.0, to("origin"))},
			"sites": {record("sites", failover, "type", "PRIMARY", checked("home", "1")), record("sites", failover, "type", "SECONDARY", checked("other", "2"))},
		},
	}
	home, origin := answer{"home", 10}, answer{"origin", 90}
	assert.Equal(t, []answer{home, origin}, r.resolve("shop", "SG", nil))
	assert.Equal(t, []answer{{"other", 10}, origin}, r.resolve("shop", "SG", []string{"home"}))
	assert.Equal(t, []answer{home, origin}, r.resolve("shop", "SG", []string{"home", "other"}), "if no record is healthy, all are treated as healthy")
	assert.Equal(t, []answer{{"elsewhere", 100}}, r.resolve("shop", "FR", nil))
}
