package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/golden"
)

func TestPlacement(t *testing.T) {
	for format, suffix := range map[string]string{"markdown": "md", "json": "json"} {
		t.Run(format, func(t *testing.T) {
			got, err := printed(t, newPlacement(), "--format", format)
			require.NoError(t, err)
			golden.Equal(t, filepath.Join(root, "cmd", "sites", "testdata", "placement."+suffix), got)
		})
	}
}

func TestPlacementRefuses(t *testing.T) {
	_, err := printed(t, newPlacement(), "--format", "pdf")
	assert.ErrorContains(t, err, `found "pdf"; allowed: markdown, json`)
}
