package guardrails

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/awstypes/sdk"
	"example.com/multisite/internal/golden"
	"example.com/multisite/internal/ordered"
)

// otherPackages are types of packages whose SDK the program does not use.
var otherPackages = []string{
	"aws-native:s3:Bucket", "command:local:Command", "gcp:storage/bucket:Bucket", "kubernetes:core/v1:Pod",
	"pulumi-nodejs:dynamic:Resource", "pulumi:providers:aws-native", "pulumi:providers:gcp", "pulumi:pulumi:StackReference",
}

// count counts what the guard of one kind of stack refused and allowed.
type count struct {
	types, refusedTypes   int
	inputs, refusedInputs int
	values, refusedValues int
	harmless              map[string]int // allowed values by reason
}

// TestExhaustion puts to the guard of each kind of stack every type of the SDKs, every input of the
// types that have a row, down to the first path that the row does not allow, and hostile values
// of the inputs that it allows. Each is refused, or harmlessReason returns why it has no
// effect. The table in docs/residency.md has the numbers.
func TestExhaustion(t *testing.T) {
	types := sdk.Read().Types
	stands := newStands(t)
	counts := make([]*count, len(stands))
	t.Run("stands", func(t *testing.T) {
		for i, s := range stands {
			counts[i] = &count{harmless: map[string]int{}}
			t.Run(s.kind, func(t *testing.T) {
				t.Parallel()
				s.exhaust(t, types, counts[i])
			})
		}
	})
	updateTable(t, stands, counts)
}

// exhaust tries all types on a stand.
func (s *stand) exhaust(t *testing.T, types map[string][]sdk.Input, c *count) {
	assert.Contains(t, strings.Join(s.findings(awstypes.AWSProvider, map[string]any{"region": ""}), "\n"), "region: rule provider", "the environment must not decide the region")
	tokens := slices.Concat(ordered.Keys(types), awstypes.Tokens(), otherPackages)
	slices.Sort(tokens)
	for _, token := range slices.Compact(tokens) {
		c.types++
		if s.refusesType(token) {
			c.refusedTypes++
			s.refused = append(s.refused, attempt{token, nil})
			continue
		}
		if !assert.True(t, awstypes.Has(token), "%s is allowed without a row", token) {
			continue
		}
		inputs, row := types[token], awstypes.Of(token)
		if inputs == nil { // of a local data centre
			inputs = inputsOf(row)
		}
		v := visit{s, t, c, token, row, s.findings(token, map[string]any{})}
		v.inputs("", append(slices.Clone(inputs), sdk.Input{Path: "notInTheSDK"}))
	}
}

// refusesType reports whether the guard refuses a type whatever its inputs.
func (s *stand) refusesType(token string) bool {
	return slices.ContainsFunc(s.findings(token, map[string]any{}), func(f string) bool {
		return strings.HasPrefix(f, "type: ") || strings.HasPrefix(f, "provider: ")
	})
}

// inputsOf returns the inputs that a row lists.
func inputsOf(row awstypes.Type) (list []sdk.Input) {
	for _, path := range row.Inputs() {
		if m, _ := row.Meaning(path); m.Tag {
			continue
		}
		list = append(list, sdk.Input{Path: path})
	}
	return list
}

// visit goes through the inputs of a type.
type visit struct {
	*stand
	t     *testing.T
	c     *count
	token string
	row   awstypes.Type
	empty []string // the findings for a resource without inputs
}

func (v visit) inputs(within string, inputs []sdk.Input) {
	for _, input := range inputs {
		path := within + input.Path
		m, has := v.row.Meaning(path)
		switch {
		case has:
			v.allowed(path, m, input.Kind)
			v.inputs(path+".", input.Inputs())
			if m.Document {
				v.fields(path)
			}
		case input.Kind == sdk.Object && v.row.HasWithin(path):
			v.without(path, append(slices.Clone(foreign), others...))
			v.inputs(path+".", input.Inputs())
		default:
			values := slices.Concat(foreign, nameless, others, []hostile{
				{"an object", map[string]any{"key": "elsewhere"}}, {"an empty object", map[string]any{}},
				{"a list", []any{"elsewhere"}}, {"an empty list", []any{}},
			})
			v.without(path, values)
		}
	}
}

// fields tries the fields of a JSON document that the row lists, and others.
func (v visit) fields(document string) {
	for _, path := range ordered.Unique(v.row.Inputs()) {
		if within(path, document) {
			m, _ := v.row.Meaning(path)
			v.allowed(path, m, sdk.Text)
		}
	}
	for _, path := range []string{document + ".notInTheRow", document + "[].notInTheRow"} {
		v.without(path, slices.Concat(foreign, nameless, others))
	}
}

