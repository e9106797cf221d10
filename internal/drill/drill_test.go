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

// sites are those of the register.
var sites = []string{"brazil", "california", "india", "oregon", "singapore"}

// testdata is a folder of the repository, in which the tests run the command.
var testdata = filepath.Join("internal", "drill", "testdata")

func run(t *testing.T, out io.Writer, args ...string) error {
	t.Helper()
	c := Command()
	c.SetArgs(args)
	c.SetOut(out)
	c.SilenceUsage, c.SilenceErrors = true, true
	return c.ExecuteContext(t.Context())
}

// exported are the stacks of a project, in files.
func exported(t *testing.T, p *engine.Project) (files []string) {
	t.Helper()
	for _, stack := range append([]string{"global"}, sites...) {
		file := filepath.Join(t.TempDir(), stack+".json")
		require.NoError(t, os.WriteFile(file, []byte(p.Pulumi("stack", "export", "--stack", stack)), 0o600))
		files = append(files, file)
	}
	return files
}

// TestDrill brings up what the repository configures, and lets each site go dark.
func TestDrill(t *testing.T) {
	t.Chdir("../..")
	p := engine.NewLocal(t)
	for _, stack := range append(sites, "global") {
		p.Up(stack)
	}
	files := exported(t, p)
	for _, site := range sites {
		var out strings.Builder
		require.NoError(t, run(t, &out, append([]string{site}, files...)...))
		golden.Equal(t, filepath.Join(testdata, site+".golden"), out.String())
	}
	require.ErrorContains(t, run(t, io.Discard, append([]string{"ohio"}, files...)...),
		`SITE: found "ohio"; allowed: brazil, california, india, oregon, singapore`)
	require.ErrorContains(t, run(t, io.Discard, "oregon", files[1]), "the stack global is not up")
}

// TestAnUnlawfulRouteIsFound: one that somebody has made by hand.
func TestAnUnlawfulRouteIsFound(t *testing.T) {
	t.Chdir("../..")
	var out strings.Builder
	err := run(t, &out, "singapore", filepath.Join(testdata, "unlawful.json"))
	require.EqualError(t, err, "mi-cloud of HK reaches oregon, which may not hold it\nmi-cloud of TW reaches shop.beijing.example.cn, which is no site")
	assert.Contains(t, out.String(), "**Unlawful**: mi-cloud of HK reaches oregon")
	assert.NotContains(t, out.String(), "No data reaches")
}

// TestResolve follows records as Route 53 does.
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
	assert.Equal(t, []answer{home, origin}, r.resolve("shop", "SG", []string{"home", "other"}), "where none is healthy, all count as if they were")
	assert.Equal(t, []answer{{"elsewhere", 100}}, r.resolve("shop", "FR", nil))
}
