package simulation

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
)

// TestEveryTypeHasARow compares the model, which refuses types that it lacks and so has
// every type that the program uses, with the rows of internal/awstypes.
func TestEveryTypeHasARow(t *testing.T) {
	for token := range types {
		assert.True(t, awstypes.InUse(token), "internal/awstypes: found no row %q; allowed: one per type in use. "+
			"docs/new-resource-type.md says how to add it", token)
	}
	for _, token := range awstypes.Tokens() {
		if awstypes.InUse(token) && !strings.HasPrefix(token, "localdc:") { // the plugin localdc serves those
			assert.Contains(t, types, token, "internal/awstypes: found the row %q of a type that is not modelled; "+
				"allowed: rows of types in use, and those in unused", token)
		}
	}
}

// TestImportIDs compares how a row finds the import ID with the ID that the model takes.
func TestImportIDs(t *testing.T) {
	for token, entry := range types {
		row, id := awstypes.Of(token).Import, entry.ID
		if entry.Import != "" {
			id = entry.Import
		}
		if row.ARN != nil {
			assert.True(t, entry.Tagged, "%s: AWS lists resources by ARN that have tags", token)
		}
		if row.Input != "" {
			assert.Equal(t, "{"+row.Input+"}", id, token)
		}
		if row.Key != "" && token != awstypes.VPCCidrBlock { // whose ID AWS draws
			assert.Equal(t, row.Key, id, token)
		}
	}
}
