package provider_test

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/conformance"
	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/internal/testdriver"
)

// TestLife creates, updates, renames and deletes every kind of resource with both drivers.
func TestLife(t *testing.T) {
	for _, kind := range driver.Kinds {
		for name, want := range map[string]map[string]property.Value{
			"placeholder": {"status": property.New("planned"), "serving": property.New(false), "handle": property.New("")},
			"folder":      {"status": property.New("active"), "serving": property.New(true), "handle": property.New("rack-" + conformance.Specs(false)[kind].Base().Name)},
		} {
			t.Run(fmt.Sprint(kind, " ", name), func(t *testing.T) {
				s := open(t, name)
				in := inputs(t, kind).Set("deletionProtection", unprotected)
				reached := 0
				outputs := func(_, output property.Map) {
					reached++
					for key, value := range want {
						assert.Equal(t, value, output.Get(key), key)
					}
					assert.Equal(t, property.New(s.resource(kind).Name+"."+string(kind)+".testland.example.com"), output.Get("endpoint"))
				}
				integration.LifeCycleTest{
					Resource: token(kind),
					Create:   integration.Operation{Inputs: in, Hook: outputs},
					Updates: []integration.Operation{
						{Inputs: in.Set(changed(kind)), Hook: outputs},
						{Inputs: in.Set("name", property.New("renamed"))},
					},
				}.Run(t, s.server)
				assert.Equal(t, 2, reached)
				left, err := os.ReadDir(s.directory + "/testland/" + string(kind))
				assert.True(t, err == nil || os.IsNotExist(err))
				assert.Empty(t, left)
			})
		}
	}
}

// changed returns a property of a kind that can be updated in place, and another value for it.
func changed(kind driver.Kind) (string, property.Value) {
	key := map[driver.Kind]string{
		driver.KindNetwork: "uplinks", driver.KindKey: "rotationDays", driver.KindDatabase: "vcpus",
		driver.KindObjectStore: "capacityTiB", driver.KindEdgeCache: "capacityGbps", driver.KindLoadBalancer: "capacityGbps",
	}[kind]
	return key, property.New(100.0 - map[bool]float64{true: 97}[kind == driver.KindNetwork])
}

// TestReplacement checks for every input of every resource whether a change updates or
// replaces the resource.
func TestReplacement(t *testing.T) {
	replaced := map[driver.Kind][]string{
		driver.KindNetwork:      {"cidrBlock", "name"},
		driver.KindKey:          {"name", "purpose"},
		driver.KindDatabase:     {"databaseName", "engine", "key", "name", "network", "username"},
		driver.KindObjectStore:  {"key", "name"},
		driver.KindEdgeCache:    {"name"},
		driver.KindLoadBalancer: {"name", "network"},
	}
	for _, kind := range driver.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			s := open(t, "placeholder")
			require.NoError(t, s.up(kind, inputs(t, kind)))
			var found []string
			for key, value := range s.check(kind, inputs(t, kind)).All {
				other := property.New("other")
				switch {
				case value.IsNumber():
					other = property.New(value.AsNumber() + 1)
				case value.IsBool():
					other = property.New(!value.AsBool())
				}
				diff, err := s.server.Diff(p.DiffRequest{ID: s.id, Urn: urn(kind), State: s.state, Inputs: s.check(kind, inputs(t, kind)).Set(key, other)})
				require.NoError(t, err)
				require.True(t, diff.HasChanges, key)
				require.Len(t, diff.DetailedDiff, 1, key)
				if diff.DetailedDiff[key].Kind == p.UpdateReplace {
					found = append(found, key)
					assert.Equal(t, key != "name", diff.DeleteBeforeReplace, "the replacement has the same ID, unless its name changes: %s", key)
				} else {
					assert.Equal(t, p.Update, diff.DetailedDiff[key].Kind, key)
				}
			}
			slices.Sort(found)
			assert.Equal(t, replaced[kind], found)
		})
	}
}

// TestPreviewShowsNames checks that a preview shows the outputs that do not depend on the
// facility, and no others.
func TestPreviewShowsNames(t *testing.T) {
	s := open(t, "placeholder")
	created, err := s.server.Create(p.CreateRequest{Urn: urn(driver.KindKey), Properties: s.check(driver.KindKey, inputs(t, driver.KindKey)), DryRun: true})
	require.NoError(t, err)
	assert.Equal(t, "testland/key/data", created.ID)
	assert.Equal(t, property.New("data.key.testland.example.com"), created.Properties.Get("endpoint"))
	for _, key := range []string{"status", "serving", "handle"} {
		assert.True(t, created.Properties.Get(key).IsComputed(), key)
	}
}

