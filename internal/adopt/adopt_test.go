package adopt

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/pulumicli"
)

// TestPreviewHasImportInputs checks that the steps of a preview have the inputs, parents and providers
// that an import needs.
func TestPreviewHasImportInputs(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	var preview pulumicli.Preview
	require.NoError(t, json.Unmarshal([]byte(p.Pulumi("preview", "--stack", "california", "--json")), &preview))
	for _, s := range preview.Steps {
		require.Equal(t, opCreate, s.Op)
		r, err := s.Resource()
		require.NoError(t, err)
		if r.Type == awstypes.Role {
			assert.NotEmpty(t, r.Inputs, s.URN)
			assert.NotEmpty(t, r.Parent, s.URN)
			assert.Contains(t, r.Provider, "::pulumi:providers:aws::", s.URN)
		}
	}
}

// TestImportIDs finds resources by physical name and by key.
func TestImportIDs(t *testing.T) {
	found := inventory{stack: "oregon", byName: map[string]string{}, byKey: map[string]string{}}
	found.addSuffixed(awstypes.OriginAccessControl, "oregon-cdn-0123456", "E1")
	found.addSuffixed(awstypes.OriginAccessControl, "california-cdn-0123456", "E2")
	found.addSuffixed(awstypes.OriginAccessControl, "oregon-manual", "E3")
	found.addKey(awstypes.RouteTableAssociation, "subnet-1/rtb-1")
	found.addKey(awstypes.RouteTableAssociation, "subnet-2/rtb-1")
	assert.Equal(t, map[string]string{
		awstypes.OriginAccessControl + " oregon-cdn":        "E1",
		awstypes.RouteTableAssociation + " oregon-public-a": "subnet-1/rtb-1",
	}, found.importIDs(map[string]map[string]any{
		awstypes.RouteTableAssociation + " oregon-public-a": {"subnetId": "subnet-1", "routeTableId": "rtb-1"},
		awstypes.RouteTableAssociation + " oregon-public-b": {"subnetId": "subnet-3", "routeTableId": "rtb-1"},
	}))
}
