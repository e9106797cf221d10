package verdict

import (
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/pulumicli"
)

// kind is what the preview would do to a resource. The worst kind has the lowest value.
type kind int

const (
	deletion kind = iota
	replacement
	update
	create
	adoption
	nothing
)

// kinds maps the engine's operations. A replacement has several steps.
var kinds = map[string]kind{
	"delete":                 deletion,
	"replace":                replacement,
	"create-replacement":     replacement,
	"delete-replaced":        replacement,
	"discard-replaced":       replacement,
	"import-replacement":     replacement,
	"read-replacement":       replacement,
	"remove-pending-replace": replacement,
	"update":                 update,
	"create":                 create,
	"import":                 adoption,
	"diff":                   nothing, // compares a resource that is imported
	"discard":                nothing, // drops a resource that was only read
	"extend-parameterize":    nothing, // changes a provider
	"read":                   nothing,
	"refresh":                nothing,
	"same":                   nothing,
}

// String returns the verb of the kind.
func (k kind) String() string {
	return [...]string{"delete", "replace", "update", "create", "import"}[k]
}

// change is what the preview would do to one resource. It has the names of properties
// only, so that no value, which may be a secret, is printed.
type change struct {
	kind       kind
	typ        string // the full token, such as aws:rds/instance:Instance
	resource   string // as the CLI prints it: aws:rds:Instance oregon-mi-cloud
	properties []string
}

// changes returns one change per resource, the worst kinds first, and a message for each
// step with an unknown operation or a malformed URN.
func changes(steps []pulumicli.Step) (list []change, problems []string) {
	found := map[string]change{}
	for _, s := range steps {
		k, known := kinds[s.Op]
		u, err := urn.Parse(s.URN)
		switch {
		case err != nil:
			problems = append(problems, err.Error())
			continue
		case !known:
			problems = append(problems, fmt.Sprintf("unknown operation %q on %s", s.Op, u))
			continue
		case k == nothing:
			continue
		}
		old, again := found[s.URN]
		c := change{kind: k, typ: string(u.Type()), resource: u.Type().DisplayName() + " " + u.Name()}
		if again {
			c.kind = min(k, old.kind)
		}
		differ := slices.Concat(old.properties, s.ReplaceReasons, s.DiffReasons, slices.Collect(maps.Keys(s.DetailedDiff)))
		slices.Sort(differ)
		c.properties = slices.Compact(differ)
		found[s.URN] = c
	}
	for _, name := range ordered.Keys(found) {
		list = append(list, found[name])
	}
	slices.SortStableFunc(list, func(a, b change) int { return int(a.kind - b.kind) })
	return list, problems
}
