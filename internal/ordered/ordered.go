package ordered

import (
	"maps"
	"slices"
)

// Keys returns a map's keys in order.
func Keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
