package provider_test

import (
	"os"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/internal/testdriver"
)

func replaceOnce(t *testing.T, text, old, replacement string) string {
	t.Helper()
	require.Equal(t, 1, strings.Count(text, old), "%s in %s", old, text)
	return strings.Replace(text, old, replacement, 1)
}

// TestAPartnerTakesOverPlannedResources changes the driver of a planned resource, which becomes
// active with an update in place.
func TestAPartnerTakesOverPlannedResources(t *testing.T) {
	for _, kind := range driver.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			s := open(t, "placeholder")
			require.NoError(t, s.up(kind, inputs(t, kind)))
			before := s.state
			s.configure("folder")
			require.NoError(t, s.refresh(kind), "a refresh before the update")
			assert.Equal(t, before, s.state)
			diff, err := s.diff(kind, inputs(t, kind))
			require.NoError(t, err)
			assert.Equal(t, map[string]p.PropertyDiff{"driver": {Kind: p.Update}}, diff.DetailedDiff)
			require.NoError(t, s.up(kind, inputs(t, kind)))
			assert.Equal(t, "active", s.output("status"))
			assert.Equal(t, before.Get("endpoint"), s.state.Get("endpoint"))
			assert.FileExists(t, testdriver.File(s.directory, s.resource(kind)))
		})
	}
}

// TestDriverChangeNeedsAdoption checks that a change of driver is refused while only the previous
// driver has the active resource.
func TestDriverChangeNeedsAdoption(t *testing.T) {
	s := open(t, "folder")
	require.NoError(t, s.up(driver.KindDatabase, inputs(t, driver.KindDatabase)))
	s.configure("placeholder")
	_, err := s.diff(driver.KindDatabase, inputs(t, driver.KindDatabase))
	require.EqualError(t, err, `testland/db/mi-account: driver: found "placeholder"; allowed: "folder", whose resource is active, until "placeholder" has adopted it under this ID`)
	s.state = s.state.Set("deletionProtection", unprotected)
	require.ErrorContains(t, s.delete(driver.KindDatabase), `driver: found "placeholder"; allowed: "folder", which manages the resource`)

	// The new driver has adopted the resource.
	s.state = s.state.Set("driver", property.New("another"))
	s.configure("folder")
	s.faults(map[string]testdriver.Fault{"update " + s.id: testdriver.Incomplete})
	require.ErrorContains(t, s.up(driver.KindDatabase, inputs(t, driver.KindDatabase)), "resource failed to initialize")
	assert.Equal(t, "folder", s.output("driver"))

	// An incomplete resource counts as adopted.
	s.state = s.state.Set("driver", property.New("another"))
	s.faults(nil)
	require.NoError(t, s.up(driver.KindDatabase, inputs(t, driver.KindDatabase)))
	assert.Equal(t, true, s.output("serving"))
}

// TestDeletion checks that an active resource is deleted only after its protection was
// removed, and a planned resource always.
func TestDeletion(t *testing.T) {
	for _, kind := range driver.Kinds {
		s := open(t, "folder")
		require.NoError(t, s.up(kind, inputs(t, kind)))
		require.ErrorContains(t, s.delete(kind), "deletionProtection: found true; allowed: false, to delete an active resource; update it first")
		assert.FileExists(t, testdriver.File(s.directory, s.resource(kind)))
		require.NoError(t, s.up(kind, inputs(t, kind).Set("deletionProtection", unprotected)))
		require.NoError(t, s.refresh(kind))
		require.NoError(t, s.delete(kind), "a refresh keeps deletionProtection, which facilities do not store")
		assert.NoFileExists(t, testdriver.File(s.directory, s.resource(kind)))

		planned := open(t, "placeholder")
		require.NoError(t, planned.up(kind, inputs(t, kind)))
		require.NoError(t, planned.delete(kind))
	}
}

// TestReplacingAnActiveResource checks that the preview refuses a replacement of an active
// resource.
func TestReplacingAnActiveResource(t *testing.T) {
	s := open(t, "folder")
	other := inputs(t, driver.KindNetwork).Set("cidrBlock", property.New("10.80.0.0/16"))
	require.NoError(t, s.up(driver.KindNetwork, inputs(t, driver.KindNetwork)))
	_, err := s.diff(driver.KindNetwork, other)
	require.EqualError(t, err, `testland/network/main: cidrBlock: found "10.80.0.0/16"; allowed: "10.64.0.0/16", since a change replaces the active resource; to replace it, first update it with deletionProtection: false`)
	require.NoError(t, s.up(driver.KindNetwork, inputs(t, driver.KindNetwork).Set("deletionProtection", unprotected)))
	diff, err := s.diff(driver.KindNetwork, other)
	require.NoError(t, err)
	assert.True(t, diff.DeleteBeforeReplace)
}

