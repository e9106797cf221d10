package guardrails

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
)

var optionRules = []rule{{"option", diagnostic.Guardrail, (*Guard).checkOptions}}

// harmlessOptions are the fields of pulumi.ResourceOptions that hide no difference and take over
// no resource. Other rules check Protect, Provider and Providers.
var harmlessOptions = []string{
	"AdditionalSecretOutputs", "CustomTimeouts", "DeleteBeforeReplace", "DependsOn", "DependsOnInputs",
	"Parent", "Protect", "Provider", "Providers", "ReplaceOnChanges",
}

// unpassedOptions are the fields that the SDK does not pass to transforms.
var unpassedOptions = []string{"DeletedWith", "EnvVarMappings", "ReplaceWith", "ReplacementTrigger", "Transformations", "Transforms", "URN"}

// checkOptions reports options that are not allowed for a resource.
func (g *Guard) checkOptions(r *resource) (list []finding) {
	if r.options == nil {
		return nil
	}
	list = refusedOptions(r, r.options, func(field string) bool { return !slices.Contains(unpassedOptions, field) })
	for _, options := range g.given[r.String()] {
		list = append(list, refusedOptions(r, options, func(field string) bool { return slices.Contains(unpassedOptions, field) })...)
	}
	if hooks := r.options.Hooks; r.custom && (hooks == nil || !isGuards(hooks.BeforeCreate) || !isGuards(hooks.BeforeUpdate)) {
		list = append(list, finding{"hooks", "", "hooks as the guardrails attach them"})
	}
	return list
}

// refusedOptions reports the options among the fields that a filter keeps.
func refusedOptions(r *resource, options *pulumi.ResourceOptions, keep func(field string) bool) (list []finding) {
	values := reflect.ValueOf(options).Elem()
	for i := range values.NumField() {
		field, value := values.Type().Field(i).Name, values.Field(i)
		if value.IsZero() || value.Kind() == reflect.Slice && value.Len() == 0 || slices.Contains(harmlessOptions, field) || !keep(field) {
			continue
		}
		property, allowed := string(unicode.ToLower(rune(field[0])))+field[1:], "no such option"
		switch field {
		case "IgnoreChanges":
			list = append(list, ignored(r, options.IgnoreChanges)...)
			continue
		case "Aliases":
			if !slices.ContainsFunc(options.Aliases, func(a pulumi.Alias) bool { return !renamesType(r, a) }) {
				continue
			}
			allowed = "aliases that the SDK sets, for former names of the type"
		case "Hooks":
			if onlyGuards(options.Hooks) {
				continue
			}
			allowed = "hooks as the guardrails attach them"
		case "Version":
			if wanted := pluginVersion(r.typ); options.Version == wanted {
				continue
			} else if wanted != "" {
				allowed = wanted + ", the version of the package in go.mod"
			}
		case "PluginDownloadURL":
			if options.PluginDownloadURL == awstypes.LocalPluginURL && r.typ == providerPrefix+"localdc" {
				continue
			}
		}
		list = append(list, finding{property, describe(value), allowed})
	}
	return list
}

// ignored reports the paths that a resource ignores changes of and that its type's row lacks.
func ignored(r *resource, paths []string) (list []finding) {
	allowed := awstypes.Of(r.typ).Ignorable
	for _, path := range paths {
		if !slices.Contains(allowed, path) {
			list = append(list, finding{"ignoreChanges", path, strings.Join(append([]string{"paths that the row of the type lists as ignorable"}, allowed...), ", ")})
		}
	}
	return list
}

// formerServices are the former names that the SDK has for services.
var formerServices = map[string]string{"lb": "elasticloadbalancingv2"}

// renamesType reports whether an alias names a former type of a resource in the same service, and
// nothing else, as the SDK's aliases do.
func renamesType(r *resource, a pulumi.Alias) bool {
	typ, _ := a.Type.(pulumi.String)
	others := []pulumi.StringInput{a.Name, a.Stack, a.Project}
	service, former := awstypes.Service(r.typ), awstypes.Service(string(typ))
	return a.URN == nil && a.Parent == nil && a.ParentURN == nil && service != "" && slices.Contains([]string{service, formerServices[service]}, former) &&
		!slices.ContainsFunc(others, func(other pulumi.StringInput) bool { return other != nil && other != pulumi.String("") })
}

// describe renders an option for a report.
func describe(value reflect.Value) string {
	switch v := value.Interface().(type) {
	case string, bool, []string:
		return text(v)
	case pulumi.ID:
		return string(v)
	default:
		return "the option"
	}
}

// isGuards reports whether hooks are the guardrails' own.
func isGuards(hooks []*pulumi.ResourceHook) bool {
	return len(hooks) == 1 && hooks[0].Name == hookName
}

// onlyGuards reports whether a resource has no hooks but the guardrails'.
func onlyGuards(b *pulumi.ResourceHookBinding) bool {
	own := func(hook *pulumi.ResourceHook) bool { return hook.Name == hookName }
	for _, hooks := range [][]*pulumi.ResourceHook{b.BeforeCreate, b.AfterCreate, b.BeforeUpdate, b.AfterUpdate, b.BeforeDelete, b.AfterDelete} {
		if slices.ContainsFunc(hooks, func(hook *pulumi.ResourceHook) bool { return !own(hook) }) {
			return false
		}
	}
	return len(b.OnError) == 0
}

// ownCallbacks is the number of functions that Watch makes the engine call: the transforms of
// resources and functions, and the hook.
const ownCallbacks = 3

// checkCallbacks reports transforms and hooks of the program, once for the stack, and returns 1 if
// there are any. A transform that is registered after the guardrails' may change what they
// checked, and remove their hooks. The SDK has no function that lists transforms.
func (g *Guard) checkCallbacks() int {
	functions := reflect.ValueOf(g.ctx)
	for _, field := range []string{"state", "callbacks", "functions"} {
		if functions = reflect.Indirect(functions).FieldByName(field); !functions.IsValid() {
			panic("guardrails: this version of the Pulumi SDK keeps transforms in other fields than " + field)
		}
	}
	stack := fmt.Sprintf("%s %s-%s", stackType, g.ctx.Project(), g.ctx.Stack())
	g.lock.Lock()
	defer g.lock.Unlock()
	if functions.Len() <= ownCallbacks || g.isExcepted(optionRules[0].name, stack) {
		return 0
	}
	g.report(optionRules[0], stack, finding{"transforms", "a transform or hook of the program", "none, since it may change what the guardrails checked"})
	return 1
}

// pluginVersions are the versions of the SDKs of providers, by package, such as aws. An SDK sets
// its version as the option version of its resources.
var pluginVersions = sync.OnceValue(func() map[string]string {
	versions := map[string]string{}
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if rest, isProvider := strings.CutPrefix(dependency.Path, "github.com/pulumi/pulumi-"); isProvider {
			pkg, _, _ := strings.Cut(rest, "/")
			versions[pkg] = strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return versions
})

// pluginVersion returns the version of the provider of a type; empty if it is not known.
func pluginVersion(typ string) string {
	pkg, _, _ := strings.Cut(strings.TrimPrefix(typ, providerPrefix), ":")
	return pluginVersions()[pkg]
}
