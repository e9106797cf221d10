package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"example.com/multisite/localdc/driver"
)

// neverLess are properties that cannot decrease on an active resource.
var neverLess = []string{"engineVersion", "storageGiB"}

// guard refuses changes that would lose an active resource's data, also in previews.
func (c *config) guard(inferred diffFunc) diffFunc {
	return func(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
		resp, err := inferred(ctx, req)
		if err != nil || !resp.HasChanges {
			return resp, err
		}
		changed := slices.Sorted(maps.Keys(resp.DetailedDiff))
		replacing := slices.ContainsFunc(changed, func(key string) bool { return replaces(resp, key) })
		// The replacement has the same ID, unless its name changes.
		resp.DeleteBeforeReplace = replacing && !slices.Contains(changed, "name")
		if status := req.State.Get("status"); !status.IsString() || status.AsString() != string(driver.Active) {
			return resp, nil
		}
		protection := req.State.Get("deletionProtection")
		protected := !protection.IsBool() || protection.AsBool()
		var problems []error
		for _, key := range changed {
			allowed := text(req.State.Get(key))
			switch {
			case key == "driver":
				problems = append(problems, c.swap(ctx, req, allowed))
				continue
			case replaces(resp, key) && protected:
				allowed += ", since a change replaces the active resource; to replace it, first update it with deletionProtection: false"
			case slices.Contains(neverLess, key) && less(req, key):
				allowed = "at least " + allowed + ", the active resource's value"
			default:
				continue
			}
			problems = append(problems, fmt.Errorf("%s: %s: %s", req.ID, key, failure(key, req.Inputs.Get(key), allowed).Reason))
		}
		for _, name := range missingServices(req) {
			if protected {
				problems = append(problems, fmt.Errorf("%s: services: found none with the name %q; allowed: every service of the active resource; "+
					"to remove one, first update the resource with deletionProtection: false", req.ID, name))
			}
		}
		return resp, errors.Join(problems...)
	}
}

// missingServices returns the services that the resource has and the inputs do not: their names
// would no longer be answered. It is nil if a name is not known yet, and for resources without
// services. Of a list with unknown values, the library's check returns empty values or none.
func missingServices(req p.DiffRequest) []string {
	names := func(m property.Map) (list []string) {
		if services := m.Get("services"); services.IsArray() {
			for _, service := range services.AsArray().All {
				name := ""
				if service.IsMap() && service.AsMap().Get("name").IsString() {
					name = service.AsMap().Get("name").AsString()
				}
				list = append(list, name)
			}
		}
		return list
	}
	wanted := names(req.Inputs)
	if len(wanted) == 0 || slices.Contains(wanted, "") {
		return nil
	}
	return slices.DeleteFunc(names(req.State), func(name string) bool { return slices.Contains(wanted, name) })
}

type diffFunc = func(context.Context, p.DiffRequest) (p.DiffResponse, error)

func replaces(resp p.DiffResponse, key string) bool {
	return strings.HasSuffix(string(resp.DetailedDiff[key].Kind), "&replace")
}

func less(req p.DiffRequest, key string) bool {
	old, wanted := req.State.Get(key), req.Inputs.Get(key)
	return old.IsNumber() && wanted.IsNumber() && wanted.AsNumber() < old.AsNumber() ||
		old.IsString() && wanted.IsString() && wanted.AsString() < old.AsString()
}

// swap allows a change of driver for an active resource only if the new driver has adopted
// the resource.
func (c *config) swap(ctx context.Context, req p.DiffRequest, holder string) error {
	id, err := driver.ParseID(req.ID)
	if err != nil {
		return err
	}
	_, err = c.driver.Read(ctx, id, nil)
	switch {
	case errors.Is(err, driver.ErrNotFound):
		return fmt.Errorf("%s: driver: found %q; allowed: %s, whose resource is active, until %[2]q has adopted it under this ID", id, c.Driver, holder)
	case partial(err):
		return nil // the update completes the resource
	}
	return err
}