// TestALoadBalancerReports checks the outputs that only load balancers have. They are empty, and
// not absent, as long as there is nothing to report.
func TestALoadBalancerReports(t *testing.T) {
	const kind = driver.KindLoadBalancer
	s := open(t, "placeholder")
	require.NoError(t, s.up(kind, inputs(t, kind)))
	assert.Equal(t, property.New([]property.Value{}), s.state.Get("ready"))
	assert.Equal(t, property.New(map[string]property.Value{}), s.state.Get("records"))

	s.configure("folder")
	s.faults(map[string]testdriver.Fault{"update " + s.id: testdriver.Incomplete, "create " + s.id: testdriver.Incomplete})
	require.Error(t, s.up(kind, inputs(t, kind)))
	assert.Equal(t, 0, s.state.Get("ready").AsArray().Len(), "the services wait for certificates")
	assert.Equal(t, property.New("mi-cloud-example-com.proof.testland.example.com"), s.state.Get("records").AsMap().Get("_folder._acme-challenge.mi-cloud.example.com"))
	s.faults(nil)
	require.NoError(t, s.up(kind, inputs(t, kind)))
	both := property.New([]property.Value{property.New("mi-account"), property.New("mi-cloud")})
	assert.Equal(t, both, s.state.Get("ready"))
	require.NoError(t, s.refresh(kind))
	assert.Equal(t, both, s.state.Get("ready"))

	key := open(t, "folder")
	require.NoError(t, key.up(driver.KindKey, inputs(t, driver.KindKey)))
	assert.True(t, key.state.Get("ready").IsNull(), "no other kind has these outputs")
}

// TestDrift checks that a refresh finds a change in the facility.
func TestDrift(t *testing.T) {
	s := open(t, "folder")
	require.NoError(t, s.up(driver.KindKey, inputs(t, driver.KindKey)))
	file := testdriver.File(s.directory, s.resource(driver.KindKey))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(replaceOnce(t, string(data), `"RotationDays": 180`, `"RotationDays": 365`)), 0o600))

	require.NoError(t, s.refresh(driver.KindKey))
	assert.InDelta(t, 365, s.output("rotationDays"), 0)
	diff, err := s.diff(driver.KindKey, inputs(t, driver.KindKey))
	require.NoError(t, err)
	assert.Equal(t, []string{"rotationDays"}, slices.Collect(maps.Keys(diff.DetailedDiff)))
}

// TestImport imports a resource of the facility that is not in the state.
func TestImport(t *testing.T) {
	s := open(t, "folder")
	require.NoError(t, s.up(driver.KindKey, inputs(t, driver.KindKey)))
	file := testdriver.File(s.directory, s.resource(driver.KindKey))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte(replaceOnce(t, string(data), `"Driver": "folder"`, `"Driver": ""`)), 0o600))
	s.state = property.Map{}
	require.NoError(t, s.refresh(driver.KindKey))
	diff, err := s.diff(driver.KindKey, inputs(t, driver.KindKey))
	require.NoError(t, err)
	assert.False(t, diff.HasChanges, diff.DetailedDiff)
}

// TestCapabilities checks the sorted list of capabilities that a driver lacks.
func TestCapabilities(t *testing.T) {
	gaps := func(name string) []string {
		result, err := open(t, name).server.Invoke(p.InvokeRequest{Token: tokens.Type("localdc:index:capabilities")})
		require.NoError(t, err)
		assert.Equal(t, property.New(name), result.Return.Get("driver"))
		var names []string
		for _, gap := range result.Return.Get("gaps").AsArray().All {
			names = append(names, gap.AsMap().Get("capability").AsString())
			assert.NotEmpty(t, gap.AsMap().Get("aws").AsString())
			assert.NotEmpty(t, gap.AsMap().Get("remark").AsString())
		}
		assert.True(t, slices.IsSorted(names))
		return names
	}
	assert.Contains(t, gaps("placeholder"), "object-versioning")
	for _, capability := range []string{"http-2", "object-versioning", "tls-1.3"} {
		assert.NotContains(t, gaps("folder"), capability, "the driver has this capability")
	}
	assert.Len(t, gaps("folder"), len(driver.AllCapabilities)-3)
}