// build returns inputs with a value at a path, which may be of a field of a document.
func (v visit) build(path string, value any) map[string]any {
	inputs := build(path, value)
	if document := v.document(path); document != "" {
		content, err := json.Marshal(inputs[document])
		require.NoError(v.t, err)
		inputs[document] = string(content)
	}
	return inputs
}

// document returns the input that holds the document with the field at a path; empty if there is
// none.
func (v visit) document(path string) string {
	for _, document := range v.row.Documents {
		if within(path, document) {
			return document
		}
	}
	return ""
}

// without tries values of an input that has no meaning.
func (v visit) without(path string, values []hostile) {
	v.c.inputs++
	for _, h := range values {
		if !v.refuses(path, h.value, "") {
			assert.Fail(v.t, "allowed", "%s: %s: %s", v.token, path, h.name)
			return
		}
	}
	v.c.refusedInputs++
}

// allowed tries hostile values of an input, and one that its meaning allows.
func (v visit) allowed(path string, m awstypes.Meaning, kind sdk.Kind) {
	values := slices.Concat(foreign, nameless, otherOwn(m.Names), longer(m.Names))
	switch {
	case m.Policy:
		values = append(hostilePolicies(v.token), values...)
	case m.Secret:
		values = append(slices.Clone(hostileSecrets), values...)
	case !m.Plain:
		values = append(values, others...)
	}
	assert.False(v.t, v.refuses(path, v.allowedValue(m), "property: "), "%s: %s: refused: a value that the meaning allows", v.token, path)
	for _, h := range values {
		v.c.values++
		if v.refuses(path, h.value, "") {
			v.c.refusedValues++
			continue
		}
		reason := harmlessReason(v.token, path, m, kind, h)
		if assert.NotEmpty(v.t, reason, "%s: %s: allowed: %s", v.token, path, h.name) {
			v.c.harmless[reason]++
		}
	}
}

// refuses reports whether the guard reports a value because of the input at a path, by a rule or
// any rule.
func (v visit) refuses(path string, value any, rule string) bool {
	if _, isUnknown := value.(unknown); isUnknown && v.document(path) != "" {
		return true // a document is unknown as a whole
	}
	inputs := v.build(path, value)
	refuses := slices.ContainsFunc(v.findings(v.token, inputs), func(f string) bool {
		property, report, _ := strings.Cut(f, ": rule ")
		if slices.Contains(v.empty, f) || !strings.HasPrefix(report, rule) {
			return false
		}
		property = awstypes.WithoutIndexes(triedKey.ReplaceAllString(property, ".*"))
		return property == path || within(property, path) || within(path, property)
	})
	if _, isUnknown := value.(unknown); refuses && !isUnknown {
		v.refused = append(v.refused, attempt{v.token, inputs})
	}
	return refuses
}

// triedKey matches the key of an object that build makes for a *, and not an input whose name begins
// with it, such as keyArn.
var triedKey = regexp.MustCompile(`\.key\b`)

// within reports whether a path is of a part of the input at another path.
func within(path, whole string) bool {
	rest, has := strings.CutPrefix(path, strings.TrimSuffix(whole, "[]"))
	return has && (strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "[]"))
}

// updateTable compares the table in docs/residency.md with the counts.
func updateTable(t *testing.T, stands []*stand, counts []*count) {
	if t.Failed() {
		return
	}
	const path, begin, end = "../docs/residency.md", "<!-- exhaustion -->\n", "<!-- end of exhaustion -->\n"
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, hasBegin := strings.Cut(string(content), begin)
	_, after, hasEnd := strings.Cut(rest, end)
	require.True(t, hasBegin && hasEnd, "%s: found no marks of the section exhaustion", path)
	var table strings.Builder
	reasons := map[string]int{}
	fmt.Fprintln(&table, "| stack | types | refused | inputs without a meaning | refused | hostile values of inputs with a meaning | refused | without effect |\n|---|--:|--:|--:|--:|--:|--:|--:|")
	for i, s := range stands {
		c := counts[i]
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d | %d | %d |\n", s.kind, c.types, c.refusedTypes, c.inputs, c.refusedInputs, c.values, c.refusedValues, c.values-c.refusedValues)
		for reason, n := range c.harmless {
			reasons[reason] += n
		}
	}
	fmt.Fprintln(&table, "\n| why a value has no effect | values |\n|---|--:|")
	for _, reason := range ordered.Keys(reasons) {
		fmt.Fprintf(&table, "| %s | %d |\n", reason, reasons[reason])
	}
	golden.Equal(t, path, before+begin+table.String()+end+after)
}
