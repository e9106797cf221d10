package migration

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/bounds"
)

// TestReplicationEngine checks that the chosen engine reads every version of PostgreSQL
// in use.
func TestReplicationEngine(t *testing.T) {
	for name, row := range map[string]struct {
		given    string
		postgres []string
		version  string
		enough   bool
	}{
		"AWS's default is sufficient":        {"", []string{"15", "16"}, "", true},
		"AWS's default is too old for 17":    {"", []string{"17", "16"}, "3.6.1", true},
		"a later version is given":           {"3.10.0", []string{"17"}, "3.10.0", true},
		"a version that is too old is given": {"3.5.4", []string{"16", "17"}, "3.6.1", false},
		"no database":                        {"3.5.4", nil, "3.5.4", true},
	} {
		t.Run(name, func(t *testing.T) {
			version, enough := ReplicationEngineFor(row.given, row.postgres)
			assert.Equal(t, row.version, version)
			assert.Equal(t, row.enough, enough)
		})
	}
	for _, postgres := range bounds.EngineVersions {
		assert.Contains(t, replicationEngines, postgres)
	}
}
