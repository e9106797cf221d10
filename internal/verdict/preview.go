package verdict

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// preview is what the verdict needs of `pulumi preview --json`. Values of
// properties are not read: they cannot be printed by mistake.
type preview struct {
	Steps       []step
	Diagnostics []diagnostic
}

type step struct {
	Op             string
	URN            string
	ReplaceReasons []string
	DiffReasons    []string
	DetailedDiff   map[string]json.RawMessage
}

type diagnostic struct{ Severity, Message string }

// kind is what happens to a resource. The worst is the least.
type kind int

const (
	deletion kind = iota
	replacement
	update
	create
	adoption
	nothing
)

// kinds are the engine's operations. A replacement has a step for each of its parts.
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
	"diff":                   nothing, // of a resource that is imported
	"discard":                nothing, // forgets what was only ever read
	"extend-parameterize":    nothing, // of a provider
	"read":                   nothing,
	"refresh":                nothing,
	"same":                   nothing,
}

func (k kind) String() string {
	return [...]string{"delete", "replace", "update", "create", "import"}[k]
}

// change is what would happen to one resource.
type change struct {
	kind       kind
	typ        string // the full token, such as aws:rds/instance:Instance
	resource   string // as the CLI writes it: aws:rds:Instance oregon-mi-cloud
	properties []string
}

// changes returns one change per resource, the worst kinds first, and what is
// not understood of the steps.
func changes(steps []step) (list []change, problems []string) {
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
	for _, name := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[name])
	}
	slices.SortStableFunc(list, func(a, b change) int { return int(a.kind - b.kind) })
	return list, problems
}
