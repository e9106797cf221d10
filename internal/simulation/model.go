// Package simulation implements a simulated AWS account, and Pulumi providers for it. Each
// resource type is one entry of the model; see Type.
package simulation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"example.com/multisite/internal/awstypes"
)

// Type is the model of one resource type. Patterns may contain {id}, {region}, {account},
// {PROPERTY} for any property, {_PROPERTY} for an optional property, {path_PROPERTY} for the
// part of an ARN after its first slash, {attempt} for a number that counts up with each new
// resource of the same name, and generated parts in AWS's formats: {hexN}, {upperN},
// {lowerN}, {digitsN}, {uuid}. The properties that name other resources are in the type's row
// of internal/awstypes.
type Type struct {
	// ID is the pattern of the physical ID.
	ID string
	// ARN is the property that holds the ARN, by default arn.
	ARN string
	// Import is the pattern of the ID for `pulumi import`, by default ID.
	Import string
	// Overwritten is true for types that AWS sets rather than creates: if the program
	// creates the same resource again, the new one overwrites the old. Creating another
	// resource with the same ID is refused.
	Overwritten bool
	// Computed properties keep their values if the program sets none.
	Computed []string
	// Global is true for types that belong to no region.
	Global bool
	// Name is the property that gets a generated name if the program sets none.
	Name string
	// Tagged is true for types that have tags, including the provider's default tags.
	Tagged bool
	// Outputs are the values that AWS sets if the program sets none, by path: a pattern,
	// a plain value, or a func(*Resource) any.
	Outputs map[string]any
	// Replace lists the properties whose change replaces the resource.
	Replace []string
	// Suppressed returns the properties whose change the provider does not pass to AWS.
	Suppressed func(state, inputs Properties) []string
	// Unique lists properties whose combination of values is unique in a region.
	Unique []string
	// Missing, Taken and InUse are the API's error codes: Missing if a reference to the
	// type names no resource, Taken if the ID or the Unique properties are taken, InUse if
	// a resource that other resources refer to is deleted. If InUse is empty, AWS deletes
	// such a resource.
	Missing, Taken, InUse string
	// MissingRef are the error codes for missing resources, by path of the reference, that
	// differ from Missing of the resource's type.
	MissingRef map[string]string
	// Valid are the rules, by path, that the provider checks inputs against, also in a
	// preview.
	Valid map[string]Rule
	// Check returns problems with combinations of inputs.
	Check func(p Properties) []Problem
	// Before runs before a resource is created, read or changed, outside of Account.Do.
	Before func(a *Account) error
	// Put returns the API's error if a new or changed resource conflicts with the account.
	Put func(a *Account, r *Resource) error
	// Delete returns the API's error if a resource cannot be deleted.
	Delete func(a *Account, r *Resource) error
}

// A Rule returns the problem with a value, or "".
type Rule func(value any) string

// Problem is a problem with an input property.
type Problem struct{ Property, Reason string }

// check returns the problems with the inputs that do not depend on the account.
func (t *Type) check(p Properties) []Problem {
	var problems []Problem
	for path, rule := range t.Valid {
		for _, value := range at(p, path) {
			if _, unknown := value.(resource.Computed); unknown || value == nil {
				continue
			}
			if reason := rule(value); reason != "" {
				problems = append(problems, Problem{path, reason})
			}
		}
	}
	if t.Check != nil {
		problems = append(problems, t.Check(p)...)
	}
	return problems
}

// apiError returns an error in the format of the AWS SDK for Go v2.
func apiError(code, format string, args ...any) error {
	return fmt.Errorf("api error %s: %s", code, fmt.Sprintf(format, args...))
}

// types holds every modelled type by its token.
var types = map[string]*Type{}

// model adds one service's types to the model.
func model(entries map[string]*Type) { maps.Copy(types, entries) }

// lookup returns a type's model, or an error if the type is not modelled.
func lookup(token string) (*Type, error) {
	if t, ok := types[token]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("the sandbox does not model the type %s: add an entry to internal/simulation/%s.go", token, service(token))
}

