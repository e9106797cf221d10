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
	// Policy, Place, Declared, Secret, Image, Document, Tag and Plain report the meanings of that
	// name (Type).
	Policy, Place, Declared, Secret, Image, Document, Tag, Plain bool
}

// index matches the index of an element in a path, and quotedKey a key of an object in quotes.
var (
	index     = regexp.MustCompile(`\[\d+\]`)
	quotedKey = regexp.MustCompile(`\["(?:[^"\\]|\\.)*"\]`)
)

// ofEvery are the inputs that every type may have: tags, whose text nothing follows. tagsAll holds the default tags of the provider
// and the resource's own tags.
var ofEvery = map[string]Meaning{"tags.*": {Tag: true}, "tagsAll.*": {Tag: true}, "defaultTags.tags.*": {Tag: true}}

// Meaning returns the meaning of the input at a path, such as rules[0].destination.bucket, and
// whether the row gives it one.
func (t Type) Meaning(path string) (Meaning, bool) {
	path = WithoutIndexes(path)
	if m, has := t.meaning(func(input string) bool { return input == path }); has {
		return m, true
	}
	if last := strings.LastIndex(path, "."); last >= 0 {
		if m, has := ofEvery[path[:last]+".*"]; has {
			return m, true
		}
	}
	return t.meaning(func(input string) bool { return strings.Contains(input, "*") && matches(input, path) })
}

// matches reports whether a path is of an input such as moves.*.phase, where each * stands for any
// key.
func matches(input, path string) bool {
	keys := strings.Split(path, ".")
	steps := strings.Split(input, ".")
	return len(keys) == len(steps) && !slices.ContainsFunc(steps, func(step string) bool {
		key := keys[0]
		keys = keys[1:]
		return step != "*" && step != key
	})
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
	list := slices.Concat(t.Policies, t.Places, t.Declared, t.Secrets, t.Images, t.Documents, t.Plain, ordered.Keys(ofEvery))
	for _, ref := range slices.Concat(t.Refs, t.Names) {
		list = append(list, ref.Path)
	}
	for _, setting := range t.Fixed {
		list = append(list, setting.Path)
	}
	return list
}

// WithoutIndexes returns a path such as rules[0].destination.bucket as rules[].destination.bucket,
// and tags["a.b"] as tags.*.
func WithoutIndexes(path string) string {
	return index.ReplaceAllString(quotedKey.ReplaceAllString(path, ".*"), "[]")
}

// meaning returns the meaning of an input that is reports.
func (t Type) meaning(is func(input string) bool) (m Meaning, has bool) {
	for _, refs := range [][]Ref{t.Refs, t.Names} {
		for _, ref := range refs {
			if is(ref.Path) {
				m.Names, has = append(m.Names, ref.Type), true
			}
		}
	}
	for _, setting := range t.Fixed {
		if is(setting.Path) {
			m.Allowed, has = append(m.Allowed, setting.Allowed...), true
		}
	}
	for _, list := range []struct {
		paths []string
		flag  *bool
	}{{t.Policies, &m.Policy}, {t.Places, &m.Place}, {t.Declared, &m.Declared}, {t.Secrets, &m.Secret}, {t.Images, &m.Image}, {t.Documents, &m.Document}, {t.Plain, &m.Plain}} {
		for _, one := range list.paths {
			if is(one) {
				*list.flag, has = true, true
			}
		}
	}
	return m, has
}
