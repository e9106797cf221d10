package guardrails

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"example.com/multisite/internal/awstypes"
)

// OriginPlace is the origin as an argument of Site.RefuseCopy.
const OriginPlace = "origin"

// Copy is a copy of one market's data from the origin to the site, or back.
type Copy struct {
	// Market is the market's code, and Part is the schema of the database, and the prefix of the
	// bucket, that holds its data. They are empty for an endpoint, which tasks of all markets use.
	Market, Part string
	// Holder is the name of the database or bucket at the site.
	Holder string
	// ToOrigin reports whether the data is copied to the origin.
	ToOrigin bool
}

// endpointsOf maps the inputs that name the source of a task to the inputs that name its target.
var endpointsOf = map[string]string{"sourceEndpointArn": "targetEndpointArn", "sourceLocationArn": "destinationLocationArn"}

// endProperties are inputs whose ARNs do not have the name of the resource: AWS generates their
// last part. An input's dependencies name the resource, also in a preview.
var endProperties = []string{"sourceEndpointArn", "targetEndpointArn", "sourceLocationArn", "destinationLocationArn", "secretsManagerArn"}

// keepEnds keeps the outputs in endProperties. A transform gets no dependencies: the SDK sends
// the engine only the values of outputs.
func (g *Guard) keepEnds(args *pulumi.ResourceTransformationArgs) {
	inputs := reflect.Indirect(reflect.ValueOf(args.Props))
	for _, property := range endProperties {
		var value reflect.Value
		if inputs.Kind() == reflect.Map {
			value = inputs.MapIndex(reflect.ValueOf(property))
		} else if inputs.Kind() == reflect.Struct {
			// The fields of the SDK's arguments have the names of the inputs, with a capital.
			value = inputs.FieldByName(strings.ToUpper(property[:1]) + property[1:])
		}
		if !value.IsValid() {
			continue
		}
		if output, isOutput := value.Interface().(pulumi.Output); isOutput {
			name := displayType(args.Type) + " " + args.Name
			if g.ends[name] == nil {
				g.ends[name] = map[string][]pulumi.Output{}
			}
			g.ends[name][property] = append(g.ends[name][property], output)
		}
	}
}

// readEnds sets the ends of a resource.
func (g *Guard) readEnds(ctx context.Context, r *resource) error {
	g.lock.Lock()
	kept := g.ends[r.String()]
	g.lock.Unlock()
	r.ends = map[string][]string{}
	for property, outputs := range kept {
		for _, output := range outputs {
			result, err := internals.UnsafeAwaitOutput(ctx, output)
			if err != nil {
				return err
			}
			for _, on := range result.Dependencies {
				name, err := internals.UnsafeAwaitOutput(ctx, on.URN())
				if err != nil {
					return err
				}
				r.ends[property] = append(r.ends[property], displayName(urn.URN(fmt.Sprint(name.Value))))
			}
		}
	}
	return nil
}

// copies reports tasks that copy other data than the configuration has, or in another direction,
// or without a flow in the register, and endpoints through which a task could write to the origin.
func (g *Guard) copies(r *resource) (list []finding) {
	if r.typ == awstypes.DMSEndpoint && r.at("endpointType") == "target" && g.atOrigin(r) && !g.site.Copies[r.name].ToOrigin {
		return []finding{{"endpointType", "target", "source: the register has no flow to the origin for this resource"}}
	}
	for source, target := range endpointsOf {
		if r.at(source) != nil || r.at(target) != nil {
			list = append(list, g.checkTask(r, source, target)...)
		}
	}
	return list
}

