package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"multisite/internal/golden"
)

var root, _ = filepath.Abs("..")

// placementOf runs the command in the repository's folder.
func placementOf(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Chdir(root)
	var out bytes.Buffer
	err := run(args, &out)
	return out.String(), err
}

func TestPlacement(t *testing.T) {
	for format, suffix := range map[string]string{"markdown": "md", "json": "json"} {
		t.Run(format, func(t *testing.T) {
			got, err := placementOf(t, "-format", format)
			require.NoError(t, err)
			golden.Equal(t, filepath.Join(root, "placement", "testdata", "placement."+suffix), got)
		})
	}
}

func TestPlacementRefuses(t *testing.T) {
	_, err := placementOf(t, "-format", "pdf")
	assert.ErrorContains(t, err, `-format: found "pdf"; allowed: markdown, json`)
}
