// Package conformance is the test suite that every driver must pass. A driver's test calls Run.
package conformance

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/driver"
)

// Site is the name of the suite's site.
const Site = "testland"

// Specs returns a valid resource of every kind. If changed is true, the resources differ from
// the others by an update in place.
func Specs(changed bool) map[driver.Kind]driver.Spec {
	more := 0
	if changed {
		more = 1
	}
	common := func(kind driver.Kind, name string) driver.Common {
		return driver.Common{Name: name, Endpoint: driver.Config{Site: Site, Domain: "example.com"}.Endpoint(kind, name)}
	}
	reference := func(kind driver.Kind, name string) string {
		return driver.ID{Site: Site, Kind: kind, Name: name}.String()
	}
	hostnames := func(service string) []string {
		return []string{service + ".example.com", service + "." + Site + ".example.com"}
	}
	return map[driver.Kind]driver.Spec{
		driver.KindNetwork: &driver.Network{
			Common:    common(driver.KindNetwork, "main"),
			CidrBlock: "10.64.0.0/16", Halls: 2 + more, Uplinks: 2,
		},
		driver.KindKey: &driver.Key{
			Common:  common(driver.KindKey, "data"),
			Purpose: "Databases and objects", RotationDays: 180 + more,
		},
		driver.KindDatabase: &driver.Database{
			Common: common(driver.KindDatabase, "mi-account"),
			Engine: "postgres", EngineVersion: "16", DatabaseName: "mi_account", Username: "multisite", Password: "correct-horse-battery",
			VCPUs: 4, MemoryGiB: 16, StorageGiB: 200 + more, MaxStorageGiB: 2000, Copies: 2, BackupRetentionDays: 35,
			Network: reference(driver.KindNetwork, "main"), Key: reference(driver.KindKey, "data"),
		},
		driver.KindObjectStore: &driver.ObjectStore{
			Common:      common(driver.KindObjectStore, "photos"),
			CapacityTiB: 50 + more, Key: reference(driver.KindKey, "data"), TLSMinVersion: "1.2",
		},
		driver.KindEdgeCache: &driver.EdgeCache{
			Common: common(driver.KindEdgeCache, "content"),
			Origin: reference(driver.KindObjectStore, "photos"), CapacityGbps: 10 + more, TLSMinVersion: "1.2",
		},
		driver.KindLoadBalancer: &driver.LoadBalancer{
			Common:  common(driver.KindLoadBalancer, "entry"),
			Network: reference(driver.KindNetwork, "main"), CapacityGbps: 10 + more, TLSMinVersion: "1.2",
			RateLimit: 2000, RateLimitAction: "count",
			Services: []driver.ServedService{
				{Name: "mi-account", Hostnames: hostnames("mi-account"), Port: 8443, Protocol: "https", LivePath: "/live"},
				{Name: "mi-cloud", Hostnames: hostnames("mi-cloud"), Port: 8080, Protocol: "http", LivePath: "/status"},
			},
		},
	}
}

// Patience is how long Run waits for certificates, health checks and rate limits to take effect.
const Patience = 5 * time.Minute

// Run checks that a driver fulfils the contract of driver.Driver. Each call of open must
// return a driver with an empty facility, and the Traffic of that facility, which is nil if the
// driver only plans.
func Run(t *testing.T, open func(t *testing.T) (driver.Driver, Traffic)) {
	t.Helper()
	openDriver := func(t *testing.T) driver.Driver {
		t.Helper()
		d, _ := open(t)
		return d
	}
	t.Run("every capability is listed, and every missing capability has a remark", func(t *testing.T) {
		has := openDriver(t).Capabilities()
		assert.Equal(t, driver.AllCapabilities, slices.Sorted(maps.Keys(has)))
		for c, support := range has {
			assert.True(t, support.Local != "" || support.Remark != "", c)
		}
	})
	t.Run("a load balancer answers as the contract states", func(t *testing.T) {
		d, traffic := open(t)
		require.NoError(t, CheckLoadBalancer(t.Context(), d, traffic, Patience))
	})
	for kind, want := range Specs(false) {
		id := driver.ID{Site: Site, Kind: kind, Name: want.Base().Name}
		t.Run(string(kind), func(t *testing.T) {
			t.Run("life", func(t *testing.T) { life(t, openDriver(t), id, want, Specs(true)[kind]) })
			t.Run("cancelled calls fail and have no effect", func(t *testing.T) { cancelled(t, openDriver(t), id, want) })
		})
	}
}

func life(t *testing.T, d driver.Driver, id driver.ID, want, changed driver.Spec) {
	t.Helper()
	ctx := t.Context()
	_, err := d.Read(ctx, id, nil)
	require.ErrorIs(t, err, driver.ErrNotFound, "read before create")

	created, err := d.Create(ctx, id, want)
	require.NoError(t, err)
	assert.Contains(t, []driver.Status{driver.Planned, driver.Active}, created.Status)
	assert.False(t, created.Serving && created.Status == driver.Planned, "a planned resource does not serve")
	again, err := d.Create(ctx, id, want)
	require.NoError(t, err, "create with an ID that exists")
	assert.Equal(t, created, again, "create does not create a second resource")

	read, err := d.Read(ctx, id, &driver.State{Spec: want, Result: created})
	require.NoError(t, err)
	assert.Equal(t, driver.State{Spec: want, Result: created}, read, "read the created resource")

	updated, err := d.Update(ctx, id, changed)
	require.NoError(t, err)
	assert.Equal(t, created.Handle, updated.Handle, "an update keeps the resource")
	read, err = d.Read(ctx, id, &driver.State{Spec: changed, Result: updated})
	require.NoError(t, err)
	assert.Equal(t, changed, read.Spec, "read the updated resource")

	adopted, err := d.Create(ctx, id, want)
	require.NoError(t, err)
	assert.Equal(t, created.Handle, adopted.Handle, "create adopts the resource with the ID")
	read, err = d.Read(ctx, id, &driver.State{Spec: want, Result: adopted})
	require.NoError(t, err)
	assert.Equal(t, want, read.Spec, "create updates the resource with the ID")

	require.NoError(t, d.Delete(ctx, id))
	_, err = d.Read(ctx, id, nil)
	require.ErrorIs(t, err, driver.ErrNotFound, "read after delete")
	require.NoError(t, d.Delete(ctx, id), "delete a deleted resource")
	if created.Status == driver.Active {
		_, err = d.Update(ctx, id, want)
		require.ErrorIs(t, err, driver.ErrNotFound, "update a deleted resource")
	}
}

func cancelled(t *testing.T, d driver.Driver, id driver.ID, want driver.Spec) {
	t.Helper()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := d.Create(over, id, want)
	require.ErrorIs(t, err, context.Canceled)
	_, err = d.Read(t.Context(), id, nil)
	require.ErrorIs(t, err, driver.ErrNotFound, "a cancelled create")

	created, err := d.Create(t.Context(), id, want)
	require.NoError(t, err)
	recorded := &driver.State{Spec: want, Result: created}
	_, err = d.Read(over, id, recorded)
	require.ErrorIs(t, err, context.Canceled)
	_, err = d.Update(over, id, want)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, d.Delete(over, id), context.Canceled)
	_, err = d.Read(t.Context(), id, recorded)
	require.NoError(t, err, "a cancelled delete")
}
