package components

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestReplicationEngine chooses an engine that reads every version of PostgreSQL in use.
func TestReplicationEngine(t *testing.T) {
	for name, row := range map[string]struct {
		given    string
		postgres []string
		version  string
		enough   bool
	}{
		"AWS's default is enough":      {"", []string{"15", "16"}, "", true},
		"it is too old for 17":         {"", []string{"17", "16"}, "3.6.1", true},
		"a later one is given":         {"3.10.0", []string{"17"}, "3.10.0", true},
		"one that is too old is given": {"3.5.4", []string{"16", "17"}, "3.6.1", false},
		"no database":                  {"3.5.4", nil, "3.5.4", true},
	} {
		t.Run(name, func(t *testing.T) {
			version, enough := ReplicationEngineFor(row.given, row.postgres)
			assert.Equal(t, row.version, version)
			assert.Equal(t, row.enough, enough)
		})
	}
	for _, postgres := range EngineVersions {
		assert.Contains(t, replicationEngines, postgres)
	}
}
