package stacks_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/engine"
)

// TestSigningKeysAreReplacedSideBySide adds a second key-signing key to a zone, allows the
// deletion of the first, and deletes it. The zone is signed all the time, and the output
// dsRecord has one record per key.
func TestSigningKeysAreReplacedSideBySide(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "global")
	keys := func(keys map[string]any) {
		p.Edit("global", func(raw map[string]any) { raw["multisite:signingKeys"] = keys })
	}
	records := func() []string {
		return strings.Split(p.State("global")["pulumi:pulumi:Stack multisite-global"].Outputs["dsRecord"].(string), "\n")
	}
	require.Len(t, records(), 1)
	first := records()[0]

	second := []string{"aws:kms:Key global-zone-signing-autumn", "aws:route53:KeySigningKey global-zone-autumn"}
	keys(map[string]any{"multisite": map[string]any{}, "autumn": map[string]any{}})
	assert.Equal(t, map[string][]string{"create": second}, p.Preview("global"))
	p.Up("global")
	require.Len(t, records(), 2)
	assert.Contains(t, records(), first)

	keys(map[string]any{"autumn": map[string]any{}})
	output, err := p.Try("up", "--stack", "global", "--yes", "--skip-preview")
	require.Error(t, err, "a signing key is protected")
	assert.Contains(t, output, "protect")

	keys(map[string]any{"multisite": map[string]any{"deletion": "allowed"}, "autumn": map[string]any{}})
	p.Up("global")
	keys(map[string]any{"autumn": map[string]any{}})
	p.Up("global")
	require.Len(t, records(), 1)
	assert.NotEqual(t, first, records()[0])
	assert.Contains(t, p.State("global"), "aws:route53:Zone global-zone")
	assert.NotContains(t, p.State("global"), "aws:route53:KeySigningKey global-zone")
}
