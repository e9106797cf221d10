package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASectionIsWrittenBetweenItsMarks also checks that the document has marks for every
// section.
func TestASectionIsWrittenBetweenItsMarks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", document))
	require.NoError(t, err)
	b := &bench{root: t.TempDir()}
	copied := filepath.Join(b.root, document)
	require.NoError(t, os.MkdirAll(filepath.Dir(copied), 0o700))
	require.NoError(t, os.WriteFile(copied, text, 0o600))
	for _, s := range sections {
		require.NoError(t, b.write(s.name, "outdated"))
		require.NoError(t, b.write(s.name, "new "+s.name))
	}
	written, err := os.ReadFile(copied)
	require.NoError(t, err)
	assert.NotContains(t, string(written), "outdated")
	for _, s := range sections {
		assert.Contains(t, string(written), "\nnew "+s.name+"\n")
	}
	assert.ErrorContains(t, b.write("weather", ""), "docs/benchmarks.md: found no marks of the section weather")
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2*time.Second, median([]time.Duration{9 * time.Second, time.Second, 2 * time.Second}))
}

func TestPropertiesAreTranslatedToTerraform(t *testing.T) {
	assert.Equal(t, "kms_master_key_id", snake("kmsMasterKeyId"))
	types := map[string]string{"r1": "aws_vpc"}
	assert.Equal(t, map[string]any{"vpcId": "${aws_vpc.r1.id}", "policy": "$${aws:username}"},
		express(refer(map[string]any{"vpcId": "vpc-1", "policy": "${aws:username}"}, map[any]any{"vpc-1": map[string]any{"of": "r1", "output": "id"}}), types))
}