// checkTask checks a task of AWS DMS or AWS DataSync, whose ends are in two inputs.
func (g *Guard) checkTask(r *resource, source, target string) (list []finding) {
	from, to := g.end(r, source), g.end(r, target)
	for property, end := range map[string]*resource{source: from, target: to} {
		if end == nil {
			list = append(list, finding{property, known(r.at(property)), "the ARN of one endpoint or location of this stack"})
		}
	}
	if len(list) > 0 {
		return list
	}
	c, declared := g.site.Copies[r.name]
	if !declared || c.Market == "" {
		return []finding{{target, to.String(), "copies of the configuration's moves; this resource is none of them"}}
	}
	places := []string{OriginPlace, g.site.Name}
	if c.ToOrigin {
		slices.Reverse(places)
	}
	if g.atOrigin(from) == c.ToOrigin || g.atOrigin(to) != c.ToOrigin {
		return []finding{{target, to.String(), fmt.Sprintf("a copy from %s to %s, as in the configuration", places[0], places[1])}}
	}
	if r.typ == awstypes.DMSTask {
		if mapping, known := r.at("tableMappings").(string); !selectsOnly(mapping, c.Part) && (known || r.at("tableMappings") == nil) {
			list = append(list, finding{"tableMappings", mapping, "the schema " + c.Part + ", which has the data of " + c.Market})
		}
	}
	for _, end := range []*resource{from, to} {
		if prefix := "/" + c.Part + "/"; end.typ != awstypes.DMSEndpoint && differs(end.at("subdirectory"), prefix) {
			list = append(list, finding{source, end.String() + " with the prefix " + text(end.at("subdirectory")), prefix + ", which has the data of " + c.Market})
		}
	}
	local := to
	if c.ToOrigin {
		local = from
	}
	if holder := holderAt(local); c.Holder != "" && holder != "" && holder != c.Holder {
		list = append(list, finding{target, "a copy of " + holder, "a copy of " + c.Holder + ", as in the configuration"})
	}
	if why := g.site.RefuseCopy(c.Holder, c.Market, places[0], places[1]); why != "" {
		list = append(list, finding{target, to.String(), why})
	}
	return list
}

// holderAt returns the name of the database or bucket at an endpoint or location of the site: a
// database's secret has the name of the database. It is empty if it is not known in a preview.
func holderAt(end *resource) string {
	for _, property := range []string{"secretsManagerArn", "s3BucketArn"} {
		if value, isKnown := end.at(property).(string); isKnown && end.owners[value] != nil {
			return end.owners[value].name
		}
	}
	return ""
}

// known renders a value for a report; an unknown value is empty.
func known(value any) string {
	if !differs(value, unknown{}) {
		return ""
	}
	return text(value)
}

// end returns the endpoint or location of the stack that an input of a task names. A preview
// may have only the input's dependencies. It is nil if the input names or depends on none, or
// depends on several.
func (g *Guard) end(r *resource, property string) (end *resource) {
	if value, isKnown := r.at(property).(string); isKnown {
		if o := r.owners[value]; o != nil {
			return g.named(displayType(o.typ) + " " + o.name)
		}
		return nil
	}
	for _, name := range r.ends[property] {
		on := g.named(name)
		if on == nil || on.typ != awstypes.DMSEndpoint && !strings.HasPrefix(on.typ, "aws:datasync/") {
			continue
		}
		if end != nil {
			return nil
		}
		end = on
	}
	return end
}

// atOrigin reports whether an endpoint or location is at the origin: it may connect to the origin,
// or its credentials are the origin's.
func (g *Guard) atOrigin(end *resource) bool {
	if g.hasOriginAccess(end.name) {
		return true
	}
	return slices.ContainsFunc(end.ends["secretsManagerArn"], func(on string) bool {
		secret := g.named(on)
		return secret != nil && g.hasOriginAccess(secret.name)
	})
}

// selectsOnly reports whether the table mappings of AWS DMS select the tables of one schema. An
// underscore is a wildcard, unless it is in brackets.
func selectsOnly(mappings, schema string) bool {
	var m struct {
		Rules []map[string]any
	}
	if json.Unmarshal([]byte(mappings), &m) != nil || len(m.Rules) == 0 {
		return false
	}
	return !slices.ContainsFunc(m.Rules, func(rule map[string]any) bool {
		locator, _ := rule["object-locator"].(map[string]any)
		return rule["rule-type"] != "selection" || locator["schema-name"] != strings.ReplaceAll(schema, "_", "[_]")
	})
}
