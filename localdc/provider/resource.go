package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"multisite/localdc/driver"
)

// spec is a Spec's pointer type.
type spec[A any] interface {
	*A
	driver.Spec
}

// controller is Pulumi's side of one kind of resource, with properties A and record S.
type controller[A, S any, PA spec[A], PS state[S, A]] struct{ config *config }

// typeNames are those of Pulumi's type tokens, localdc:index:NAME.
var typeNames = map[driver.Kind]tokens.TypeName{
	driver.KindNetwork:     "Network",
	driver.KindKey:         "Key",
	driver.KindDatabase:    "Database",
	driver.KindObjectStore: "ObjectStore",
	driver.KindEdgeCache:   "EdgeCache",
}

// Annotate names the type.
func (c *controller[A, S, PA, PS]) Annotate(a infer.Annotator) {
	a.SetToken("index", typeNames[PA(new(A)).Kind()])
}

func record[A, S any, PS state[S, A]](args A, result driver.Result) S {
	var s S
	a, r := PS(&s).Parts()
	*a, *r = args, result
	return s
}

// Create makes the resource, or takes what has its ID already.
func (c *controller[A, S, PA, PS]) Create(ctx context.Context, req infer.CreateRequest[A]) (infer.CreateResponse[S], error) {
	want := PA(&req.Inputs)
	id := driver.ID{Site: c.config.Site, Kind: want.Kind(), Name: want.Base().Name}
	if req.DryRun {
		return infer.CreateResponse[S]{ID: id.String(), Output: record[A, S, PS](req.Inputs, driver.Result{})}, nil
	}
	result, err := c.config.driver.Create(ctx, id, want)
	return infer.CreateResponse[S]{ID: id.String(), Output: record[A, S, PS](req.Inputs, result)}, c.explain("create", id, err)
}

// Read asks the driver that has the resource. One that has vanished is dropped
// from the state, and made anew by the next update, unless data went with it.
func (c *controller[A, S, PA, PS]) Read(ctx context.Context, req infer.ReadRequest[A, S]) (infer.ReadResponse[A, S], error) {
	id, err := driver.ParseID(req.ID)
	if err != nil {
		return infer.ReadResponse[A, S]{}, err
	}
	args, result := PS(&req.State).Parts()
	have := PA(args).Base()
	var recorded *driver.State
	if result.Status != "" {
		recorded = &driver.State{Spec: PA(args), Result: *result}
		if have.Driver != c.config.Driver { // which the next update brings over
			return infer.ReadResponse[A, S](req), nil
		}
	}
	read, err := c.config.driver.Read(ctx, id, recorded)
	switch {
	case errors.Is(err, driver.ErrNotFound) && recorded != nil && lost(id.Kind, have, result.Status):
		return infer.ReadResponse[A, S]{}, c.vanished(id)
	case errors.Is(err, driver.ErrNotFound):
		return infer.ReadResponse[A, S]{}, nil
	case err != nil && !partial(err):
		return infer.ReadResponse[A, S]{}, c.explain("read", id, err)
	}
	found := *read.Spec.(PA)
	base, protected := PA(&found).Base(), have.Protected() // of which facilities know nothing
	base.Driver, base.Endpoint, base.DeletionProtection = c.config.Driver, c.config.Endpoint(id.Kind, id.Name), &protected
	return infer.ReadResponse[A, S]{ID: req.ID, Inputs: found, State: record[A, S, PS](found, read.Result)}, c.explain("read", id, err)
}

// Update changes the resource in place. What was only planned, by another driver
// most often, is created; the guard has let nothing active pass that the driver does not know.
func (c *controller[A, S, PA, PS]) Update(ctx context.Context, req infer.UpdateRequest[A, S]) (infer.UpdateResponse[S], error) {
	id, err := driver.ParseID(req.ID)
	if err != nil {
		return infer.UpdateResponse[S]{}, err
	}
	_, result := PS(&req.State).Parts()
	want := PA(&req.Inputs)
	if req.DryRun {
		return infer.UpdateResponse[S]{Output: record[A, S, PS](req.Inputs, *result)}, nil
	}
	after, err := c.config.driver.Update(ctx, id, want)
	if errors.Is(err, driver.ErrNotFound) {
		if lost(id.Kind, want.Base(), result.Status) {
			return infer.UpdateResponse[S]{}, c.vanished(id)
		}
		after, err = c.config.driver.Create(ctx, id, want)
	}
	return infer.UpdateResponse[S]{Output: record[A, S, PS](req.Inputs, after)}, c.explain("update", id, err)
}

// Delete refuses what is active and protected.
func (c *controller[A, S, PA, PS]) Delete(ctx context.Context, req infer.DeleteRequest[S]) (infer.DeleteResponse, error) {
	id, err := driver.ParseID(req.ID)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	args, result := PS(&req.State).Parts()
	had := PA(args).Base()
	switch {
	case result.Status == driver.Active && had.Protected():
		return infer.DeleteResponse{}, fmt.Errorf("%s: deletionProtection: found true; allowed: false, to delete what is active; update it first", id)
	case result.Status == driver.Active && had.Driver != c.config.Driver:
		return infer.DeleteResponse{}, fmt.Errorf("%s: driver: found %q; allowed: %q, which has the resource", id, c.config.Driver, had.Driver)
	}
	return infer.DeleteResponse{}, c.explain("delete", id, c.config.driver.Delete(ctx, id))
}

// lost reports whether data goes with a resource that is not there.
func lost(kind driver.Kind, base *driver.Common, status driver.Status) bool {
	return status == driver.Active && kind.Stateful() && base.Protected()
}

func (c *controller[A, S, PA, PS]) vanished(id driver.ID) error {
	return fmt.Errorf("%s has vanished from %s, with its data. Restore it there under the same ID; "+
		"or, to have an empty one made, set deletionProtection to false and update", id, c.config.Facility)
}

func partial(err error) bool { return errors.As(err, &driver.Partial{}) }

// explain says of a driver's error what to do about it.
func (c *controller[A, S, PA, PS]) explain(call string, id driver.ID, err error) error {
	var incomplete driver.Partial
	switch {
	case err == nil:
		return nil
	case errors.As(err, &incomplete):
		return infer.ResourceInitFailedError{Reasons: incomplete.Reasons}
	case errors.Is(err, driver.ErrTransient):
		err = fmt.Errorf("%w; nothing has changed, run the command again", err)
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("%w; whether it took effect is not known, and running the command again is safe", err)
	}
	return fmt.Errorf("%s %s, by driver %s: %w", call, id, c.config.Driver, err)
}
