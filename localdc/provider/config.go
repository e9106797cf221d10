package provider

import (
	"context"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"

	"example.com/multisite/localdc/driver"
)

// config is the provider's configuration, and the driver that it names.
type config struct {
	driver.Config

	names  []string
	open   map[string]driver.Open
	driver driver.Driver
}

// Configure connects the driver.
func (c *config) Configure(context.Context) (err error) {
	c.driver, err = c.open[c.Driver](c.Config)
	return err
}

type checkFunc = func(context.Context, p.CheckRequest) (p.CheckResponse, error)

// checkConfig returns the failures of the rules, and the failures of the inferred check of
// types.
func (c *config) checkConfig(inferred checkFunc) checkFunc {
	return func(ctx context.Context, req p.CheckRequest) (p.CheckResponse, error) {
		resp, err := inferred(ctx, req)
		text := func(key string) string {
			if v := req.Inputs.Get(key); v.IsString() {
				return v.AsString()
			}
			return ""
		}
		given := driver.Config{Driver: text("driver"), Site: text("site"), Domain: text("domain"), Facility: text("facility"), City: text("city")}
		resp.Failures = merge(broken(given.Rules(c.names), req.Inputs), resp.Failures)
		return resp, err
	}
}

// diffConfig replaces the provider, and so every resource, only if the site changes. If the
// driver changes, the provider is updated.
func diffConfig(_ context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	diff := map[string]p.PropertyDiff{}
	for _, key := range []string{"driver", "site", "domain", "facility", "city", "settings"} {
		if req.State.Get(key).Equals(req.Inputs.Get(key)) {
			continue
		}
		diff[key] = p.PropertyDiff{Kind: p.Update}
		if key == "site" {
			diff[key] = p.PropertyDiff{Kind: p.UpdateReplace}
		}
	}
	return p.DiffResponse{HasChanges: len(diff) > 0, DetailedDiff: diff}, nil
}

// merge returns the first failure of each property.
func merge(failures ...[]p.CheckFailure) []p.CheckFailure {
	var merged []p.CheckFailure
	for _, failure := range slices.Concat(failures...) {
		if !slices.ContainsFunc(merged, func(f p.CheckFailure) bool { return f.Property == failure.Property }) {
			merged = append(merged, failure)
		}
	}
	return merged
}
