package experiments

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDocs checks that the table in docs/live.md lists every experiment, with the
// capability that the emulator lacks.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "live.md"))
	require.NoError(t, err)
	for _, e := range All() {
		lacks := "–"
		if e.emulator != "" {
			lacks = e.emulator
		}
		assert.Regexp(t, fmt.Sprintf("(?m)^\\| `%s` \\| .* \\| %s \\|$", e.Name, lacks), string(page))
	}
	assert.Contains(t, string(page), "never run on AWS")
}
