package simulation

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"

	"example.com/multisite/internal/awstypes"
)

// Create adds a resource to the account, unless the account refuses it.
func (p *Provider) Create(ctx context.Context, req *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	urn := urnOf(req)
	t, err := lookup(urn.Type().String())
	if err != nil {
		return nil, err
	}
	inputs, err := unmarshal(req.GetProperties())
	if err != nil {
		return nil, err
	}
	if req.GetPreview() {
		for name := range t.Outputs {
			if inputs[name] == nil && !strings.Contains(name, ".") {
				inputs[name] = resource.Computed{Element: resource.NewProperty("")}
			}
		}
		properties, err := marshal(inputs)
		return &pulumirpc.CreateResponse{Properties: properties}, err
	}
	s := p.session(ctx)
	if err := p.begin(s, "creating", urn.Type().String(), urn.Name(), false); err != nil {
		return nil, err
	}
	r := &Resource{Type: urn.Type().String(), Region: t.region(s.region), account: p.account.ID}
	err = p.account.Do(func() error {
		r.Properties = inputs
		for n, chosen, again := 0, false, false; n == 0 || !chosen && !again && p.account.Used(r.Type, r.Region, r.ID); n++ {
			previous := r.ID
			r.Seed, r.attempt = newSeed(r.Type, r.Region, urn.Name(), n), n+1
			r.ID = r.render("id", t.ID)
			chosen = r.ID == previous // the program chose the ID
			again = t.overwrites(p.account, r)
		}
		t.complete(r, inputs, s.tags)
		if p.account.Get(r.Type, r.Region, r.ID) != nil && !t.overwrites(p.account, r) {
			return apiError(t.Taken, "%s already exists", r.ID)
		}
		if err := t.allow(p.account, r); err != nil {
			return err
		}
		return p.account.Put(r)
	})
	if err != nil {
		return nil, fmt.Errorf("creating %s: %w", label(r.Type, urn.Name()), err)
	}
	properties, err := marshal(r.Properties)
	return &pulumirpc.CreateResponse{Id: r.ID, Properties: properties}, err
}

// overwrites reports whether the creation of a resource of an overwritten type only
// overwrites the same resource of the program.
func (t *Type) overwrites(a *Account, r *Resource) bool {
	old := a.Get(r.Type, r.Region, r.ID)
	return t.Overwritten && old != nil && old.Seed == r.Seed
}

// Read returns a resource as it is in the account. A refresh calls Read to find drift.
func (p *Provider) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	token := urnOf(req).Type().String()
	t, err := lookup(token)
	if err != nil {
		return nil, err
	}
	inputs, err := unmarshal(req.GetInputs())
	if err != nil {
		return nil, err
	}
	if err := p.begin(p.session(ctx), "reading", token, req.GetId(), false); err != nil {
		return nil, err
	}
	var r *Resource
	if err := p.account.Do(func() error {
		region := t.region(p.session(ctx).region)
		if r = p.account.Get(token, region, req.GetId()); r == nil && t.Import != "" {
			for _, other := range p.account.All(func(o *Resource) bool { return o.Type == token && o.Region == region }) {
				if other.render("import", t.Import) == req.GetId() {
					r = other
				}
			}
		}
		return nil
	}); err != nil || r == nil {
		return &pulumirpc.ReadResponse{}, err
	}
	// Read also returns inputs that were set outside Pulumi, so that an update resets them,
	// and for an imported resource the outputs that differ from AWS's defaults.
	imported := len(inputs) == 0
	for name := range merge(inputs, r.Properties) {
		output, isOutput := t.Outputs[name]
		if imported && isOutput {
			isOutput = sameJSON(r.output(name, output), r.Properties[name])
		}
		if inputs[name] != nil || !isOutput && name != "tagsAll" {
			inputs[name] = overlay(inputs[name], r.Properties[name])
		}
	}
	state, err := marshal(r.Properties)
	if err != nil {
		return nil, err
	}
	found, err := marshal(inputs)
	return &pulumirpc.ReadResponse{Id: r.ID, Properties: state, Inputs: found}, err
}

// sameJSON compares a value of the model with a value from the account's files, in which all
// numbers have one type.
func sameJSON(a, b any) bool {
	one, err := json.Marshal(a)
	other, failed := json.Marshal(b)
	return err == nil && failed == nil && bytes.Equal(one, other)
}

// overlay returns the current value of an input, without nested values that AWS added.
func overlay(input, now any) any {
	switch input := input.(type) {
	case map[string]any:
		if now, ok := now.(map[string]any); ok {
			kept := map[string]any{}
			for name, value := range input {
				kept[name] = overlay(value, now[name])
			}
			return kept
		}
	case []any:
		if now, ok := now.([]any); ok && len(now) == len(input) {
			kept := make([]any, len(now))
			for i := range now {
				kept[i] = overlay(input[i], now[i])
			}
			return kept
		}
	}
	return now
}