// TestDependents checks that a preview also refuses to replace an active resource for a
// dependency's unknown ID, as when the dependency is replaced.
func TestDependents(t *testing.T) {
	s := open(t, "folder")
	require.NoError(t, s.up(driver.KindDatabase, inputs(t, driver.KindDatabase)))
	_, err := s.diff(driver.KindDatabase, inputs(t, driver.KindDatabase).Set("network", property.New(property.Computed)))
	require.ErrorContains(t, err, "network: found an unknown value; allowed: ")
}

// TestShrinking checks that storage and version cannot decrease on an active resource, but
// can on a planned resource.
func TestShrinking(t *testing.T) {
	smaller := func(t *testing.T) property.Map {
		return inputs(t, driver.KindDatabase).Set("storageGiB", property.New(100.0)).Set("engineVersion", property.New("15"))
	}
	s := open(t, "folder")
	require.NoError(t, s.up(driver.KindDatabase, inputs(t, driver.KindDatabase)))
	_, err := s.diff(driver.KindDatabase, smaller(t))
	require.EqualError(t, err, `testland/db/mi-account: engineVersion: found "15"; allowed: at least "16", the active resource's value`+
		"\ntestland/db/mi-account: storageGiB: found 100; allowed: at least 200, the active resource's value")
	_, err = s.diff(driver.KindDatabase, inputs(t, driver.KindDatabase).Set("storageGiB", property.New(property.Computed)))
	require.NoError(t, err, "an unknown value is not less")

	planned := open(t, "placeholder")
	require.NoError(t, planned.up(driver.KindDatabase, inputs(t, driver.KindDatabase)))
	require.NoError(t, planned.up(driver.KindDatabase, smaller(t)))
}

// TestNamesAreNotLost checks that an active, protected load balancer loses no service, and gains
// one by an update in place.
func TestNamesAreNotLost(t *testing.T) {
	const kind = driver.KindLoadBalancer
	both := inputs(t, kind)
	one := both.Set("services", property.New(both.Get("services").AsArray().AsSlice()[1:]))
	s := open(t, "folder")
	require.NoError(t, s.up(kind, one))
	require.NoError(t, s.up(kind, both), "one more service")
	_, err := s.diff(kind, one)
	require.EqualError(t, err, `testland/lb/entry: services: found none with the name "mi-account"; allowed: every service of the active resource; `+
		"to remove one, first update the resource with deletionProtection: false")
	_, err = s.diff(kind, both.Set("services", property.New(property.Computed)))
	require.NoError(t, err, "unknown services may be the same")
	_, err = s.diff(kind, both.Set("services", property.New([]property.Value{property.New(property.Computed)})))
	require.NoError(t, err, "an unknown service may be one of them")
	require.NoError(t, s.up(kind, both.Set("deletionProtection", unprotected)))
	require.NoError(t, s.up(kind, one.Set("deletionProtection", unprotected)))

	planned := open(t, "placeholder")
	require.NoError(t, planned.up(kind, both))
	require.NoError(t, planned.up(kind, one))
}

// TestVanished checks that a refresh removes a vanished resource without data from the state,
// and returns an error for a vanished resource with data.
func TestVanished(t *testing.T) {
	for _, kind := range driver.Kinds {
		t.Run(string(kind), func(t *testing.T) {
			s := open(t, "folder")
			require.NoError(t, s.up(kind, inputs(t, kind)))
			require.NoError(t, os.Remove(testdriver.File(s.directory, s.resource(kind))))
			if !kind.Stateful() {
				require.NoError(t, s.up(kind, inputs(t, kind).Set(changed(kind))), "an update creates it again")
				require.NoError(t, os.Remove(testdriver.File(s.directory, s.resource(kind))))
				require.NoError(t, s.refresh(kind))
				assert.Empty(t, s.id, "a refresh removes it from the state")
				return
			}
			const message = " has vanished from Facility 1, with its data. Restore it there under the same ID; or, to create an empty one, set deletionProtection to false and update"
			require.EqualError(t, s.refresh(kind), s.resource(kind).String()+message)
			require.EqualError(t, s.up(kind, inputs(t, kind).Set(changed(kind))), s.resource(kind).String()+message)
			assert.NoFileExists(t, testdriver.File(s.directory, s.resource(kind)))

			require.NoError(t, s.up(kind, inputs(t, kind).Set("deletionProtection", unprotected)))
			assert.FileExists(t, testdriver.File(s.directory, s.resource(kind)))
		})
	}
}
