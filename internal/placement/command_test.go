package placement

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/golden"
)

var root, _ = filepath.Abs("../..")

// placementOf runs the command in the repository's folder and returns its output.
func placementOf(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Chdir(root)
	var out bytes.Buffer
	c := Command()
	c.SetArgs(args)
	c.SetOut(&out)
	c.SilenceUsage, c.SilenceErrors = true, true
	err := c.ExecuteContext(t.Context())
	return out.String(), err
}

func TestPlacement(t *testing.T) {
	for format, suffix := range map[string]string{"markdown": "md", "json": "json"} {
		t.Run(format, func(t *testing.T) {
			got, err := placementOf(t, "--format", format)
			require.NoError(t, err)
			golden.Equal(t, filepath.Join(root, "internal", "placement", "testdata", "placement."+suffix), got)
		})
	}
}

func TestPlacementRefuses(t *testing.T) {
	_, err := placementOf(t, "--format", "pdf")
	assert.ErrorContains(t, err, `found "pdf"; allowed: markdown, json`)
}
