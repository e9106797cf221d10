package guardrails

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
)

// typeRule refuses types without a row. inspect runs no other rule for such a type, except the
// rules on its provider.
var typeRule = rule{"type", diagnostic.Residency, (*Guard).hasRow}

// propertyRule refuses inputs without a meaning, and values that differ from the meaning. It is
// the last rule: inspect reports only inputs that broke no other rule.
var propertyRule = rule{"property", diagnostic.Residency, (*Guard).properties}

// hasRow reports a resource whose type has no row, and two resources of one type and name.
func (g *Guard) hasRow(r *resource) []finding {
	if n := len(g.given[r.String()]); r.custom && n > 1 {
		return []finding{{"name", fmt.Sprintf("%d resources of the type", n), "a name that only one resource of a type has, since rules find resources by it"}}
	}
	if !r.custom || awstypes.Has(r.typ) || strings.HasPrefix(r.typ, providerPrefix) {
		return nil
	}
	return []finding{{"type", r.typ, "types with a row in internal/awstypes"}}
}

// properties reports inputs that the row of the type does not allow.
func (g *Guard) properties(r *resource) (list []finding) {
	row := awstypes.Of(r.typ)
	if !awstypes.Has(r.typ) {
		return nil
	}
	for _, l := range r.leaves() {
		if l.value == nil {
			continue
		}
		m, has := row.Meaning(l.path)
		if _, isUnknown := l.value.(unknown); isUnknown && !g.mayBeUnknown() {
			list = append(list, finding{l.path, "an unknown value", "values that are known in an update"})
			continue
		}
		if !has && isWhole(l.value) && row.HasWithin(strings.TrimSuffix(l.path, "[]")) {
			continue
		}
		if !has {
			list = append(list, finding{l.path, "an input without a meaning", "inputs that the row of the type lists in internal/awstypes"})
			continue
		}
		if m.Policy {
			list = append(list, g.policyProblems(r, l)...)
		} else if !g.accepts(r, m, l.path, l.value) {
			list = append(list, finding{l.path, r.show(l.value), g.describe(m)})
		}
	}
	return list
}

// isWhole reports whether a value stands for an object or a list as a whole: an unknown value, or an
// empty object or list.
func isWhole(value any) bool {
	switch value.(type) {
	case unknown, map[string]any, []any:
		return true
	default:
		return false
	}
}

// mayBeUnknown reports whether inputs may be unknown. In an update every input has a value.
func (g *Guard) mayBeUnknown() bool { return g.ctx == nil || g.ctx.DryRun() }

// accepts reports whether an input with a meaning may have a value.
func (g *Guard) accepts(r *resource, m awstypes.Meaning, path string, value any) bool {
	if _, isUnknown := value.(unknown); isUnknown {
		return true
	}
	if slices.ContainsFunc(m.Allowed, func(allowed any) bool { return allowed == value }) {
		return true
	}
	switch v := value.(type) {
	case string:
		switch {
		case m.Secret:
			return g.acceptsSecret(v)
		case v == "", m.Tag, m.Names != nil && r.owners[v] != nil, m.Declared && g.isDeclared(r.typ, path, v), m.Place && placeName.MatchString(v), m.Image && g.isOwnImage(v):
			return true
		default:
			return m.Plain && !g.namesPlace(v)
		}
	case map[string]any, []any: // empty, since other objects and lists have leaves
		return true
	default: // numbers and flags
		return m.Plain
	}
}

// acceptsSecret reports whether a secret is a JSON object of texts and numbers that name no other
// place. The rule origin checks the host in it.
func (g *Guard) acceptsSecret(value string) bool {
	var fields map[string]any
	if json.Unmarshal([]byte(value), &fields) != nil {
		return false
	}
	for name, field := range fields {
		switch field := field.(type) {
		case string:
			if !slices.Contains([]string{"host", "password"}, name) && g.namesPlace(field) {
				return false
			}
		case map[string]any, []any:
			return false
		}
	}
	return true
}

