// Package config reads the values of structured configuration, and collects problems with
// them in one form, FILE: KEY: found X; allowed: Y. It has no key of a stack's
// configuration: the package siteconfig reads those.
package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/ordered"
)

// Patterns of values that several keys have.
var (
	// OneLine matches one line of printable ASCII characters.
	OneLine = regexp.MustCompile(`^[ -~]+$`)
	// Reason matches one line of three words or more, which can be a reason and not a filler.
	Reason = regexp.MustCompile(`^[!-~]+( [!-~]+){2,}$`)
	// Day matches the form of a date such as 2014-10-31. The date may not exist.
	Day = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	// Role matches a role, such as head of procurement. It refuses e-mail addresses.
	Role = regexp.MustCompile(`^[A-Za-z][A-Za-z ,-]*$`)
)

// ReasonForm describes Reason in a message.
const ReasonForm = "the reason, in one line of three words or more"

// Node is one value of the configuration. Its methods return the value as a type. If the value
// is not allowed, they add a problem to Log, and the caller must not use the result.
type Node struct {
	// Path is the key, such as multisite:network.zones.
	Path string
	// Value is the value as encoding/json decodes it; nil if the key is absent.
	Value any
	// Log collects the problems.
	Log *Problems
}

// Problem adds the problem that the value is not one of the allowed values.
func (n Node) Problem(allowed string) { n.Log.Add(n.Path, n.Value, allowed) }

// Field returns the value of a key of an object. It is absent if the node is no object, which
// Children and Fields report.
func (n Node) Field(name string) Node {
	object, _ := n.Value.(map[string]any)
	separator := "."
	if !strings.Contains(n.Path, ":") {
		separator = ":"
	}
	return Node{n.Path + separator + name, object[name], n.Log}
}

// Children returns the keys of an object, sorted. The object may be absent.
func (n Node) Children() []string {
	object, ok := n.Value.(map[string]any)
	if !ok && n.Value != nil {
		n.Problem("an object")
	}
	return ordered.Keys(object)
}

// Fields returns the keys of an object that are allowed, sorted, and reports the others. The
// object may be absent.
func (n Node) Fields(allowed ...string) []string {
	return slices.DeleteFunc(n.Children(), func(name string) bool {
		unknown := !slices.Contains(allowed, name)
		if unknown {
			n.Log.Unknown(n.Field(name).Path, allowed)
		}
		return unknown
	})
}

// Text requires text.
func (n Node) Text() string {
	text, ok := n.Value.(string)
	if !ok {
		n.Problem("text")
	}
	return text
}

// Match requires text that matches a pattern. Messages describe the pattern as allowed.
func (n Node) Match(pattern *regexp.Regexp, allowed string) string {
	text, _ := n.Value.(string)
	if !pattern.MatchString(text) {
		n.Problem(allowed)
	}
	return text
}

// OneOf requires one of the allowed Texts. It returns the fallback if the key is absent.
func (n Node) OneOf(fallback string, allowed ...string) string {
	if n.Value == nil {
		return fallback
	}
	text, _ := n.Value.(string)
	if !slices.Contains(allowed, text) {
		n.Problem("one of " + strings.Join(allowed, ", "))
	}
	return text
}

// Number requires a whole number from least to most.
func (n Node) Number(least, most int) int {
	number, ok := n.Value.(float64)
	if !ok || number != math.Trunc(number) || number < float64(least) || number > float64(most) {
		n.Problem(fmt.Sprintf("a whole number from %d to %d", least, most))
		return 0
	}
	return int(number)
}

// NumberOr is Number for a key that may be absent: it then returns the fallback.
func (n Node) NumberOr(fallback, least, most int) int {
	if n.Value == nil {
		return fallback
	}
	return n.Number(least, most)
}

// TextOr is Match for a key that may be absent: it then returns the fallback.
func (n Node) TextOr(fallback string, pattern *regexp.Regexp, allowed string) string {
	if n.Value == nil {
		return fallback
	}
	return n.Match(pattern, allowed)
}

// Flag requires true or false. It returns the fallback if the key is absent.
func (n Node) Flag(fallback bool) bool {
	if n.Value == nil {
		return fallback
	}
	flag, ok := n.Value.(bool)
	if !ok {
		n.Problem("true or false")
	}
	return flag
}

// Elements returns the elements of a list. The list may be absent.
func (n Node) Elements() (list []Node) {
	values, isList := n.Value.([]any)
	if !isList && n.Value != nil {
		n.Problem("a list")
	}
	for i, value := range values {
		list = append(list, Node{fmt.Sprintf("%s[%d]", n.Path, i), value, n.Log})
	}
	return list
}

// IsList reports whether the value is a list.
func (n Node) IsList() bool {
	_, ok := n.Value.([]any)
	return ok
}

// Names requires a list of at least least names that match a form, each once.
func (n Node) Names(least int, form *regexp.Regexp) []string {
	elements, _ := n.Value.([]any)
	var list []string
	for _, element := range elements {
		if text, ok := element.(string); ok && form.MatchString(text) && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	if len(list) != len(elements) || len(list) < least {
		n.Problem(fmt.Sprintf("a list of at least %d names, each once", least))
	}
	return list
}

// List requires a list of at least one of the allowed Texts, each once. It returns the
// elements that are allowed.
func (n Node) List(allowed ...string) []string {
	expected := "a list of at least one of " + strings.Join(allowed, ", ")
	elements, ok := n.Value.([]any)
	if !ok || len(elements) == 0 {
		n.Problem(expected)
	}
	var list []string
	for i, element := range elements {
		text, _ := element.(string)
		if !slices.Contains(allowed, text) || slices.Contains(list, text) {
			Node{fmt.Sprintf("%s[%d]", n.Path, i), element, n.Log}.Problem("one of " + strings.Join(allowed, ", ") + ", each once")
			continue
		}
		list = append(list, text)
	}
	return list
}

// Choice is OneOf for the values of an enumeration.
func Choice[T ~string](n Node, fallback T, allowed []T) T {
	return T(n.OneOf(string(fallback), Texts(allowed)...))
}

// Texts converts the values of an enumeration to strings.
func Texts[T ~string](values []T) []string {
	converted := make([]string, len(values))
	for i, value := range values {
		converted[i] = string(value)
	}
	return converted
}
