package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"example.com/multisite/localdc/driver"
)

// spec is the pointer type of a Spec.
type spec[A any] interface {
	*A
	driver.Spec
}

// controller implements one kind of resource for Pulumi, with properties A and record S.
type controller[A, S any, PA spec[A], PS state[S, A]] struct{ config *config }

// typeNames are the names in Pulumi's type tokens, localdc:index:NAME.
var typeNames = map[driver.Kind]tokens.TypeName{
	driver.KindNetwork:      "Network",
	driver.KindKey:          "Key",
	driver.KindDatabase:     "Database",
	driver.KindObjectStore:  "ObjectStore",
	driver.KindEdgeCache:    "EdgeCache",
	driver.KindLoadBalancer: "LoadBalancer",
}

// Annotate sets the type's token.
func (c *controller[A, S, PA, PS]) Annotate(a infer.Annotator) {
	a.SetToken("index", typeNames[PA(new(A)).Kind()])
}

func record[A, S any, PS state[S, A]](args A, result driver.Result) S {
	var s S
	a, r := PS(&s).Parts()
	*a, *r = args, result
	if r.Ready == nil {
		r.Ready = []string{} // a nil list is no output, which a preview treats as unknown
	}
	if r.Records == nil {
		r.Records = map[string]string{}
	}
	return s
}

// Create creates the resource, or adopts the existing resource with its ID.
func (c *controller[A, S, PA, PS]) Create(ctx context.Context, req infer.CreateRequest[A]) (infer.CreateResponse[S], error) {
	want := PA(&req.Inputs)
	id := driver.ID{Site: c.config.Site, Kind: want.Kind(), Name: want.Base().Name}
	if req.DryRun {
		return infer.CreateResponse[S]{ID: id.String(), Output: record[A, S, PS](req.Inputs, driver.Result{})}, nil
	}
	result, err := c.config.driver.Create(ctx, id, want)
	return infer.CreateResponse[S]{ID: id.String(), Output: record[A, S, PS](req.Inputs, result)}, c.explain("create", id, err)
}

// Read reads the resource with its driver. A resource that no longer exists is removed from
// the state, and the next update creates it again. If its data was lost with it, Read returns
// an error instead.
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
		if have.Driver != c.config.Driver { // the next update moves it to the new driver
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
	base, protected := PA(&found).Base(), have.Protected() // facilities do not store it
	base.Driver, base.Endpoint, base.DeletionProtection = c.config.Driver, c.config.Endpoint(id.Kind, id.Name), &protected
	return infer.ReadResponse[A, S]{ID: req.ID, Inputs: found, State: record[A, S, PS](found, read.Result)}, c.explain("read", id, err)
}

// Update updates the resource in place. It creates a resource that was only planned, usually
// by another driver. The guard has refused active resources that the driver has not adopted.
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

// Delete deletes the resource. It refuses an active resource that is protected.
func (c *controller[A, S, PA, PS]) Delete(ctx context.Context, req infer.DeleteRequest[S]) (infer.DeleteResponse, error) {
	id, err := driver.ParseID(req.ID)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	args, result := PS(&req.State).Parts()
	had := PA(args).Base()
	switch {
	case result.Status == driver.Active && had.Protected():
		return infer.DeleteResponse{}, fmt.Errorf("%s: deletionProtection: found true; allowed: false, to delete an active resource; update it first", id)
	case result.Status == driver.Active && had.Driver != c.config.Driver:
		return infer.DeleteResponse{}, fmt.Errorf("%s: driver: found %q; allowed: %q, which manages the resource", id, c.config.Driver, had.Driver)
	}
	return infer.DeleteResponse{}, c.explain("delete", id, c.config.driver.Delete(ctx, id))
}

// lost reports whether data is lost with a resource that no longer exists.
func lost(kind driver.Kind, base *driver.Common, status driver.Status) bool {
	return status == driver.Active && kind.Stateful() && base.Protected()
}

func (c *controller[A, S, PA, PS]) vanished(id driver.ID) error {
	return fmt.Errorf("%s has vanished from %s, with its data. Restore it there under the same ID; "+
		"or, to create an empty one, set deletionProtection to false and update", id, c.config.Facility)
}

func partial(err error) bool { return errors.As(err, &driver.Partial{}) }

// explain adds to a driver's error the action that resolves it.
func (c *controller[A, S, PA, PS]) explain(call string, id driver.ID, err error) error {
	var incomplete driver.Partial
	switch {
	case err == nil:
		return nil
	case errors.As(err, &incomplete):
		return infer.ResourceInitFailedError{Reasons: incomplete.Reasons}
	case errors.Is(err, driver.ErrTransient):
		err = fmt.Errorf("%w; nothing has changed: run the command again", err)
	case errors.Is(err, context.DeadlineExceeded):
		err = fmt.Errorf("%w; the call may have taken effect: running the command again is safe", err)
	}
	return fmt.Errorf("%s %s, by driver %s: %w", call, id, c.config.Driver, err)
}
