package simulation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
)

// TestEveryTypeHasARow compares the model with the rows of internal/awstypes. The model has
// every type that the program uses, because it refuses all other types.
func TestEveryTypeHasARow(t *testing.T) {
	for token := range types {
		assert.True(t, awstypes.Has(token), "internal/awstypes: found no row %q; allowed: one per type in use. "+
			"docs/new-resource-type.md describes how to add it", token)
	}
	for _, token := range awstypes.Tokens() {
		// The plugin localdc serves the types of local data centres, and the engine serves providers.
		if !strings.HasPrefix(token, "localdc:") && !strings.HasPrefix(token, "pulumi:") {
			assert.Contains(t, types, token, "internal/awstypes: found the row %q of a type that is not modelled; "+
				"allowed: rows of types in use", token)
		}
	}
}

// TestImportIDs checks that the import ID of a type's row is the ID that the model imports.
func TestImportIDs(t *testing.T) {
	for token, entry := range types {
		row, id := awstypes.Of(token).Import, entry.ID
		if entry.Import != "" {
			id = entry.Import
		}
		if row.ARN != nil {
			assert.True(t, entry.Tagged, "%s: the ARN must come from AWS's list of resources, which has only types with tags", token)
		}
		if row.Input != "" {
			assert.Equal(t, "{"+row.Input+"}", id, token)
		}
		if row.Key != "" && token != awstypes.VPCCidrBlock && token != awstypes.BackupReplication { // AWS generates their IDs
			assert.Equal(t, row.Key, id, token)
		}
	}
}