// before runs the type's Before.
func (t *Type) before(a *Account) error {
	if t.Before == nil {
		return nil
	}
	return t.Before(a)
}

// service returns the middle part of a token: ec2 for aws:ec2/vpc:Vpc.
func service(token string) string {
	pkg, rest, _ := strings.Cut(token, ":")
	module, _, _ := strings.Cut(rest, "/")
	if module == "index" {
		return pkg
	}
	return module
}

// region returns the region of a resource of this type, given its provider's region.
func (t *Type) region(provider string) string {
	if t.Global {
		return Global
	}
	return provider
}

// complete sets r's properties to the inputs, and to the outputs that the inputs do not set.
func (t *Type) complete(r *Resource, inputs, defaultTags map[string]any) {
	r.Properties = map[string]any{}
	for name, value := range inputs {
		if value != nil {
			r.Properties[name] = value
		}
	}
	if t.Tagged {
		r.Properties["tagsAll"] = merge(defaultTags, inputs["tags"])
	}
	// Plain values come first, since patterns and functions read other outputs.
	paths := slices.Sorted(maps.Keys(t.Outputs))
	for _, path := range paths {
		if !derived(t.Outputs[path]) {
			r.fill(r.Properties, path, path, t.Outputs[path])
		}
	}
	for _, path := range paths {
		r.fill(r.Properties, path, path, t.Outputs[path])
	}
}

// derived reports whether an output depends on the resource.
func derived(output any) bool {
	switch output := output.(type) {
	case string:
		return patternPart.MatchString(output)
	case func(*Resource) any:
		return true
	default:
		return false
	}
}

// fill sets an output at a path below value, unless it is set already. A path such as
// origins[].originPath sets it in each origin.
func (r *Resource) fill(value any, path, purpose string, output any) {
	object, ok := value.(map[string]any)
	if !ok {
		return
	}
	name, rest, nested := strings.Cut(path, ".")
	name, list := strings.CutSuffix(name, "[]")
	switch {
	case !nested:
		if _, given := object[name]; !given {
			object[name] = r.output(purpose, output)
		}
	case list:
		elements, _ := object[name].([]any)
		for _, element := range elements {
			r.fill(element, rest, purpose, output)
		}
	default:
		r.fill(object[name], rest, purpose, output)
	}
}

func (r *Resource) output(name string, output any) any {
	switch output := output.(type) {
	case string:
		return r.render(name, output)
	case func(*Resource) any:
		return output(r)
	default:
		return output
	}
}

// refers reports whether the resource names the target in one of its references.
func (r *Resource) refers(target *Resource) bool {
	for _, ref := range awstypes.Of(r.Type).Refs {
		if ref.Type != target.Type {
			continue
		}
		for _, value := range at(r.Properties, ref.Path) {
			if target.is(value) {
				return true
			}
		}
	}
	return false
}

// is reports whether a reference's value names the resource.
func (r *Resource) is(value any) bool {
	return value == r.ID || value == r.Properties[cmp.Or(types[r.Type].ARN, "arn")] && value != nil
}

// at returns the values at a path such as ingress[].securityGroups[].
func at(value any, path string) []any {
	values := []any{value}
	for _, step := range strings.Split(path, ".") {
		name, list := strings.CutSuffix(step, "[]")
		var next []any
		for _, v := range values {
			m, _ := v.(map[string]any)
			if elements, ok := m[name].([]any); ok && list {
				next = append(next, elements...)
			} else if found, ok := m[name]; ok && !list {
				next = append(next, found)
			}
		}
		values = next
	}
	return values
}

// merge returns the entries of both maps; b's entries take precedence.
func merge(a map[string]any, b any) map[string]any {
	merged := map[string]any{}
	maps.Copy(merged, a)
	own, _ := b.(map[string]any)
	maps.Copy(merged, own)
	return merged
}
