package guardrails

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// resource is a registered resource as the rules read it.
type resource struct {
	urn      string
	typ      string // such as aws:s3/bucketV2:BucketV2
	name     string
	custom   bool
	inputs   map[string]any // values as encoding/json decodes them, or unknown{}
	provider string         // the provider's URN
	protect  bool
	final    bool                    // whether the engine is about to create or update it
	unknowns bool                    // whether any input is unknown{}
	secrets  []string                // texts in inputs that are secret
	options  *pulumi.ResourceOptions // as the engine has them

	// owners are the resources of the stack that the inputs name, by value.
	owners map[string]*owned
	// ends are the resources that the inputs in endProperties depend on, as String returns them.
	ends map[string][]string

	// Several rules read the leaves and statements, which are computed once.
	leavesCache     []leaf
	statementsCache []statement
}

// unknown stands for an output that has no value until the update.
type unknown struct{}

// String returns the resource as the CLI prints it: TYPE NAME, such as
// aws:s3:BucketV2 oregon-mi-cloud-photos.
func (r *resource) String() string { return displayType(r.typ) + " " + r.name }

// stackType is the type of the resource that is the parent of all others. It is no part of
// their URNs.
const stackType tokens.Type = "pulumi:pulumi:Stack"

// displayType returns a type as the CLI prints it, such as aws:s3:BucketV2.
func displayType(typ string) string { return tokens.Type(typ).DisplayName() }

// displayName returns TYPE NAME of the resource with a URN; empty for an empty URN.
func displayName(u urn.URN) string {
	if u == "" {
		return ""
	}
	return (&resource{typ: string(u.Type()), name: u.Name()}).String()
}

// newResource reads a resource that is being registered. It waits for outputs in its inputs.
func (g *Guard) newResource(ctx context.Context, args *pulumi.ResourceTransformArgs) (*resource, error) {
	r := &resource{typ: args.Type, name: args.Name, custom: args.Custom, protect: args.Opts.Protect, options: &args.Opts}
	var parent tokens.Type
	if args.Opts.Parent != nil {
		output, err := internals.UnsafeAwaitOutput(ctx, args.Opts.Parent.URN())
		if err != nil {
			return nil, err
		}
		if parent = urn.URN(fmt.Sprint(output.Value)).QualifiedType(); parent == stackType {
			parent = ""
		}
	}
	r.urn = string(urn.New(tokens.QName(g.ctx.Stack()), tokens.PackageName(g.ctx.Project()), parent, tokens.Type(r.typ), r.name))
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
		r.provider = fmt.Sprint(output.Value)
	}
	return r, nil
}

// plain converts an input to a value as encoding/json decodes it, with unknown{} for outputs
// without a value.
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
		value, err := r.plain(ctx, result.Value)
		if result.Secret {
			r.secrets = append(r.secrets, texts(value)...)
		}
		return value, err
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
	case pulumi.Asset:
		return v.Text() + v.Path() + v.URI(), nil
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

// at returns the first value at a path such as rules[].destination.bucket; nil if there is
// none.
func (r *resource) at(path string) any {
	if values := r.all(path); len(values) > 0 {
		return values[0]
	}
	return nil
}

// all returns every value at a path. It returns unknown{} where a part of the path is unknown.
func (r *resource) all(path string) []any {
	values := []any{r.inputs}
	for _, step := range strings.Split(path, ".") {
		name, list := strings.CutSuffix(step, "[]")
		var next []any
		for _, value := range values {
			object, isObject := value.(map[string]any)
			if _, isUnknown := value.(unknown); isUnknown {
				next = append(next, unknown{})
				continue
			}
			found, given := object[name]
			elements, isList := found.([]any)
			switch {
			case !isObject || !given || found == nil || found == "": // providers read an empty text as absent
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

// leaf is a value in a resource's inputs that is neither an object nor a list, or is an empty one.
type leaf struct {
	// path is such as rules[0].filter.prefix. A key with a dot or bracket is quoted: tags["a.b"].
	path, name string
	value      any
}

// leaves returns the leaves of the inputs, objects in the order of their keys. An input that holds
// a JSON document has the leaves of the document.
func (r *resource) leaves() []leaf {
	if r.leavesCache != nil {
		return r.leavesCache
	}
	row := awstypes.Of(r.typ)
	var walk func(path, name string, value any)
	walk = func(path, name string, value any) {
		switch v := value.(type) {
		case map[string]any:
			if len(v) == 0 && path != "" {
				r.leavesCache = append(r.leavesCache, leaf{path, name, v})
			}
			for _, key := range ordered.Keys(v) {
				step := "." + key
				if strings.ContainsAny(key, `.[]"`) {
					step = fmt.Sprintf("[%q]", key)
				}
				walk(strings.TrimPrefix(path+step, "."), key, v[key])
			}
		case []any:
			if len(v) == 0 {
				r.leavesCache = append(r.leavesCache, leaf{path + "[]", name, v})
			}
			for i, element := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), name, element)
			}
		case string:
			if fields := jsonDocument(v); fields != nil && slices.Contains(row.Documents, path) {
				walk(path, name, fields)
			} else {
				r.leavesCache = append(r.leavesCache, leaf{path, name, v})
			}
		default:
			r.leavesCache = append(r.leavesCache, leaf{path, name, v})
		}
	}
	walk("", "", r.inputs)
	return r.leavesCache
}

// differs reports whether value is not wanted. An unknown value does not differ.
func differs(value, wanted any) bool {
	if _, isUnknown := value.(unknown); isUnknown {
		return false
	}
	return value != wanted
}

// checkSettings reports settings with a known value that is not allowed, and required settings
// that are missing.
func (r *resource) checkSettings(wanted []awstypes.Setting) (list []finding) {
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
			if !slices.ContainsFunc(setting.Allowed, func(allowed any) bool { return !differs(value, allowed) }) {
				list = append(list, finding{setting.Path, text(value), strings.Join(allowed, ", ")})
			}
		}
	}
	return list
}

// show renders a value for a report, unless it is secret.
func (r *resource) show(value any) string {
	if s, isText := value.(string); isText && slices.Contains(r.secrets, s) {
		return "a secret"
	}
	return text(value)
}

// text renders a value for a report; nil is empty.
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
