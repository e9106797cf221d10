package guardrails

import (
	"encoding/json"
	"fmt"
	"strings"

	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// hookName is the name of the hook that the engine calls before it creates or updates a resource.
const hookName = "guardrails"

// attachHooks makes the engine call checkFinal before it creates or updates a resource, also in
// a preview. The engine does not call hooks for resources that do not change, nor when
// resources are refreshed, imported by `pulumi import`, or destroyed.
func (g *Guard) attachHooks() (err error) {
	g.hook, err = g.ctx.RegisterResourceHook(hookName, g.checkFinal, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return err
	}
	binding := &pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{g.hook}, BeforeUpdate: []*pulumi.ResourceHook{g.hook}}
	// A transformation, unlike a transform, gets the resource itself, which Close waits for,
	// and options that the SDK does not pass to transforms.
	return g.ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		g.lock.Lock()
		defer g.lock.Unlock()
		g.registered = append(g.registered, args.Resource)
		options, _ := pulumi.NewResourceOptions(args.Opts...) // never fails
		name := (&resource{typ: args.Type, name: args.Name}).String()
		g.given[name] = append(g.given[name], options)
		g.constructed[name] = append(g.constructed[name], args.Resource)
		g.keepEnds(args)
		if _, isCustom := args.Resource.(pulumi.CustomResource); !isCustom {
			return nil
		}
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts, pulumi.ResourceHooks(binding))}
	})
}

// checkFinal checks a resource with the inputs that the engine is about to create or update it
// with. In an update it returns an error if they break a rule, and the engine leaves the
// resource as it is.
func (g *Guard) checkFinal(args *pulumi.ResourceHookArgs) error {
	g.lock.Lock()
	g.hooked[string(args.URN)] = true
	registered := g.resources[string(args.URN)]
	g.lock.Unlock()
	if registered == nil {
		return fmt.Errorf("the guardrails did not check %s when it was registered", displayName(urn.URN(args.URN)))
	}
	r := &resource{
		urn: registered.urn, typ: registered.typ, name: registered.name, custom: registered.custom,
		provider: registered.provider, protect: registered.protect, options: registered.options, ends: registered.ends, final: true,
	}
	r.inputs = r.finalInputs(args.NewInputs)
	violations := g.checkCallbacks() + g.inspect(r)
	if isNew := args.ID == ""; isNew {
		if err := g.checkRecreation(r); err != nil {
			return err
		}
	}
	if violations == 0 || g.ctx.DryRun() {
		return nil
	}
	return fmt.Errorf("%s breaks %d of the site's rules", r, violations)
}

// finalInputs converts inputs as plain does. It leaves out what providers and the engine note in
// inputs for themselves. Inputs of providers that are no texts are JSON texts for the engine.
func (r *resource) finalInputs(from presource.PropertyMap) map[string]any {
	inputs, _ := r.plainFinal(presource.NewObjectProperty(from)).(map[string]any)
	if !strings.HasPrefix(r.typ, providerPrefix) {
		return inputs
	}
	for name, value := range inputs {
		var decoded any
		if s, isText := value.(string); isText && strings.IndexAny(s, "{[") == 0 && json.Unmarshal([]byte(s), &decoded) == nil {
			inputs[name] = decoded
		}
	}
	return inputs
}

func (r *resource) plainFinal(value presource.PropertyValue) any {
	switch {
	case value.IsSecret():
		element := r.plainFinal(value.SecretValue().Element)
		r.secrets = append(r.secrets, texts(element)...)
		return element
	case value.IsOutput() && value.OutputValue().Known:
		return r.plainFinal(value.OutputValue().Element)
	case value.IsOutput(), value.IsComputed():
		r.unknowns = true
		return unknown{}
	case value.IsObject():
		to := map[string]any{}
		for key, element := range value.ObjectValue() {
			if !strings.HasPrefix(string(key), "__") && !element.IsNull() {
				to[string(key)] = r.plainFinal(element)
			}
		}
		return to
	case value.IsArray():
		to := []any{}
		for _, element := range value.ArrayValue() {
			to = append(to, r.plainFinal(element))
		}
		return to
	case value.IsAsset():
		asset := value.AssetValue()
		return asset.Text + asset.Path + asset.URI
	case value.IsResourceReference():
		return string(value.ResourceReferenceValue().URN)
	default:
		return value.V
	}
}

// checkUnseen reports resources of other programs that the program read, and resources that the
// engine created without calling their hook.
func (g *Guard) checkUnseen() {
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, r := range g.registered {
		custom, isCustom := r.(pulumi.CustomResource)
		if !isCustom {
			continue
		}
		output, err := internals.UnsafeAwaitOutput(g.ctx.Context(), custom.URN())
		u, known := output.Value.(pulumi.URN)
		id, unknownID := internals.UnsafeAwaitOutput(g.ctx.Context(), custom.ID())
		name := displayName(urn.URN(u))
		switch {
		case err != nil || !known || u == "" || unknownID != nil || !id.Known || id.Value == pulumi.ID(""): // the engine did not create it
		case g.resources[string(u)] == nil:
			g.report(functionRule, name, finding{"id", fmt.Sprintf("a read of %v", id.Value), "resources that the program creates"})
		case g.site.Existing != nil && !g.site.Existing[string(u)] && !g.hooked[string(u)] && !g.ctx.DryRun():
			g.report(optionRules[0], name, finding{"hooks", "a resource that the engine created without the hook " + hookName, "hooks as the guardrails attach them"})
		}
	}
}
