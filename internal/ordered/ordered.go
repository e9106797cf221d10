// Package ordered brings maps and lists into a fixed order, so that messages, reports and resources
// come in the same order in every run. It holds no ordered map.
package ordered

import (
	"cmp"
	"maps"
	"slices"
)

// Keys returns the keys of a map, sorted.
func Keys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Unique sorts a list in place and removes duplicates.
func Unique[E cmp.Ordered](list []E) []E {
	slices.Sort(list)
	return slices.Compact(list)
}
