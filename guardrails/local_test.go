package guardrails

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLocalResources holds what local data centres have to the same rules. Their
// provider is a plugin of its own, so they are looked at without an engine.
func TestLocalResources(t *testing.T) {
	g := &Guard{site: Site{Name: "india"}}
	database := &resource{typ: "localdc:index:Database", name: "india-ecommerce", inputs: map[string]any{"deletionProtection": false}}
	assert.Equal(t, []finding{{"key", "", "a key of the site's"}}, g.encryption(database))
	assert.Equal(t, []finding{
		{"protect", "false", "true, unless the configuration lifts it"},
		{"deletionProtection", "false", "true, unless the configuration lifts it"},
	}, g.protection(database))

	kept := &resource{typ: "localdc:index:Database", name: "india-ecommerce", protect: true, inputs: map[string]any{"key": "india-data"}}
	assert.Empty(t, append(g.encryption(kept), g.protection(kept)...))
	g.site.Deletable = map[string]string{"india-ecommerce": "its deletion is with-snapshot"}
	assert.Empty(t, g.protection(database))
}
