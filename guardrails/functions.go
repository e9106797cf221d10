package guardrails

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

// functionRule is checked when the program calls a function of a provider, and for resources of
// other programs that it reads.
var functionRule = rule{name: "function", kind: diagnostic.Residency}

// functions are the functions that a program may call, with the inputs that each of them may have.
// The value of an input is a text with one of the beginnings, or any value if there are none.
var functions = map[string]map[string][]string{
	"aws:acm/getCertificate:getCertificate":               {"domain": nil, "statuses": nil, "tags": nil},
	"aws:index/getAvailabilityZones:getAvailabilityZones": {"filters": nil},
	"aws:index/getCallerIdentity:getCallerIdentity":       {},
	"aws:ssm/getParameter:getParameter":                   {"name": {awstypes.StatusPath, awstypes.RecoveryPath, awstypes.ServicePath}},
	"aws:ssm/getParametersByPath:getParametersByPath":     {"path": {strings.TrimSuffix(awstypes.StatusPath, "/")}},
	"localdc:index:capabilities":                          {},
}

// checkFunction refuses a call of a function that functions does not list, also in a preview,
// where functions run as they do in an update. Like transform, it returns an error in an input.
func (g *Guard) checkFunction(ctx context.Context, args *pulumi.InvokeTransformArgs) *pulumi.InvokeTransformResult {
	list, err := g.refusedCall(ctx, args)
	violations := g.checkCallbacks() + len(list)
	if err == nil && violations == 0 {
		return nil
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	for _, f := range list {
		g.report(functionRule, args.Token, f)
	}
	if err == nil {
		err = fmt.Errorf("%s breaks %d of the site's rules", args.Token, violations)
	}
	refusal, _, reject := g.ctx.NewOutput()
	reject(err)
	return &pulumi.InvokeTransformResult{Args: pulumi.Map{"guardrails": refusal}, Opts: args.Opts}
}

func (g *Guard) refusedCall(ctx context.Context, args *pulumi.InvokeTransformArgs) (list []finding, err error) {
	allowed, isListed := functions[args.Token]
	if !isListed {
		return []finding{{"function", "a call", strings.Join(ordered.Keys(functions), ", ")}}, nil
	}
	plain, err := new(resource).plain(ctx, args.Args)
	if err != nil {
		return nil, err
	}
	inputs, _ := plain.(map[string]any)
	for _, name := range ordered.Keys(inputs) {
		beginnings, isInput := allowed[name]
		value, isText := inputs[name].(string)
		begins := func(beginning string) bool { return isText && strings.HasPrefix(value, beginning) }
		switch {
		case inputs[name] == nil || isInput && (beginnings == nil || slices.ContainsFunc(beginnings, begins)):
		case isInput:
			list = append(list, finding{name, text(inputs[name]), strings.Join(beginnings, "..., ") + "..."})
		default:
			list = append(list, finding{name, text(inputs[name]), "the inputs " + strings.Join(ordered.Keys(allowed), ", ")})
		}
	}
	var provider string
	if args.Opts.Provider != nil {
		output, err := internals.UnsafeAwaitOutput(ctx, args.Opts.Provider.URN())
		if err != nil {
			return nil, err
		}
		provider = fmt.Sprint(output.Value)
	}
	g.lock.Lock()
	defer g.lock.Unlock()
	if g.resources[provider] == nil {
		list = append(list, finding{"provider", displayName(urn.URN(provider)), "a provider that the program declares"})
	}
	return list, nil
}
