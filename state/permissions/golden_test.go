package permissions

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/golden"
)

// file returns the path of the template of a kind of stack.
func file(kind string) string { return filepath.Join("..", "roles-"+kind+".yaml") }

// TestTemplatesAreGenerated compares state/roles-*.yaml with the generated templates.
func TestTemplatesAreGenerated(t *testing.T) {
	for _, kind := range Kinds {
		template, err := Template(kind)
		require.NoError(t, err)
		golden.Equal(t, file(kind), template)
	}
}
