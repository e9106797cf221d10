package guardrails

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
)

// StatefulOutput is the stack output that lists the stack's stateful resources as TYPE NAME.
// After somebody deletes such a resource by hand, a refresh removes it from the state and the
// next update would create it again, empty. A refresh does not change outputs, so the guardrails
// compare with StatefulOutput.
const StatefulOutput = "stateful"

// recreationRule is checked when the engine is about to create a resource.
var recreationRule = rule{name: "recreation", kind: diagnostic.Guardrail}

// readFormerStateful reads StatefulOutput as the last update left it.
func (g *Guard) readFormerStateful() {
	names, _ := g.site.Last[StatefulOutput].([]any)
	for _, name := range names {
		g.formerStateful = append(g.formerStateful, fmt.Sprint(name))
	}
}

// checkRecreation reports a stateful resource that the engine is about to create although the
// last update left it in the stack, unless the configuration allows its deletion. In an update
// it returns an error. A load balancer holds nothing: a new one ends the outage, once the stack
// global has its address.
func (g *Guard) checkRecreation(r *resource) error {
	g.lock.Lock()
	defer g.lock.Unlock()
	name := r.String()
	if !slices.Contains(g.formerStateful, name) || r.typ == awstypes.LoadBalancer || g.mayBeDeleted(r) || g.isExcepted(recreationRule.name, name) {
		return nil
	}
	g.report(recreationRule, name, finding{"id", "no resource, although the last update left one",
		"a resource restored as docs/runbook.md describes; an update would create an empty one"})
	if g.ctx.DryRun() {
		return nil
	}
	return fmt.Errorf("%s existed after the last update and is missing now", name)
}

// exportStateful exports StatefulOutput: registered stateful resources that exist after this
// update, or were in the output already. A resource that is missing stays listed until the
// program no longer registers it.
func (g *Guard) exportStateful() {
	var names []string
	for _, r := range g.registered {
		value, err := internals.UnsafeAwaitOutput(g.ctx.Context(), r.URN())
		text, known := value.Value.(pulumi.URN)
		u := urn.URN(text)
		if err != nil || !known || text == "" || !awstypes.Of(string(u.Type())).Stateful {
			continue
		}
		name := displayName(u)
		id, err := internals.UnsafeAwaitOutput(g.ctx.Context(), r.(pulumi.CustomResource).ID())
		if exists := err == nil && id.Known && id.Value != pulumi.ID(""); exists || slices.Contains(g.formerStateful, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, strings.Compare)
	g.ctx.Export(StatefulOutput, pulumi.ToStringArray(names))
}