// placeName matches a region, a zone, and an AWS service in a region; its submatch is the region.
// The rule flow checks the region.
var placeName = regexp.MustCompile(`^(?:com\.amazonaws\.)?([a-z]{2}(?:-[a-z]+)+-\d)(?:[a-z]|\.[a-z0-9.-]+)?$`)

// notPlain matches what names a place or an account within a text, and characters that JSON need
// not escape, since an escaped name does not look like one.
var notPlain = regexp.MustCompile(`arn:aws|://|\bamazonaws\.com|\b\d{12}\b|` +
	`\b(af|ap|ca|cn|eu|il|me|mx|sa|us)(-gov|-iso[a-z]?)?-(central|(north|south)?(east|west)|north|south)-\d[a-z]?\b|` +
	`\\u00([4-7][0-9A-Fa-f]|2[D-Fd-f]|3[0-9Aa])`)

// uuid matches an ID of AWS, whose last part may look like an account's number.
var uuid = regexp.MustCompile(`\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

// namesPlace reports whether a text names a place or an account other than the site's.
func (g *Guard) namesPlace(text string) bool {
	text = uuid.ReplaceAllString(text, "")
	return slices.ContainsFunc(notPlain.FindAllString(text, -1), func(found string) bool {
		return strings.TrimRight(found, "abcdefghijklmnopqrstuvwxyz") != g.site.Region && found != g.account
	})
}

// isDeclared reports whether the register or the configuration declares a name outside of the
// stack for an input, or the bucket of an object.
func (g *Guard) isDeclared(typ, path, value string) bool {
	declared, path := *g.declared.Load(), awstypes.WithoutIndexes(path)
	declaredNames := declared[Input{typ, path}]
	if last := strings.LastIndex(path, "."); declaredNames == nil && last >= 0 {
		declaredNames = declared[Input{typ, path[:last] + ".*"}]
	}
	return slices.ContainsFunc(declaredNames, func(name string) bool { return names(name, value) })
}

// Declare adds names outside of the stack that an input may have: see Site.Declared. Resources
// registered before the call may not have them.
func (g *Guard) Declare(input Input, names ...string) {
	g.lock.Lock()
	defer g.lock.Unlock()
	declared := maps.Clone(*g.declared.Load())
	if declared == nil {
		declared = map[Input][]string{}
	}
	declared[input] = append(slices.Clone(declared[input]), names...)
	g.declared.Store(&declared)
}

// describe returns the allowed values of a meaning, for a report.
func (g *Guard) describe(m awstypes.Meaning) string {
	var allowed []string
	for _, value := range m.Allowed {
		allowed = append(allowed, text(value))
	}
	for _, typ := range m.Names {
		allowed = append(allowed, "the "+displayType(typ)+" of this stack")
	}
	for _, kind := range []struct {
		has  bool
		text string
	}{
		{m.Declared, "a name that the configuration declares"},
		{m.Place, "a region or zone"},
		{m.Secret, "a JSON object that names no other place"},
		{m.Image, "an image in the registry of the site, ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME"},
		{m.Document, "a JSON object or list without repeated fields, with the fields that the row of the type lists"},
		{m.Plain, fmt.Sprintf("a value that names no region but %s, no host of AWS, no URL and no account but the site's", g.site.Region)},
	} {
		if kind.has {
			allowed = append(allowed, kind.text)
		}
	}
	return strings.Join(allowed, "; or ")
}

// holders returns the names of the resources with users' data that a resource names in its
// inputs, sorted. It returns the resource's own name if the resource holds data, or if a preview
// leaves open what it names, and an empty name if it names none.
func (*Guard) holders(r *resource) (names []string) {
	if awstypes.Of(r.typ).Holds != awstypes.Nothing {
		return []string{r.name}
	}
	for _, value := range ordered.Keys(r.owners) {
		if o := r.owners[value]; awstypes.Of(o.typ).Holds != awstypes.Nothing {
			names = append(names, o.name)
		}
	}
	switch {
	case names != nil:
		return ordered.Unique(names)
	case r.unknowns:
		return []string{r.name}
	default:
		return []string{""}
	}
}