// Update changes a resource in place.
func (p *Provider) Update(ctx context.Context, req *pulumirpc.UpdateRequest) (*pulumirpc.UpdateResponse, error) {
	token := urnOf(req).Type().String()
	t, err := lookup(token)
	if err != nil {
		return nil, err
	}
	state, inputs, err := unmarshalBoth(req.GetOlds(), req.GetNews())
	if err != nil {
		return nil, err
	}
	if t.Suppressed != nil {
		for _, name := range t.Suppressed(state, inputs) {
			inputs[name] = state[name]
		}
	}
	s := p.session(ctx)
	if err := p.begin(s, "updating", token, req.GetId(), req.GetPreview()); err != nil {
		return nil, err
	}
	var r *Resource
	err = p.account.Do(func() error {
		old := p.account.Get(token, t.region(s.region), req.GetId())
		if old == nil && req.GetPreview() {
			old = &Resource{} // a preview does not check that the resource exists
		}
		if old == nil {
			return apiError(t.Missing, "%s does not exist", req.GetId())
		}
		r = &Resource{Type: old.Type, Region: old.Region, ID: old.ID, Seed: old.Seed, Created: old.Created, account: p.account.ID}
		t.complete(r, inputs, s.tags)
		if req.GetPreview() {
			for name := range t.Outputs {
				if inputs[name] == nil && r.Properties[name] != nil && !reflect.DeepEqual(r.Properties[name], state[name]) {
					r.Properties[name] = resource.Computed{Element: resource.NewProperty("")}
				}
			}
			return nil
		}
		if err := t.allow(p.account, r); err != nil {
			return err
		}
		return p.account.Put(r)
	})
	if err != nil {
		return nil, fmt.Errorf("updating %s: %w", label(token, req.GetId()), err)
	}
	properties, err := marshal(r.Properties)
	return &pulumirpc.UpdateResponse{Properties: properties}, err
}

// Delete deletes a resource, unless others refer to it or it is protected.
func (p *Provider) Delete(ctx context.Context, req *pulumirpc.DeleteRequest) (*emptypb.Empty, error) {
	token := urnOf(req).Type().String()
	t, err := lookup(token)
	if err != nil {
		return nil, err
	}
	if err := p.reach(p.session(ctx), "deleting", token, req.GetId()); err != nil {
		return nil, err
	}
	err = p.account.Do(func() error {
		r := p.account.Get(token, t.region(p.session(ctx).region), req.GetId())
		if r == nil {
			return nil
		}
		if t.InUse != "" {
			if users := p.account.users(r); len(users) > 0 {
				return apiError(t.InUse, "%s has dependencies and cannot be deleted: %s", r.ID, strings.Join(users, ", "))
			}
		}
		if t.Delete != nil {
			if err := t.Delete(p.account, r); err != nil {
				return err
			}
		}
		return p.account.Delete(r)
	})
	if err != nil {
		return nil, fmt.Errorf("deleting %s: %w", label(token, req.GetId()), err)
	}
	return &emptypb.Empty{}, nil
}

// allow returns the API's error if a resource refers to a missing resource, if another
// resource has the same values of the type's Unique properties, or if the type's Put
// refuses the resource.
func (t *Type) allow(a *Account, r *Resource) error {
	for _, ref := range awstypes.Of(r.Type).Refs {
		for _, value := range at(r.Properties, ref.Path) {
			if value != "" && a.find(ref.Type, r.Region, value) == nil {
				return apiError(cmp.Or(t.MissingRef[ref.Path], types[ref.Type].Missing), "%s '%v' does not exist in %s", ref.Path, value, r.Region)
			}
		}
	}
	if len(t.Unique) > 0 {
		for _, other := range siblings(a, r) {
			if !slices.ContainsFunc(t.Unique, func(name string) bool {
				return !reflect.DeepEqual(other.Properties[name], r.Properties[name])
			}) {
				return apiError(t.Taken, "%s already has this %s", other.ID, strings.Join(t.Unique, " and "))
			}
		}
	}
	if t.Put != nil {
		return t.Put(a, r)
	}
	return nil
}

// find returns the resource that a reference from a region names, or nil. A reference
// matches resources of the same region and global resources; a reference of a global
// resource matches resources of all regions.
func (a *Account) find(token, region string, value any) *Resource {
	if id, ok := value.(string); ok {
		if r := a.Get(token, types[token].region(region), id); r != nil {
			return r
		}
	}
	found := a.All(func(r *Resource) bool {
		return r.Type == token && (region == Global || r.Region == region || r.Region == Global) && r.is(value)
	})
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// users returns, sorted, the labels of the resources that refer to target.
func (a *Account) users(target *Resource) []string {
	var users []string
	for _, r := range a.All(func(r *Resource) bool { return r.refers(target) }) {
		users = append(users, label(r.Type, r.ID))
	}
	slices.Sort(users)
	return users
}

// label returns a resource's name in errors, such as ec2.Vpc vpc-0123.
func label(token, name string) string {
	return service(token) + "." + token[strings.LastIndex(token, ":")+1:] + " " + name
}
