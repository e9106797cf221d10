package guardrails

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestLocalResources checks that the rules apply to resources of local data centres. It calls the
// rules directly, because an engine would need the plugin localdc.
func TestLocalResources(t *testing.T) {
	g := &Guard{site: Site{Name: "india"}}
	database := &resource{typ: "localdc:index:Database", name: "india-ecommerce", inputs: map[string]any{"deletionProtection": false}}
	assert.Equal(t, []finding{{"key", "", "a key of the site"}}, g.encryption(database))
	assert.Equal(t, []finding{
		{"protect", "false", "true, unless the configuration allows the deletion"},
		{"deletionProtection", "false", "true, unless the configuration allows the deletion"},
	}, g.protection(database))

	protected := &resource{typ: "localdc:index:Database", name: "india-ecommerce", protect: true, inputs: map[string]any{"key": "india-data"}}
	assert.Empty(t, append(g.encryption(protected), g.protection(protected)...))
	g.site.Deletable = map[string]string{"india-ecommerce": "its deletion is with-snapshot"}
	assert.Empty(t, g.protection(database))
}
