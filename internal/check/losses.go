package check

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
)

// flatten returns a stack's configuration by path, such as multisite:logs.deletion.
func flatten(data []byte) map[string]any {
	var content struct{ Config map[string]any }
	_ = yaml.Unmarshal(data, &content) // siteconfig.LoadProject reports malformed files
	flat := map[string]any{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		if object, ok := value.(map[string]any); ok {
			for key, nested := range object {
				walk(strings.TrimPrefix(path+"."+key, "."), nested)
			}
			return
		}
		flat[path] = value
	}
	walk("", content.Config)
	return flat
}

// guardedKeys are the keys that decide where data is and what protects it.
var guardedKeys = []struct {
	key *regexp.Regexp
	// fallback is the value of an absent key, and safe are values that never weaken the
	// protection.
	fallback any
	safe     []any
}{
	{regexp.MustCompile(`^multisite:region$`), nil, nil},
	{regexp.MustCompile(`\.(keyArn|objectLock\.(mode|days))$`), nil, []any{"compliance"}},
	{regexp.MustCompile(`^multisite:deletionProtection$`), true, []any{true}},
	{regexp.MustCompile(`\.deletion$`), "never", []any{"never"}},
	{regexp.MustCompile(`^multisite:cdn\.geoRestriction\.`), nil, nil},
}

// checkLosses returns an error for each region, key or protection that a site's stack had in the
// base and no longer has, unless an exception from siteconfig.LossRule covers it.
func checkLosses(b *base, file string, old, data []byte, exceptions []siteconfig.Exception, today time.Time) (lost []error) {
	for _, c := range weakenings(flatten(old), flatten(data)) {
		excepted := slices.ContainsFunc(exceptions, func(e siteconfig.Exception) bool {
			return e.Rule == siteconfig.LossRule && e.Resource == c.key && e.InForce(today)
		})
		if !excepted {
			lost = append(lost, fmt.Errorf("%s: %s: found %s; allowed: %s, as in %s, or an exception from the rule %s", file, c.key, text(c.after), text(c.before), b.branch, siteconfig.LossRule))
		}
	}
	return lost
}

// weakening is a guarded key whose new value protects data less.
type weakening struct {
	key           string
	before, after any
}

// weakenings returns the guarded keys that a change weakens, sorted. Removing a database or bucket does
// not weaken its key deletion: the resource can be deleted only after that key has allowed it.
func weakenings(old, changed map[string]any) (list []weakening) {
	all := maps.Clone(old)
	maps.Copy(all, changed)
	for _, key := range ordered.Keys(all) {
		for _, g := range guardedKeys {
			before, after := old[key], changed[key]
			if before == nil {
				before = g.fallback
			}
			if after == nil {
				after = g.fallback
			}
			if g.key.MatchString(key) && before != nil && !reflect.DeepEqual(before, after) && !slices.Contains(g.safe, after) && !contains(after, before) {
				list = append(list, weakening{key, before, after})
			}
		}
	}
	return list
}

// contains reports whether after is a number that is not below before, or a list with all elements of
// before.
func contains(after, before any) bool {
	if least, isNumber := before.(int); isNumber {
		most, ok := after.(int)
		return ok && most >= least
	}
	had, isList := before.([]any)
	has, ok := after.([]any)
	return isList && ok && !slices.ContainsFunc(had, func(element any) bool { return !slices.Contains(has, element) })
}
