// Package ordered iterates over maps in a fixed order, so that messages, reports and resources
// come in the same order in every run. It holds no ordered map.
package ordered

import (
	"cmp"
	"maps"
	"slices"
)

// Keys returns the keys of a map, sorted.
func Keys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
