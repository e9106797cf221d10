// Package golden compares the results of tests with golden files of the repository.
package golden

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the results to the golden files")

// Equal compares a text with a golden file. `go test -update` of the package writes the text to
// the file first.
func Equal(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "%s differs; if the new text is right, run go test with -update for this package", path)
}
