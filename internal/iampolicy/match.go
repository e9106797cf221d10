package iampolicy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// operator is a condition operator, such as ForAnyValue:StringLikeIfExists.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
type operator struct {
	set      string // ForAnyValue, ForAllValues or empty
	ifExists bool
	negated  bool
	null     bool
	matches  func(pattern, value string) bool
}

// operators are the supported operators by name. A negated operator holds if no value of the
// policy matches, any other operator if one value matches.
var operators = map[string]operator{
	"StringEquals":              {matches: exact},
	"StringNotEquals":           {matches: exact, negated: true},
	"StringEqualsIgnoreCase":    {matches: strings.EqualFold},
	"StringNotEqualsIgnoreCase": {matches: strings.EqualFold, negated: true},
	"StringLike":                {matches: like},
	"StringNotLike":             {matches: like, negated: true},
	"ArnEquals":                 {matches: arnLike},
	"ArnLike":                   {matches: arnLike},
	"ArnNotEquals":              {matches: arnLike, negated: true},
	"ArnNotLike":                {matches: arnLike, negated: true},
	"Bool":                      {matches: strings.EqualFold},
	"Null":                      {null: true},
	"NumericEquals":             {matches: numeric(func(value, bound float64) bool { return value == bound })},
	"NumericNotEquals":          {matches: numeric(func(value, bound float64) bool { return value == bound }), negated: true},
	"NumericLessThan":           {matches: numeric(func(value, bound float64) bool { return value < bound })},
	"NumericLessThanEquals":     {matches: numeric(func(value, bound float64) bool { return value <= bound })},
	"NumericGreaterThan":        {matches: numeric(func(value, bound float64) bool { return value > bound })},
	"NumericGreaterThanEquals":  {matches: numeric(func(value, bound float64) bool { return value >= bound })},
}

// parseOperator returns the operator of a name with its qualifiers.
func parseOperator(name string) (operator, error) {
	set, rest, qualified := strings.Cut(name, ":")
	if !qualified {
		set, rest = "", name
	}
	base, ifExists := strings.CutSuffix(rest, "IfExists")
	o, known := operators[base]
	if !known || qualified && set != "ForAnyValue" && set != "ForAllValues" || o.null && (ifExists || qualified) {
		return o, fmt.Errorf("element Condition: found the operator %q; allowed: the operators in internal/iampolicy/match.go", name)
	}
	o.set, o.ifExists = set, ifExists
	return o, nil
}

// holds reports whether a request meets a condition. A request without the key meets negated
// operators, IfExists, ForAllValues, and Null: true.
func (o operator) holds(r Request, key string, wanted list) bool {
	values, present := r.values(key)
	if o.null {
		return slices.Contains(wanted, strconv.FormatBool(!present))
	}
	meets := func(value string) bool {
		matched := slices.ContainsFunc(wanted, func(pattern string) bool {
			expanded, known := r.expand(pattern, false)
			return known && o.matches(expanded, value)
		})
		return matched != o.negated
	}
	switch {
	case !present && o.ifExists:
		return true
	case o.set == "ForAllValues":
		return !slices.ContainsFunc(values, func(value string) bool { return !meets(value) })
	case o.set == "ForAnyValue":
		return slices.ContainsFunc(values, meets)
	case !present:
		return o.negated
	case o.negated:
		return !slices.ContainsFunc(values, func(value string) bool { return !meets(value) })
	}
	return slices.ContainsFunc(values, meets)
}

// exact reports whether a value equals a pattern without wildcards.
func exact(pattern, value string) bool { return literal(pattern) == value }

// like reports whether a value matches a pattern with wildcards.
func like(pattern, value string) bool { return glob(pattern, value, false) }

// arnLike compares ARNs part by part: a wildcard matches only within its part.
func arnLike(pattern, value string) bool {
	patterns, values := strings.SplitN(pattern, ":", 6), strings.SplitN(value, ":", 6)
	if len(patterns) != 6 || len(values) != 6 {
		return pattern == "*"
	}
	for i := range patterns {
		if !glob(patterns[i], values[i], false) {
			return false
		}
	}
	return true
}

// numeric returns a match of numbers. Text that is no number never matches.
func numeric(compare func(value, bound float64) bool) func(pattern, value string) bool {
	return func(pattern, value string) bool {
		bound, err := strconv.ParseFloat(pattern, 64)
		number, err2 := strconv.ParseFloat(value, 64)
		return err == nil && err2 == nil && compare(number, bound)
	}
}

// Placeholders for ${*}, ${?} and ${$}, the escaped *, ? and $ of policies, during the
// expansion of patterns.
var escapes = strings.NewReplacer("${*}", "\x00", "${?}", "\x01", "${$}", "\x02")

// literal replaces each placeholder with its character.
func literal(pattern string) string {
	return strings.NewReplacer("\x00", "*", "\x01", "?", "\x02", "$").Replace(pattern)
}

// expand replaces policy variables, such as ${aws:PrincipalTag/team}, and their
// defaults, such as ${aws:username, 'none'}. With fold, which stands for actions, it replaces
// none. It returns false if the request has no value for a variable without a default: such a
// pattern matches nothing.
func (r Request) expand(pattern string, fold bool) (string, bool) {
	pattern = escapes.Replace(pattern)
	var expanded strings.Builder
	for {
		before, rest, found := strings.Cut(pattern, "${")
		variable, after, closed := strings.Cut(rest, "}")
		if fold || !found || !closed { // actions have no variables
			return expanded.String() + pattern, true
		}
		name, fallback, hasFallback := strings.Cut(variable, ",")
		values, present := r.values(strings.TrimSpace(name))
		expanded.WriteString(before)
		switch {
		case present && len(values) == 1:
			expanded.WriteString(strings.NewReplacer("*", "\x00", "?", "\x01").Replace(values[0]))
		case hasFallback:
			expanded.WriteString(strings.Trim(strings.TrimSpace(fallback), "'"))
		default:
			return "", false
		}
		pattern = after
	}
}

// glob reports whether a value matches a pattern: * matches any characters, ? one character.
// With fold the case of letters is ignored.
func glob(pattern, value string, fold bool) bool {
	if fold {
		pattern, value = strings.ToLower(pattern), strings.ToLower(value)
	}
	p, v, star, mark := 0, 0, -1, 0
	for v < len(value) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, v
			p++
		case p < len(pattern) && (pattern[p] == '?' || literal(pattern[p:p+1]) == value[v:v+1]):
			p++
			v++
		case star >= 0:
			mark++
			p, v = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
