package register

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHistory reads the history of this repository. The tests of the command check have histories
// with problems.
func TestHistory(t *testing.T) {
	data, err := os.ReadFile(filepath.Base(HistoryPath))
	require.NoError(t, err)
	_, err = LoadHistory(data)
	require.NoError(t, err)
	entries, err := LoadHistory(nil)
	require.NoError(t, err)
	assert.Empty(t, entries)
	_, err = LoadHistory([]byte("entries: [{kee: markets.TW.sites}]"))
	assert.ErrorContains(t, err, "register/history.yaml: ")
}
