// Package placeholder is the driver for a site without a partner. All its resources are
// planned, and none serves.
package placeholder

import (
	"context"

	"example.com/multisite/localdc/driver"
)

type placeholder struct{}

// Open returns the driver. It uses no settings.
func Open(driver.Config) (driver.Driver, error) { return placeholder{}, nil }

func (placeholder) Capabilities() map[driver.Capability]driver.Support {
	lacks := map[driver.Capability]driver.Support{}
	for _, c := range driver.AllCapabilities {
		lacks[c] = driver.Support{Remark: "no partner is signed"}
	}
	return lacks
}

func (placeholder) Create(ctx context.Context, _ driver.ID, _ driver.Spec) (driver.Result, error) {
	return driver.Result{Status: driver.Planned}, ctx.Err()
}

// Read returns the recorded state: planned resources exist only in Pulumi's state.
func (placeholder) Read(ctx context.Context, _ driver.ID, recorded *driver.State) (driver.State, error) {
	if recorded == nil {
		return driver.State{}, driver.ErrNotFound
	}
	return *recorded, ctx.Err()
}

func (p placeholder) Update(ctx context.Context, id driver.ID, want driver.Spec) (driver.Result, error) {
	return p.Create(ctx, id, want)
}

func (placeholder) Delete(ctx context.Context, _ driver.ID) error { return ctx.Err() }
