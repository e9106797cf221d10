// Package simulation is a simulated AWS account, and the Pulumi providers that act on
// it. Each resource type is one entry of the model; see Type.
package simulation

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Type is the model of one resource type. Patterns may hold {id}, {region},
// {account}, the name of any property, and generated parts of AWS's forms:
// {hexN}, {upperN}, {lowerN}, {digitsN}, {uuid}.
type Type struct {
	// ID is the pattern of the physical ID.
	ID string
	// ARN is the property that holds the ARN, by default arn.
	ARN string
	// Import is the pattern of what `pulumi import` takes, where that is not the ID.
	Import string
	// Overwritten types are set rather than made: the second call of one resource of
	// the program replaces what the first has left. Another resource is refused.
	Overwritten bool
	// Computed properties are kept where the program gives no value for them.
	Computed []string
	// Global types live outside of any region.
	Global bool
	// Name is the property that gets a generated name when the program gives none.
	Name string
	// Tagged types take tags, the provider's default tags among them.
	Tagged bool
	// Outputs are what AWS fills in when the program leaves it open, by path: a
	// pattern, a plain value, or a func(*Resource) any.
	Outputs map[string]any
	// Replace lists the properties whose change makes a new resource.
	Replace []string
	// Suppressed lists the properties whose change the provider does not pass on to AWS.
	Suppressed func(state, inputs Properties) []string
	// Refs lists the properties that name other resources.
	Refs []Ref
	// Unique lists properties of which, together, a region has each value once.
	Unique []string
	// Missing, Taken and InUse are the API's error codes for: what is referred to
	// does not exist, the ID or what is Unique is taken, others still refer to it.
	// Without InUse, AWS lets go of the resource all the same.
	Missing, Taken, InUse string
	// Valid are the rules, by path, that the provider holds inputs to in a preview.
	Valid map[string]Rule
	// Check finds what is wrong with several inputs together.
	Check func(p Properties) []Problem
	// Put refuses, on behalf of the API, what is wrong beside the rest of the account.
	Put func(a *Account, r *Resource) error
	// Delete refuses to let go of a resource.
	Delete func(a *Account, r *Resource) error
}

// Ref says that the property at Path, such as subnetIds[] or
// origins[].originAccessControlId, holds IDs or ARNs of resources of a type.
type Ref struct{ Path, Type string }

// A Rule says what is wrong with a value, or nothing.
type Rule func(value any) string

// Problem is what is wrong with an input property.
type Problem struct{ Property, Reason string }

// check reports what is wrong with the inputs alone.
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

// apiError renders an error as the AWS SDK for Go v2 does.
func apiError(code, format string, args ...any) error {
	return fmt.Errorf("api error %s: %s", code, fmt.Sprintf(format, args...))
}

// types holds every modelled type by its token.
var types = map[string]*Type{}

// model adds one service's types to the model.
func model(entries map[string]*Type) { maps.Copy(types, entries) }

// lookup finds a type's model. It never pretends to know a type.
func lookup(token string) (*Type, error) {
	if t, ok := types[token]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("the sandbox does not model the type %s: add an entry to internal/simulation/%s.go", token, service(token))
}

// service is the middle part of a token: ec2 for aws:ec2/vpc:Vpc.
func service(token string) string {
	pkg, rest, _ := strings.Cut(token, ":")
	module, _, _ := strings.Cut(rest, "/")
	if module == "index" {
		return pkg
	}
	return module
}

// region is where a resource of this type lies when its provider's region is given.
func (t *Type) region(provider string) string {
	if t.Global {
		return Global
	}
	return provider
}

// complete fills in the outputs that the inputs leave open.
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
	for path, output := range t.Outputs {
		r.fill(r.Properties, path, path, output)
	}
}

// fill sets an output at a path below value, wherever there is room for it. A
// path such as origins[].originPath has room in each origin.
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

var patternPart = regexp.MustCompile(`\$?\{(\w+?)(\d*)\}`)

// render fills in a pattern. The same resource gets the same text every time. A part
// such as {_name} is left out where the resource has no such property; ${name} is not ours.
func (r *Resource) render(name, pattern string) string {
	return patternPart.ReplaceAllStringFunc(pattern, func(part string) string {
		if part[0] == '$' {
			return part
		}
		match := patternPart.FindStringSubmatch(part)
		var length int
		_, _ = fmt.Sscan(match[2], &length)
		switch match[1] {
		case "id":
			return r.ID
		case "region":
			return r.Region
		case "account":
			return r.account
		case "hex":
			return r.random(name, length, "0123456789abcdef")
		case "upper":
			return r.random(name, length, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
		case "lower":
			return r.random(name, length, "abcdefghijklmnopqrstuvwxyz0123456789")
		case "digits":
			return r.random(name, length, "123456789")
		case "uuid":
			h := r.random(name, 32, "0123456789abcdef")
			return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
		}
		if property, optional := strings.CutPrefix(match[1]+match[2], "_"); optional {
			return strings.TrimSuffix("_"+text(r.Properties, property), "_")
		}
		return fmt.Sprint(r.Properties[match[1]+match[2]])
	})
}

// random draws characters from the resource's seed, differently for each purpose.
func (r *Resource) random(purpose string, length int, alphabet string) string {
	sum := sha256.Sum256([]byte(r.Seed + "|" + purpose))
	number, base, digit := new(big.Int).SetBytes(sum[:]), big.NewInt(int64(len(alphabet))), new(big.Int)
	text := make([]byte, length)
	for i := range text {
		if number.Sign() == 0 {
			sum = sha256.Sum256(sum[:])
			number.SetBytes(sum[:])
		}
		number.DivMod(number, base, digit)
		text[i] = alphabet[digit.Int64()]
	}
	return string(text)
}

// newSeed is a seed that no resource of this type had before: the nth of its name.
func newSeed(token, region, name string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%d", token, region, name, n))
	return hex.EncodeToString(sum[:8])
}

// refers reports whether the resource names the target in one of its references.
func (t *Type) refers(r, target *Resource) bool {
	for _, ref := range t.Refs {
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

// merge returns the entries of both tag maps; the second wins.
func merge(a map[string]any, b any) map[string]any {
	merged := map[string]any{}
	maps.Copy(merged, a)
	own, _ := b.(map[string]any)
	maps.Copy(merged, own)
	return merged
}
