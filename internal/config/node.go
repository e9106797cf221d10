package config

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/ordered"
)

// A node is one value of the configuration, with the path that leads to it. Its
// methods return the value as a type, or note a problem and return the zero value.
type Node struct {
	Path  string // such as multisite:network.zones
	Value any    // as encoding/json gives it; nil if absent
	Log   *Problems
}

func (n Node) Problem(allowed string) { n.Log.Add(n.Path, n.Value, allowed) }

// Field is a child of an object. Whether it is one, children and fields report.
func (n Node) Field(name string) Node {
	object, _ := n.Value.(map[string]any)
	separator := "."
	if !strings.Contains(n.Path, ":") {
		separator = ":"
	}
	return Node{n.Path + separator + name, object[name], n.Log}
}

// Children returns the names within an object, in order.
func (n Node) Children() []string {
	object, ok := n.Value.(map[string]any)
	if !ok && n.Value != nil {
		n.Problem("an object")
	}
	return ordered.Keys(object)
}

// Fields returns the names within an object, as far as they are allowed ones.
func (n Node) Fields(allowed ...string) []string {
	return slices.DeleteFunc(n.Children(), func(name string) bool {
		unknown := !slices.Contains(allowed, name)
		if unknown {
			n.Log.Unknown(n.Field(name).Path, allowed)
		}
		return unknown
	})
}

func (n Node) Text() string {
	text, ok := n.Value.(string)
	if !ok {
		n.Problem("text")
	}
	return text
}

// Match demands text of a pattern, described in words.
func (n Node) Match(pattern *regexp.Regexp, allowed string) string {
	text, _ := n.Value.(string)
	if !pattern.MatchString(text) {
		n.Problem(allowed)
	}
	return text
}

// OneOf demands one of the allowed texts; absent means the fallback.
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

// Number demands a whole number within bounds.
func (n Node) Number(least, most int) int {
	number, ok := n.Value.(float64)
	if !ok || number != math.Trunc(number) || number < float64(least) || number > float64(most) {
		n.Problem(fmt.Sprintf("a whole number from %d to %d", least, most))
		return 0
	}
	return int(number)
}

// NumberOr is number for a value that may be absent.
func (n Node) NumberOr(fallback, least, most int) int {
	if n.Value == nil {
		return fallback
	}
	return n.Number(least, most)
}

// TextOr is text of a pattern for a value that may be absent.
func (n Node) TextOr(fallback string, pattern *regexp.Regexp, allowed string) string {
	if n.Value == nil {
		return fallback
	}
	return n.Match(pattern, allowed)
}

// Flag demands true or false; absent means the fallback.
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

// Elements returns the values of a list, which may be absent.
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

func (n Node) IsList() bool {
	_, ok := n.Value.([]any)
	return ok
}

// Names demands a list of at least so many names of a form, each once.
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

// List demands at least one of the allowed texts, each once.
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

// Patterns of values that several keys have.
var (
	OneLine = regexp.MustCompile(`^[ -~]+$`)
	Day     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	Role    = regexp.MustCompile(`^[A-Za-z][A-Za-z ,-]*$`) // never a person's name
)

func texts[T ~string](values []T) []string {
	converted := make([]string, len(values))
	for i, value := range values {
		converted[i] = string(value)
	}
	return converted
}

// Choice demands one of an enumeration's values; absent means the fallback.
func Choice[T ~string](n Node, fallback T, allowed []T) T {
	return T(n.OneOf(string(fallback), texts(allowed)...))
}
