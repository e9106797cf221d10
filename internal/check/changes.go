package check

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/ordered"
)

// change reports whether a value may change without an entry in the register's history. nil is an
// absent value. A value of an unexpected form may not change.
type change func(before, after any) bool

func anything(_, _ any) bool { return true }

func setOnce(before, _ any) bool { return before == nil }

func notAdded(before, _ any) bool { return before != nil }

func notRemoved(_, after any) bool { return after != nil }

func neitherAddedNorRemoved(before, after any) bool { return before != nil && after != nil }

func neverTrue(_, after any) bool { return after == nil || after == false }

func toTrue(_, after any) bool { return after == true }

func addsNothing(before, after any) bool { return losesNothing(after, before) }

func losesNothing(before, after any) bool {
	had, isList := list(before)
	has, alsoList := list(after)
	return isList && alsoList && !slices.ContainsFunc(had, func(element any) bool { return !includes(has, element) })
}

// limitsMore accepts a new list, and a list that is not wider.
func limitsMore(before, after any) bool {
	return before == nil || after != nil && addsNothing(before, after)
}

// noWiderFlow accepts flows between two places that earlier flows cover: with their classes and
// markets, and ending no later. Reasons and signatures may change.
func noWiderFlow(before, after any) bool {
	had, isList := list(before)
	has, alsoList := list(after)
	return isList && alsoList && !slices.ContainsFunc(has, func(flow any) bool {
		return !slices.ContainsFunc(had, func(earlier any) bool { return covers(object(earlier), object(flow)) })
	})
}

func covers(earlier, flow map[string]any) bool {
	keys := maps.Clone(earlier)
	maps.Copy(keys, flow)
	for key := range keys {
		before, after := earlier[key], flow[key]
		ok := reflect.DeepEqual(before, after)
		switch key {
		case "reason", "signedBy", "signed":
			ok = true
		case "classes", "markets":
			ok = ok || before != nil && after != nil && addsNothing(before, after)
		case "until":
			last, isDay := before.(string)
			until, alsoDay := after.(string)
			ok = ok || isDay && alsoDay && day(until) && day(last) && until <= last
		}
		if !ok {
			return false
		}
	}
	return true
}

func day(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// walk calls report for each key whose change no rule allows. It descends into objects within which
// keys have rules.
func walk(rules []rule, path []string, before, after any, report func(path string, before, after any)) {
	if reflect.DeepEqual(before, after) {
		return
	}
	allowed, isLeaf := change(nil), true
	for _, r := range rules {
		pattern := strings.Split(r.path, ".")
		if allowed == nil && matches(pattern, path) {
			allowed = r.allowed
		}
		if len(pattern) > len(path) && matches(pattern[:len(path)], path) {
			isLeaf = false
		}
	}
	had, wasObject := before.(map[string]any)
	has, isObject := after.(map[string]any)
	switch {
	case allowed != nil && !allowed(before, after),
		allowed == nil && isLeaf,
		!isLeaf && (!wasObject && before != nil || !isObject && after != nil):
		report(strings.Join(path, "."), before, after)
		return
	case isLeaf, allowed != nil && after == nil:
		return
	}
	all := map[string]any{}
	maps.Copy(all, had)
	maps.Copy(all, has)
	for _, key := range ordered.Keys(all) {
		walk(rules, append(slices.Clone(path), key), had[key], has[key], report)
	}
}

// matches reports whether a path has the form of a pattern, in which * is any name.
func matches(pattern, path []string) bool {
	return slices.EqualFunc(pattern, path, func(want, name string) bool { return want == "*" || want == name })
}

// list returns the elements of a list; an absent list is empty.
func list(value any) (elements []any, ok bool) {
	elements, ok = value.([]any)
	return elements, ok || value == nil
}

func includes(list []any, element any) bool {
	return slices.ContainsFunc(list, func(other any) bool { return reflect.DeepEqual(element, other) })
}

// object returns an object, or a new one for any other value.
func object(value any) map[string]any {
	if found, ok := value.(map[string]any); ok {
		return found
	}
	return map[string]any{}
}

// normalized returns a YAML value with names as keys, days as text, and "" for null, so that a key
// without a value differs from an absent key.
func normalized(value any) any {
	switch value := value.(type) {
	case nil:
		return ""
	case time.Time:
		return value.Format(time.DateOnly)
	case []any:
		for i := range value {
			value[i] = normalized(value[i])
		}
		return value
	case map[string]any:
		for key := range value {
			value[key] = normalized(value[key])
		}
		return value
	case map[any]any:
		named := map[string]any{}
		for key, nested := range value {
			named[fmt.Sprint(key)] = normalized(nested)
		}
		return named
	}
	return value
}

// text renders a value of a YAML file for a message; nil and what is empty are nothing.
func text(value any) string {
	var parts []string
	switch value := value.(type) {
	case nil:
	case []any:
		for _, element := range value {
			parts = append(parts, text(element))
		}
	case map[string]any:
		for _, key := range ordered.Keys(value) {
			nested := text(value[key])
			if _, isList := value[key].([]any); isList {
				nested = "[" + nested + "]"
			}
			parts = append(parts, key+": "+nested)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		parts = append(parts, fmt.Sprint(value))
	}
	if joined := strings.Join(parts, ", "); joined != "" {
		return joined
	}
	return "nothing"
}
