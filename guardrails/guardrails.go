// Package guardrails looks at every resource that a stack registers, whoever wrote
// the component that it is part of, before the engine makes it. It knows of sites
// what it is told, and of resources their inputs alone.
package guardrails

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
)

// Site is what the rules have to know of a stack's site.
type Site struct {
	// Name is the site's, with which the names of its resources begin.
	Name string
	// Region is the AWS region, or empty for a local site; EdgeRegion is where
	// CloudFront is run from, which is for what belongs to it alone.
	Region, EdgeRegion string
	// Places are the sites by their AWS regions, this one included.
	Places map[string]string
	// Tags are those that every AWS resource has by default.
	Tags map[string]string
	// Refuse says why data of a resource may not go from one site to another, naming
	// class, market and law; a site is empty where the place is none. It is empty
	// where all of it may.
	Refuse func(resource, from, to string) string
	// Origin are the names of what may talk to the place that data comes from, with why.
	// A name is that of a resource, or what the names of several begin with.
	Origin map[string]string
	// Egress are the blocks that a security group may connect to, beside private ones, by
	// the group's name.
	Egress map[string][]string
	// Lifted are the names of what the configuration lets go, with what it says: NAME
	// or TYPE NAME of a resource, or an empty name for the whole site.
	Deletable map[string]string
	// Last are the stack's own outputs, as its last update left them.
	Last map[string]any
	// Exceptions are the rules that are broken on purpose, until after Today.
	Exceptions []Exception
	Today      time.Time
}

// Family is what a rule is for. Reports begin with it.
type Family string

const (
	// Residency is where data lies and goes.
	Residency Family = "residency"
	// Guardrail is how it is kept.
	Guardrail Family = "guardrail"
)

// rule is one thing that is asked of resources, by the name that exceptions use.
type rule struct {
	name   string
	family Family
	check  func(*Guard, *resource) []finding
}

// finding is a property of a resource that breaks a rule.
type finding struct{ property, found, allowed string }

// rules are all that there are, in the order of reports.
var rules = slices.Concat(placeRules, flowRules, originRules, encryptionRules, accessRules, statefulRules)

// Rules are the names that an exception may have.
func Rules() []string {
	list := []string{companionsRule.name, recreationRule.name}
	for _, r := range rules {
		list = append(list, r.name)
	}
	return list
}

// Guard watches one run of a program.
type Guard struct {
	ctx  *pulumi.Context
	site Site

	lock       sync.Mutex
	account    string
	known      map[string]*resource // by TYPE NAME
	registered []pulumi.Resource
	used       map[Exception]bool
	had        []string // of what is stateful, by TYPE NAME
	broken     int
}

// Watch looks at every resource that is registered from now on. A preview reports
// what it finds and goes on, so that all of it is seen. An update refuses the
// resource. What a preview does not know yet, the update knows.
func Watch(ctx *pulumi.Context, site Site) (*Guard, error) {
	g := &Guard{ctx: ctx, site: site, known: map[string]*resource{}, used: map[Exception]bool{}}
	for _, name := range sorted(site.Deletable) {
		if err := ctx.Log.Warn(fmt.Sprintf("%s may be deleted: %s", cmp.Or(name, site.Name), site.Deletable[name]), nil); err != nil {
			return nil, err
		}
	}
	// This one runs in the program alone. It tells Close what to wait for.
	if err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		g.lock.Lock()
		defer g.lock.Unlock()
		g.registered = append(g.registered, args.Resource)
		return nil
	}); err != nil {
		return nil, err
	}
	if err := g.watchRecreation(); err != nil {
		return nil, err
	}
	return g, ctx.RegisterResourceTransform(g.transform)
}

// SetAccount tells the account that all resources belong to, once it is known.
func (g *Guard) SetAccount(id string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.account = id
}

// transform changes nothing. A transform cannot return an error, but a property
// that has one makes the engine refuse the resource.
func (g *Guard) transform(ctx context.Context, args *pulumi.ResourceTransformArgs) *pulumi.ResourceTransformResult {
	r, err := newResource(ctx, args)
	broken := 0
	if err == nil {
		broken = g.inspect(r)
	}
	if err == nil && (broken == 0 || g.ctx.DryRun()) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("%s breaks %d of the site's rules", r, broken)
	}
	refusal, _, reject := g.ctx.NewOutput()
	reject(err)
	return &pulumi.ResourceTransformResult{Props: pulumi.Map{"guardrails": refusal}, Opts: args.Opts}
}

// inspect reports what is wrong with a resource, and returns how much of it.
func (g *Guard) inspect(r *resource) (broken int) {
	g.lock.Lock()
	defer g.lock.Unlock()
	g.known[r.String()] = r
	for _, rule := range rules {
		for _, f := range rule.check(g, r) {
			if g.excepted(rule.name, r.String()) {
				continue
			}
			broken++
			g.report(rule, r.String(), f)
		}
	}
	return broken
}

func (g *Guard) report(rule rule, resource string, f finding) {
	g.broken++
	g.logError(fmt.Sprintf("%s: %s: %s: rule %s: found %s; allowed: %s",
		rule.family, resource, f.property, rule.name, cmp.Or(f.found, "nothing"), f.allowed))
}

// logError writes one line as an error of the engine's.
func (g *Guard) logError(line string) {
	_ = g.ctx.Log.Error(strings.ReplaceAll(line, "\n", " "), nil) // fails with the engine alone
}

// Close waits for every resource, looks at what only shows when all are there, and
// returns an error if anything was broken.
func (g *Guard) Close() error {
	for i := 0; ; i++ {
		r, more := g.registration(i)
		if !more {
			break
		}
		// Whether it succeeded is the engine's to report.
		_, _ = internals.UnsafeAwaitOutput(g.ctx.Context(), r.URN())
	}
	g.exportStateful()
	if left := g.leftOut(); len(left) > 0 {
		_ = g.ctx.Log.Warn(fmt.Sprintf("--target leaves out %d resources that do not exist yet, such as %s; whatever refers to one is refused", len(left), left[0]), nil)
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	g.checkCompanions()
	g.staleExceptions()
	if g.broken > 0 {
		return fmt.Errorf("%d of the site's rules are broken", g.broken)
	}
	return nil
}

// leftOut are the resources that do not exist and that an update does not make either,
// since they are no targets (pulumi up --target). Their outputs are empty, which rules
// and components take for a mistake. A preview does not know them.
func (g *Guard) leftOut() (names []string) {
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

// registration is the nth resource of the program.
func (g *Guard) registration(n int) (pulumi.Resource, bool) {
	g.lock.Lock()
	defer g.lock.Unlock()
	if n == len(g.registered) {
		return nil, false
	}
	return g.registered[n], true
}
