// Package guardrails checks every resource that a Pulumi program registers, before the engine
// creates it: where data may be and go, how it is encrypted, who may reach it, and whether it
// can be lost. It checks the inputs and options of resources, whichever component they belong
// to, and the functions that the program calls. A preview reports every broken rule; an update
// also refuses the resource.
//
// The guardrails check each resource when the program registers it, and again with the inputs
// that the engine is about to create or update it with: after all transforms and the provider's
// own check, in a hook. The first check also covers resources that do not change.
//
// A program calls Watch before it registers its first resource, SetAccount once it has the
// account's ID, and Close after its last resource:
//
//	guard, err := guardrails.Watch(ctx, guardrails.Site{Name: "oregon", Region: "us-west-2", ...})
//	if err != nil {
//		return err
//	}
//	guard.SetAccount("123456789012")
//	// Register providers and resources.
//	return guard.Close()
//
// Every resource needs a provider that the program declares, and AWS providers need the tags of
// Site.Tags as default tags. Close exports the stack output StatefulOutput; the program passes
// the outputs of its last update as Site.Last. docs/residency.md lists the rules.
package guardrails

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

// rule is one check of resources. Exceptions and reports use its name.
type rule struct {
	name  string
	kind  diagnostic.Kind
	check func(*Guard, *resource) []finding
}

// finding is a property of a resource that breaks a rule. An empty found is reported as nothing.
type finding struct{ property, found, allowed string }

// rules are the rules that check each resource on its own, in the order of reports.
var rules = slices.Concat([]rule{typeRule}, locationRules, flowRules, originRules, encryptionRules, accessRules, statefulRules, optionRules, []rule{propertyRule})

// Rules returns the names of the rules that a Guard checks.
func Rules() []string {
	list := []string{companionsRule.name, recreationRule.name, functionRule.name}
	for _, r := range rules {
		list = append(list, r.name)
	}
	return list
}

// ExceptionRules returns the names of the rules that an Exception may name: all but the rules
// on residency.
func ExceptionRules() []string {
	return slices.DeleteFunc(Rules(), isOnResidency)
}

// isOnResidency reports whether the rule of a name is on residency.
func isOnResidency(name string) bool {
	return name == functionRule.name ||
		slices.ContainsFunc(rules, func(r rule) bool { return r.name == name && r.kind == diagnostic.Residency })
}

// Guard checks the resources of one run of a program. Watch creates it.
type Guard struct {
	ctx  *pulumi.Context
	site Site

	hook *pulumi.ResourceHook

	lock           sync.Mutex
	account        string
	resources      map[string]*resource // by URN
	registered     []pulumi.Resource
	given          map[string][]*pulumi.ResourceOptions // as the program gave them, by TYPE NAME
	hooked         map[string]bool                      // URNs of resources whose hook the engine called
	constructed    map[string][]pulumi.Resource         // by TYPE NAME, until their registration starts
	owned          []*owned
	declared       atomic.Pointer[map[Input][]string]    // Site.Declared and the names of Declare
	ends           map[string]map[string][]pulumi.Output // by TYPE NAME and input; see endProperties
	usedExceptions map[Exception]bool
	formerStateful []string        // stateful resources after the last update, as TYPE NAME
	reported       map[string]bool // lines
}

// newGuard returns a Guard that checks nothing yet.
func newGuard(ctx *pulumi.Context, site Site) *Guard {
	g := &Guard{
		ctx: ctx, site: site, constructed: map[string][]pulumi.Resource{},
		resources: map[string]*resource{}, given: map[string][]*pulumi.ResourceOptions{},
		ends: map[string]map[string][]pulumi.Output{}, hooked: map[string]bool{}, usedExceptions: map[Exception]bool{}, reported: map[string]bool{},
	}
	g.declared.Store(&site.Declared)
	return g
}

// Watch checks every resource that the program registers after the call. It logs each broken rule
// as an error, in the form
//
//	KIND: TYPE NAME: PROPERTY: rule RULE: found X; allowed: Y
//
// where KIND is residency or guardrail. In an update, the engine also refuses a resource that
// breaks a rule. A preview skips values that are not known before the update; the update checks
// them. Watch logs a warning for each entry of site.Deletable.
func Watch(ctx *pulumi.Context, site Site) (*Guard, error) {
	g := newGuard(ctx, site)
	for _, name := range ordered.Keys(site.Deletable) {
		if err := ctx.Log.Warn(fmt.Sprintf("%s may be deleted: %s", cmp.Or(name, site.Name), site.Deletable[name]), nil); err != nil {
			return nil, err
		}
	}
	g.readFormerStateful()
	if err := g.attachHooks(); err != nil {
		return nil, err
	}
	if err := ctx.RegisterInvokeTransform(g.checkFunction); err != nil {
		return nil, err
	}
	return g, ctx.RegisterResourceTransform(g.transform)
}

