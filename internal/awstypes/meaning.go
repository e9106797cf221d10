package awstypes

import (
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/internal/ordered"
)

// Meaning is what the value of an input may be. The zero Meaning allows no value.
type Meaning struct {
	// Names are the types of the resources that the value may name.
	Names []string
	// Allowed are values that the value may have.
	Allowed []any
	// Policy, Place, Declared, Secret, Tag and Plain report the meanings of that name (Type).
	Policy, Place, Declared, Secret, Tag, Plain bool
}

// index matches the index of an element in a path.
var index = regexp.MustCompile(`\[\d+\]`)

// ofEvery are the inputs that every type may have: tags, whose text nothing follows. tagsAll holds the default tags of the provider
// and the resource's own tags.
var ofEvery = map[string]Meaning{"tags.*": {Tag: true}, "tagsAll.*": {Tag: true}, "defaultTags.tags.*": {Tag: true}}

// Meaning returns the meaning of the input at a path, such as rules[0].destination.bucket, and
// whether the row gives it one.
func (t Type) Meaning(path string) (Meaning, bool) {
	path = WithoutIndexes(path)
	if m, has := t.meaning(path); has {
		return m, true
	}
	last := strings.LastIndex(path, ".")
	if last < 0 {
		return Meaning{}, false
	}
	every := path[:last] + ".*"
	if m, has := ofEvery[every]; has {
		return m, true
	}
	return t.meaning(every)
}

// HasWithin reports whether the row gives a meaning to inputs within the object or list at a path.
func (t Type) HasWithin(path string) bool {
	path = WithoutIndexes(path)
	return slices.ContainsFunc(t.Inputs(), func(input string) bool {
		return strings.HasPrefix(input, path+".") || strings.HasPrefix(input, path+"[]")
	})
}

// Inputs returns the paths of all inputs with a meaning.
func (t Type) Inputs() []string {
	list := slices.Concat(t.Policies, t.Places, t.Declared, t.Secrets, t.Plain, ordered.Keys(ofEvery))
	for _, ref := range slices.Concat(t.Refs, t.Names) {
		list = append(list, ref.Path)
	}
	for _, setting := range t.Fixed {
		list = append(list, setting.Path)
	}
	return list
}

// WithoutIndexes returns a path such as rules[0].destination.bucket as rules[].destination.bucket.
func WithoutIndexes(path string) string { return index.ReplaceAllString(path, "[]") }

// meaning returns the meaning of a path without indexes.
func (t Type) meaning(path string) (m Meaning, has bool) {
	for _, refs := range [][]Ref{t.Refs, t.Names} {
		for _, ref := range refs {
			if ref.Path == path {
				m.Names, has = append(m.Names, ref.Type), true
			}
		}
	}
	for _, setting := range t.Fixed {
		if setting.Path == path {
			m.Allowed, has = append(m.Allowed, setting.Allowed...), true
		}
	}
	for _, list := range []struct {
		paths []string
		flag  *bool
	}{{t.Policies, &m.Policy}, {t.Places, &m.Place}, {t.Declared, &m.Declared}, {t.Secrets, &m.Secret}, {t.Plain, &m.Plain}} {
		for _, one := range list.paths {
			if one == path {
				*list.flag, has = true, true
			}
		}
	}
	return m, has
}
