package drill

import (
	"io"
	"os"
	"path/filepath"
	"slices"
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

// TestDrill updates all stacks of the repository until the load balancers answer, as make drill does,
// and compares the reports on each site, and on a service of one, with their golden files.
func TestDrill(t *testing.T) {
	t.Chdir("../..")
	p := engine.NewLocal(t)
	for _, stack := range slices.Concat([]string{"global"}, sites, []string{"global"}, sites, []string{"global"}) {
		p.Up(stack)
	}
	files := exportStacks(t, p)
	for _, site := range sites {
		var out strings.Builder
		require.NoError(t, run(t, &out, append([]string{site}, files...)...))
		golden.Equal(t, filepath.Join(testdata, site+".golden"), out.String())
	}
	var out strings.Builder
	require.NoError(t, run(t, &out, append([]string{"singapore", "--service", "mi-account"}, files...)...))
	golden.Equal(t, filepath.Join(testdata, "singapore-mi-account.golden"), out.String())
	require.ErrorContains(t, run(t, io.Discard, append([]string{"ohio"}, files...)...),
		`SITE: found "ohio"; allowed: brazil, california, india, oregon, singapore`)
	require.ErrorContains(t, run(t, io.Discard, "oregon", files[1]), "EXPORT: found no host names of the stack global; allowed: exports of all stacks, global included")
}

// TestUnlawfulRecord reads records that send users to sites that may not hold their data.
func TestUnlawfulRecord(t *testing.T) {
	t.Chdir("../..")
	var out strings.Builder
	err := run(t, &out, append([]string{"singapore"}, exports(t, "unlawful")...)...)
	require.EqualError(t, err, "mi-cloud: CN: found oregon; allowed: no site\nmi-cloud: HK: found oregon; allowed: singapore\nmi-cloud: TW: found shop.beijing.example.cn; allowed: singapore")
	assert.Contains(t, out.String(), "**Unlawful**: mi-cloud: CN: found oregon; allowed: no site; mi-cloud: HK: ")
	assert.NotContains(t, out.String(), "No data reaches")
}

// TestDeadService reads the states of two sites with a service at both, of which one is dead.
func TestDeadService(t *testing.T) {
	t.Chdir("../..")
	files := exports(t, "service")
	var out strings.Builder
	require.NoError(t, run(t, &out, append([]string{"oregon", "--service", "mi-account"}, files...)...))
	golden.Equal(t, filepath.Join(testdata, "service.golden"), out.String())
	require.EqualError(t, run(t, io.Discard, append([]string{"oregon", "--service", "ecommerce"}, files...)...),
		`--service: found "ecommerce", which no health check requests at oregon; allowed: mi-account, mi-cloud`)
	require.EqualError(t, run(t, io.Discard, append([]string{"brazil", "--service", "mi-account"}, files...)...),
		`--service: found "mi-account", which no health check requests at brazil; allowed: none, until the load balancer answers services over HTTPS`)
}

// exports returns the files of a folder in testdata.
func exports(t *testing.T, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(testdata, folder, "*.json"))
	require.NoError(t, err)
	return files
}
