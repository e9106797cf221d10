package workflows_test

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// owner returns the owner that .github/CODEOWNERS gives a file: the last line that matches counts.
func owner(t *testing.T, file string) (found string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", ".github", "CODEOWNERS"))
	require.NoError(t, err)
	for _, line := range strings.Split(string(data), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		require.Len(t, fields, 2, line)
		pattern, isRooted := strings.CutPrefix(fields[0], "/")
		require.True(t, isRooted || pattern == "*", line)
		matches, err := path.Match(pattern, file)
		require.NoError(t, err)
		if matches || pattern == "*" || strings.HasSuffix(pattern, "/") && strings.HasPrefix(file, pattern) {
			found = fields[1]
		}
	}
	return found
}

// TestLawHasCodeOwners checks who must approve a change of the law's files, and of what enforces
// them.
func TestLawHasCodeOwners(t *testing.T) {
	for team, files := range map[string][]string{
		"@OWNER/data-protection": {"register/history.yaml", "register/register.yaml", "register/residency/residency.yaml", "register/residency/residency.go", "state/regions.yaml"},
		"@OWNER/security": {
			".ci/run", ".github/CODEOWNERS", ".github/workflows/pull-request.yml", "Makefile", "Pulumi.yaml", "Pulumi.india.yaml", "guardrails/guardrails.go",
			"internal/awstypes/types.go", "internal/check/law.go", "internal/siteconfig/local.go", "main.go", "stacks/aws.go", "state/setup",
		},
		"@OWNER/platform": {"README.md", "components/bucket.go"},
	} {
		for _, file := range files {
			assert.FileExists(t, filepath.Join("..", "..", filepath.FromSlash(file)))
			assert.Equal(t, team, owner(t, file), file)
		}
	}
}

// TestLawIsComparedWithMain checks that the job check has origin/main, without which make check
// compares nothing, and that the job fails if it does not.
func TestLawIsComparedWithMain(t *testing.T) {
	job := files(t, "workflows/*.yml")["workflows/pull-request.yml"].Jobs["check"]
	assert.Equal(t, "0", job.Steps[0].With["fetch-depth"])
	assert.Equal(t, []string{"git merge-base HEAD origin/main", "make test", "make lint"}, job.commands())
}
