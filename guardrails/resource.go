package guardrails

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
)

// resource is what a rule sees of a resource.
type resource struct {
	typ      string // such as aws:s3/bucketV2:BucketV2
	name     string
	custom   bool
	inputs   map[string]any // as encoding/json gives them; unknown{} for what is not known yet
	provider string         // the provider's name, and its type
	protect  bool
	unknowns bool // anywhere in the inputs

	// What several rules look at is found once.
	walked []leaf
	parsed []statement
}

// unknown is a value that a preview does not know yet.
type unknown struct{}

// String is the resource as the CLI writes it, such as aws:s3:BucketV2 oregon-logs.
func (r *resource) String() string { return displayType(r.typ) + " " + r.name }

// displayType is a type as the CLI writes it.
func displayType(typ string) string { return tokens.Type(typ).DisplayName() }

// displayName is that of a resource which is known by its URN.
func displayName(u urn.URN) string {
	return (&resource{typ: string(u.Type()), name: u.Name()}).String()
}

func newResource(ctx context.Context, args *pulumi.ResourceTransformArgs) (*resource, error) {
	r := &resource{typ: args.Type, name: args.Name, custom: args.Custom, protect: args.Opts.Protect}
	inputs, err := r.plain(ctx, args.Props)
	if err != nil {
		return nil, err
	}
	r.inputs, _ = inputs.(map[string]any)
	if args.Opts.Provider != nil {
		output, err := internals.UnsafeAwaitOutput(ctx, args.Opts.Provider.URN())
		if err != nil {
			return nil, err
		}
		r.provider = displayName(urn.URN(fmt.Sprint(output.Value)))
	}
	return r, nil
}

// plain turns inputs into what encoding/json would give.
func (r *resource) plain(ctx context.Context, value any) (any, error) {
	switch v := value.(type) {
	case pulumi.Output:
		result, err := internals.UnsafeAwaitOutput(ctx, v)
		if err != nil {
			return nil, err
		}
		if !result.Known {
			r.unknowns = true
			return unknown{}, nil
		}
		return r.plain(ctx, result.Value)
	case pulumi.Map:
		return plainMap(ctx, r, v)
	case map[string]any:
		return plainMap(ctx, r, v)
	case pulumi.Array:
		return plainList(ctx, r, v)
	case []any:
		return plainList(ctx, r, v)
	case pulumi.String:
		return string(v), nil
	case pulumi.Float64:
		return float64(v), nil
	case pulumi.Bool:
		return bool(v), nil
	default:
		return v, nil
	}
}

func plainMap[V any](ctx context.Context, r *resource, from map[string]V) (any, error) {
	to := make(map[string]any, len(from))
	for name, value := range from {
		plain, err := r.plain(ctx, value)
		if err != nil {
			return nil, err
		}
		to[name] = plain
	}
	return to, nil
}

func plainList[V any](ctx context.Context, r *resource, from []V) (any, error) {
	to := make([]any, len(from))
	for i, value := range from {
		plain, err := r.plain(ctx, value)
		if err != nil {
			return nil, err
		}
		to[i] = plain
	}
	return to, nil
}

// at returns the value at a path such as rules[].destination.bucket, the first one
// of a list; nil if there is none.
func (r *resource) at(path string) any {
	if values := r.all(path); len(values) > 0 {
		return values[0]
	}
	return nil
}

// all returns every value at a path. Where a part of it is not known, neither is the value.
func (r *resource) all(path string) []any {
	values := []any{r.inputs}
	for _, step := range strings.Split(path, ".") {
		name, list := strings.CutSuffix(step, "[]")
		var next []any
		for _, value := range values {
			object, isObject := value.(map[string]any)
			if _, open := value.(unknown); open {
				next = append(next, unknown{})
				continue
			}
			found, given := object[name]
			elements, isList := found.([]any)
			switch {
			case !isObject || !given || found == nil:
			case list && isList:
				next = append(next, elements...)
			default:
				next = append(next, found)
			}
		}
		values = next
	}
	return values
}

// leaf is a value within a resource's inputs that is neither an object nor a list.
type leaf struct {
	path, name string
	value      any
}

// leaves are all of them, in order.
func (r *resource) leaves() []leaf {
	if r.walked != nil {
		return r.walked
	}
	var walk func(path, name string, value any)
	walk = func(path, name string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, key := range sorted(v) {
				walk(strings.TrimPrefix(path+"."+key, "."), key, v[key])
			}
		case []any:
			for i, element := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), name, element)
			}
		default:
			r.walked = append(r.walked, leaf{path, name, v})
		}
	}
	walk("", "", r.inputs)
	return r.walked
}

// wrong reports whether a value is known to be something else than wanted.
func wrong(value, wanted any) bool {
	if _, open := value.(unknown); open {
		return false
	}
	return value != wanted
}

// wrongSettings reports the settings whose value is known and not allowed, or missing and required.
func (r *resource) wrongSettings(wanted []awstypes.Setting) (list []finding) {
	for _, setting := range wanted {
		var allowed []string
		for _, value := range setting.Allowed {
			allowed = append(allowed, text(value))
		}
		values := r.all(setting.Path)
		if len(values) == 0 && setting.Required {
			values = []any{nil}
		}
		for _, value := range values {
			if !slices.ContainsFunc(setting.Allowed, func(one any) bool { return !wrong(value, one) }) {
				list = append(list, finding{setting.Path, text(value), strings.Join(allowed, ", ")})
			}
		}
	}
	return list
}

// text renders a value for a report; it never renders a whole document.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
