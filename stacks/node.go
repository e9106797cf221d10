package stacks

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
)

// A node is one value of the configuration, with the path that leads to it. Its
// methods return the value as a type, or note a problem and return the zero value.
type node struct {
	path  string // such as multisite:network.zones
	value any    // as encoding/json gives it; nil if absent
	log   *Problems
}

func (n node) problem(allowed string) { n.log.add(n.path, n.value, allowed) }

// field is a child of an object. Whether it is one, children and fields report.
func (n node) field(name string) node {
	object, _ := n.value.(map[string]any)
	separator := "."
	if !strings.Contains(n.path, ":") {
		separator = ":"
	}
	return node{n.path + separator + name, object[name], n.log}
}

// children returns the names within an object, in order.
func (n node) children() []string {
	object, ok := n.value.(map[string]any)
	if !ok && n.value != nil {
		n.problem("an object")
	}
	return names(object)
}

// fields returns the names within an object, as far as they are allowed ones.
func (n node) fields(allowed ...string) []string {
	return slices.DeleteFunc(n.children(), func(name string) bool {
		unknown := !slices.Contains(allowed, name)
		if unknown {
			n.log.unknown(n.field(name).path, allowed)
		}
		return unknown
	})
}

func (n node) text() string {
	text, ok := n.value.(string)
	if !ok {
		n.problem("text")
	}
	return text
}

// match demands text of a pattern, described in words.
func (n node) match(pattern *regexp.Regexp, allowed string) string {
	text, _ := n.value.(string)
	if !pattern.MatchString(text) {
		n.problem(allowed)
	}
	return text
}

// oneOf demands one of the allowed texts; absent means the fallback.
func (n node) oneOf(fallback string, allowed ...string) string {
	if n.value == nil {
		return fallback
	}
	text, _ := n.value.(string)
	if !slices.Contains(allowed, text) {
		n.problem("one of " + strings.Join(allowed, ", "))
	}
	return text
}

// number demands a whole number within bounds.
func (n node) number(least, most int) int {
	number, ok := n.value.(float64)
	if !ok || number != math.Trunc(number) || number < float64(least) || number > float64(most) {
		n.problem(fmt.Sprintf("a whole number from %d to %d", least, most))
		return 0
	}
	return int(number)
}

// numberOr is number for a value that may be absent.
func (n node) numberOr(fallback, least, most int) int {
	if n.value == nil {
		return fallback
	}
	return n.number(least, most)
}

// textOr is text of a pattern for a value that may be absent.
func (n node) textOr(fallback string, pattern *regexp.Regexp, allowed string) string {
	if n.value == nil {
		return fallback
	}
	return n.match(pattern, allowed)
}

// flag demands true or false; absent means the fallback.
func (n node) flag(fallback bool) bool {
	if n.value == nil {
		return fallback
	}
	flag, ok := n.value.(bool)
	if !ok {
		n.problem("true or false")
	}
	return flag
}

// elements returns the values of a list, which may be absent.
func (n node) elements() (list []node) {
	values, isList := n.value.([]any)
	if !isList && n.value != nil {
		n.problem("a list")
	}
	for i, value := range values {
		list = append(list, node{fmt.Sprintf("%s[%d]", n.path, i), value, n.log})
	}
	return list
}

func (n node) isList() bool {
	_, ok := n.value.([]any)
	return ok
}

// names demands a list of at least so many names of a form, each once.
func (n node) names(least int, form *regexp.Regexp) []string {
	elements, _ := n.value.([]any)
	var list []string
	for _, element := range elements {
		if text, ok := element.(string); ok && form.MatchString(text) && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	if len(list) != len(elements) || len(list) < least {
		n.problem(fmt.Sprintf("a list of at least %d names, each once", least))
	}
	return list
}

// list demands at least one of the allowed texts, each once.
func (n node) list(allowed ...string) []string {
	expected := "a list of at least one of " + strings.Join(allowed, ", ")
	elements, ok := n.value.([]any)
	if !ok || len(elements) == 0 {
		n.problem(expected)
	}
	var list []string
	for i, element := range elements {
		text, _ := element.(string)
		if !slices.Contains(allowed, text) || slices.Contains(list, text) {
			node{fmt.Sprintf("%s[%d]", n.path, i), element, n.log}.problem("one of " + strings.Join(allowed, ", ") + ", each once")
			continue
		}
		list = append(list, text)
	}
	return list
}

// Patterns of values that several keys have.
var (
	oneLine = regexp.MustCompile(`^[ -~]+$`)
	day     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
	role    = regexp.MustCompile(`^[A-Za-z][A-Za-z ,-]*$`) // never a person's name
)