// SetAccount sets the ID of the AWS account that all resources must belong to. Resources
// registered before the call are not checked for their account.
func (g *Guard) SetAccount(id string) {
	for _, input := range []Input{{awstypes.Role, "permissionsBoundary"}, {awstypes.Parameter, "insecureValue.permissionsBoundaryArn"}} {
		g.Declare(input, Boundary(id, g.site.Name))
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.account = id
}

// transform checks a resource and leaves it as it is. A transform cannot return an error, so an
// update refuses a resource through an extra property whose value is an error.
func (g *Guard) transform(ctx context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	r, err := g.newResource(ctx, args)
	if err == nil {
		err = g.readEnds(ctx, r)
	}
	violations := 0
	if err == nil {
		violations = g.checkCallbacks() + g.inspect(r)
	}
	if err == nil && (violations == 0 || g.ctx.DryRun()) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s breaks %d of the site's rules", r, violations)
	}
	refusal, _, reject := g.ctx.NewOutput()
	reject(err)
	return &pulumi.ResourceTransformResult{Props: pulumi.Map{"guardrails": refusal}, Opts: args.Opts}
}

// inspect reports the rules that a resource breaks, and returns their number.
func (g *Guard) inspect(r *resource) (violations int) {
	g.findOwners(r)
	g.lock.Lock()
	defer g.lock.Unlock()
	g.resources[r.urn] = r
	for _, res := range g.constructed[r.String()] {
		g.own(r.typ, r.name, res)
	}
	delete(g.constructed, r.String())
	reported := map[string]bool{} // inputs, by path
	for _, rule := range rules {
		for _, f := range rule.check(g, r) {
			input, _, _ := strings.Cut(strings.ReplaceAll(f.property, "[]", "[0]"), ".Statement")
			if rule.name == propertyRule.name && reported[input] || g.isExcepted(rule.name, r.String()) {
				continue
			}
			reported[input] = true
			violations++
			g.report(rule, r.String(), f)
		}
		if violations > 0 && rule.name == typeRule.name {
			break
		}
	}
	return violations
}

// report logs a broken rule.
func (g *Guard) report(rule rule, resource string, f finding) {
	g.logError(rule.kind.Line(fmt.Sprintf("%s: %s: rule %s: found %s; allowed: %s",
		resource, f.property, rule.name, cmp.Or(f.found, "nothing"), f.allowed)))
}

// logError logs a line as an error, once: most resources are checked twice.
func (g *Guard) logError(line string) {
	if line = strings.ReplaceAll(line, "\n", " "); !g.reported[line] {
		g.reported[line] = true
		_ = g.ctx.Log.Error(line, nil) // fails only if the engine has ended
	}
}

// named returns the resource with a name as String returns it; nil if there is none.
func (g *Guard) named(name string) *resource {
	for _, r := range g.resources {
		if strings.HasSuffix(name, r.name) && r.String() == name {
			return r
		}
	}
	return nil
}

// Close waits until all resources are registered, checks the rules that need all of them, and
// exports StatefulOutput. It returns an error if any rule is broken, and the program must return
// that error.
func (g *Guard) Close() error {
	for i := 0; ; i++ {
		r, more := g.registration(i)
		if !more {
			break
		}
		// The engine reports a registration that fails.
		_, _ = internals.UnsafeAwaitOutput(g.ctx.Context(), r.URN())
	}
	g.checkUnseen()
	g.exportStateful()
	if names := g.outsideTarget(); len(names) > 0 {
		_ = g.ctx.Log.Warn(fmt.Sprintf("--target leaves out %d resources that do not exist yet, such as %s; resources that refer to one of them are refused", len(names), names[0]), nil)
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.checkCompanions()
	g.checkExceptions()
	if len(g.reported) > 0 {
		return fmt.Errorf("%d of the site's rules are broken", len(g.reported))
	}
	return nil
}

// outsideTarget returns the names of resources that do not exist and that this update does not
// create, because `pulumi up --target` does not include them. Their outputs are empty, which
// makes rules and components report errors. It returns nothing in a preview, where resources have
// no IDs yet.
func (g *Guard) outsideTarget() (names []string) {
	for _, r := range g.registered {
		custom, isCustom := r.(pulumi.CustomResource)
		if !isCustom || g.ctx.DryRun() {
			continue
		}
		id, err := internals.UnsafeAwaitOutput(g.ctx.Context(), custom.ID())
		if err == nil && id.Known && id.Value == pulumi.ID("") {
			value, _ := internals.UnsafeAwaitOutput(g.ctx.Context(), custom.URN())
			names = append(names, displayName(urn.URN(fmt.Sprint(value.Value))))
		}
	}
	return names
}

// registration returns the nth resource that the program registered, and false after the last.
func (g *Guard) registration(n int) (pulumi.Resource, bool) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if n == len(g.registered) {
		return nil, false
	}
	return g.registered[n], true
}
