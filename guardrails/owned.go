package guardrails

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
)

// owned is a resource of the stack, with the values by which the inputs of other resources name
// it.
type owned struct {
	typ, name string
	names     []string
	read      chan struct{} // closed when names is complete
}

// own records a resource that the engine has started to register, and reads its outputs as soon
// as it has any. The engine starts a registration only when all inputs of the resource have
// values, so that no resource waits for the outputs of a later one.
func (g *Guard) own(typ, name string, res pulumi.Resource) {
	o := &owned{typ: typ, name: name, read: make(chan struct{})}
	g.owned = append(g.owned, o)
	go func() {
		defer close(o.read)
		if custom, isCustom := res.(pulumi.CustomResource); isCustom {
			o.add(g, custom.ID(), "")
		}
		ids := awstypes.Of(typ).IDs
		if ids == nil {
			ids = []string{"arn"}
		}
		value := reflect.Indirect(reflect.ValueOf(res))
		for i := range value.NumField() {
			tag, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("pulumi"), ",")
			for _, id := range ids {
				name, field, _ := strings.Cut(id, ".")
				if name != tag {
					continue
				}
				if output, isOutput := value.Field(i).Interface().(pulumi.Output); isOutput {
					o.add(g, output, field)
				}
			}
		}
	}()
}

// add adds to the resource's names the texts in an output or, with a field, in that field of each
// element of the output.
func (o *owned) add(g *Guard, output pulumi.Output, field string) {
	result, err := internals.UnsafeAwaitOutput(g.ctx.Context(), output)
	if err != nil || !result.Known { // the engine reports errors
		return
	}
	var walk func(value reflect.Value)
	walk = func(value reflect.Value) {
		switch value.Kind() {
		case reflect.String:
			if value.Len() > 0 {
				o.names = append(o.names, value.String())
			}
		case reflect.Slice:
			for i := range value.Len() {
				walk(value.Index(i))
			}
		case reflect.Struct:
			for i := range value.NumField() {
				if tag, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("pulumi"), ","); tag == field {
					walk(value.Field(i))
				}
			}
		case reflect.Pointer, reflect.Interface:
			walk(value.Elem())
		default:
		}
	}
	walk(reflect.ValueOf(result.Value))
}

// is reports whether a value names the resource.
func (o *owned) is(value string) bool {
	return slices.ContainsFunc(o.names, func(name string) bool { return names(name, value) })
}

// names reports whether a value is the name of a resource, the objects of a bucket, the streams of
// a log group, or a field of a secret, as ECS has it: ARN:FIELD:STAGE:VERSION
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
func names(name, value string) bool {
	part, within := strings.CutPrefix(value, name)
	switch {
	case !within || part == "":
		return within
	case strings.HasPrefix(name, bucketARN):
		return part[0] == '/'
	case strings.HasPrefix(name, "arn:aws:logs:"):
		return part == ":*"
	case strings.HasPrefix(name, "arn:aws:secretsmanager:"):
		return part[0] == ':' && strings.Count(part, ":") == 3
	default:
		return false
	}
}

// ownedBy returns the resource of the stack that a value names, of one of the types; nil if there
// is none. If no known output is the value and mayWait is true, it waits for the outputs of the
// other resources.
func (g *Guard) ownedBy(value string, mayWait bool, types ...string) *owned {
	g.lock.Lock()
	all := slices.DeleteFunc(slices.Clone(g.owned), func(o *owned) bool { return !slices.Contains(types, o.typ) })
	g.lock.Unlock()
	slices.Reverse(all)
	for _, wait := range []bool{false, true} {
		if wait && !mayWait {
			break
		}
		for _, o := range all {
			if wait {
				<-o.read
			}
			select {
			case <-o.read:
				if o.is(value) {
					return o
				}
			default:
			}
		}
	}
	return nil
}

// findOwners finds the resources of the stack that the inputs of a resource name. It waits for
// outputs only while the resource is being registered: in its hook, the resource itself and
// resources that depend on it have none yet. The caller must not hold g.lock.
func (g *Guard) findOwners(r *resource) {
	r.owners = map[string]*owned{}
	row := awstypes.Of(r.typ)
	for _, l := range r.leaves() {
		value, isText := l.value.(string)
		if m, _ := row.Meaning(l.path); isText && value != "" && len(m.Names) > 0 && !slices.Contains(m.Allowed, any(value)) {
			if o := g.ownedBy(value, !r.final, m.Names...); o != nil {
				r.owners[value] = o
			}
		}
	}
	for _, host := range secretHosts(r) {
		if o := g.ownedBy(host, !r.final, awstypes.DBInstance); o != nil {
			r.owners[host] = o
		}
	}
	for _, s := range policies(r) {
		for _, value := range append(texts(s.Resource), s.values()...) {
			if strings.HasPrefix(value, bucketARN) && !g.isDeclared(r.typ, "policy", value) && !g.isImageLayers(value) {
				if o := g.ownedBy(value, !r.final, awstypes.Bucket); o != nil {
					r.owners[value] = o
				}
			}
		}
	}
}
