package guardrails

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
)

// StatefulOutput is the stack's output in which the stateful resources that it has
// are remembered. A refresh drops what somebody has deleted from the state, and an
// update would then make it again, empty; outputs stay as the last update left them.
const StatefulOutput = "stateful"

// recreationRule is looked at when the engine is about to make a resource.
var recreationRule = rule{name: "recreation", family: Guardrail}

// watchRecreation has the engine ask before it makes what is stateful.
func (g *Guard) watchRecreation() error {
	had, _ := g.site.Last[StatefulOutput].([]any)
	for _, name := range had {
		g.had = append(g.had, fmt.Sprint(name))
	}
	ask, err := g.ctx.RegisterResourceHook("recreation", g.recreate, &pulumi.ResourceHookOptions{OnDryRun: true})
	if err != nil {
		return err
	}
	return g.ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		if !awstypes.Of(args.Type).Stateful {
			return nil
		}
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts, pulumi.ResourceHooks(
			&pulumi.ResourceHookBinding{BeforeCreate: []*pulumi.ResourceHook{ask}}))}
	})
}

// recreate refuses to make a stateful resource that was there, unless the
// configuration lets it go. A preview reports it and goes on.
func (g *Guard) recreate(args *pulumi.ResourceHookArgs) error {
	u := urn.URN(args.URN)
	name := displayName(u)
	g.lock.Lock()
	defer g.lock.Unlock()
	if !slices.Contains(g.had, name) || g.mayBeDeleted(&resource{typ: string(u.Type()), name: u.Name()}) || g.excepted(recreationRule.name, name) {
		return nil
	}
	g.report(recreationRule, name, finding{"id", "nothing where the last update had left it",
		"what docs/runbook.md says: it would be made again empty"})
	if g.ctx.DryRun() {
		return nil
	}
	return fmt.Errorf("%s was there and is gone", name)
}

// exportStateful tells the next update what there is: what it was told, as long as the
// program has it, and what has been made since.
func (g *Guard) exportStateful() {
	var names []string
	for _, r := range g.registered {
		value, err := internals.UnsafeAwaitOutput(g.ctx.Context(), r.URN())
		text, known := value.Value.(pulumi.URN)
		u := urn.URN(text)
		if err != nil || !known || !awstypes.Of(string(u.Type())).Stateful {
			continue
		}
		name := displayName(u)
		id, err := internals.UnsafeAwaitOutput(g.ctx.Context(), r.(pulumi.CustomResource).ID())
		if made := err == nil && id.Known && id.Value != pulumi.ID(""); made || slices.Contains(g.had, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, strings.Compare)
	g.ctx.Export(StatefulOutput, pulumi.ToStringArray(names))
}
