// Package permissions generates the CloudFormation templates of a site's roles from
// the AWS operations that Pulumi and its providers call. docs/permissions.md describes
// all steps; `go test ./state/permissions -update` writes state/roles-*.yaml.
package permissions

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Kinds of stacks, each with its own template.
const (
	KindAWS    = "aws"    // a site in an AWS region
	KindLocal  = "local"  // a site in a local data centre: its state and status are in AWS
	KindGlobal = "global" // the routes between sites
)

// KindState is the kind of the Pulumi CLI's calls for a stack's state. All kinds of stacks need
// these calls.
const KindState = "state"

// Kinds lists the kinds of stacks.
var Kinds = []string{KindAWS, KindGlobal, KindLocal}

// Phases of a stack's life in which calls are recorded.
const (
	PhasePreview = "preview" // a preview without refresh
	PhaseRefresh = "refresh" // a refresh, or a preview with one
	PhaseCreate  = "create"
	PhaseChange  = "change" // changes and replacements of existing resources
	PhaseDestroy = "destroy"
	PhaseCheck   = "check" // the preflight, which runs before an update
)

var phases = []string{PhasePreview, PhaseRefresh, PhaseCreate, PhaseChange, PhaseDestroy, PhaseCheck}

// Call is an operation of the AWS API that a stack of some kind needs.
type Call struct {
	// Kind is the stack's kind, or KindState.
	Kind string
	// Operation is service:Operation. The service is the prefix of its IAM actions.
	Operation string
	// Place is "home" for the stack's region, or "edge" for us-east-1 if that is another region.
	Place string
	// Resource is the ARN that the request names, or "*". SITE, REGION and ACCOUNT stand
	// for the stack's values, * for parts that differ each time.
	Resource string
	// Tagged reports whether the request sets the stack's tags.
	Tagged bool
	// Phases are the phases in which the operation is called.
	Phases []string
}

//go:embed recorded.txt
var recorded string

//go:embed unrecorded.yaml
var unrecorded []byte

// Recorded returns the calls that the acceptance suite has recorded.
func Recorded() ([]Call, error) { return parseRecorded(recorded) }

const (
	untagged = "-"
	tagged   = "tagged"
)

// parseRecorded reads lines of kind, operation, place, resource, whether the call sets
// tags, and phases. Lines that begin with # are comments.
func parseRecorded(text string) ([]Call, error) {
	var calls []Call
	var faults []error
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if len(fields) != 6 {
			faults = append(faults, fmt.Errorf("recorded.txt: %q: found %d columns; allowed: 6", line, len(fields)))
			continue
		}
		c := Call{fields[0], fields[1], fields[2], fields[3], fields[4] == tagged, strings.Split(fields[5], ",")}
		if err := c.check(); err != nil {
			faults = append(faults, fmt.Errorf("recorded.txt: %w", err))
		}
		calls = append(calls, c)
	}
	return calls, errors.Join(faults...)
}

func (c Call) check() error {
	service, operation, _ := strings.Cut(c.Operation, ":")
	if !slices.Contains(append(Kinds, KindState), c.Kind) || service == "" || operation == "" || operation == "None" || c.Place != "home" && c.Place != "edge" {
		return fmt.Errorf("found the call %+v; allowed: a kind of %q, service:Operation and home or edge", c, Kinds)
	}
	for _, phase := range c.Phases {
		if !slices.Contains(phases, phase) {
			return fmt.Errorf("found the phase %q; allowed: one of %q", phase, phases)
		}
	}
	return nil
}

// FormatRecorded returns calls in the format of recorded.txt: sorted, with all phases of a
// call in one line.
func FormatRecorded(calls []Call) string {
	merged := map[string]map[string]bool{}
	for _, c := range calls {
		tags := untagged
		if c.Tagged {
			tags = tagged
		}
		key := strings.Join([]string{c.Kind, c.Operation, c.Place, c.Resource, tags}, " ")
		if merged[key] == nil {
			merged[key] = map[string]bool{}
		}
		for _, phase := range c.Phases {
			merged[key][phase] = true
		}
	}
	var text strings.Builder
	text.WriteString("# The AWS operations that each kind of stack calls, recorded by `make recorded`:\n" +
		"# kind, operation, place, resource, tagged if the request sets tags (otherwise -), phases.\n")
	for _, key := range slices.Sorted(maps.Keys(merged)) {
		var in []string
		for _, phase := range phases {
			if merged[key][phase] {
				in = append(in, phase)
			}
		}
		fmt.Fprintf(&text, "%s %s\n", key, strings.Join(in, ","))
	}
	return text.String()
}

// Unrecorded is a group of calls that the acceptance suite cannot record.
type Unrecorded struct {
	// Why is the reason.
	Why string `yaml:"why"`
	// Source is the URL that documents the calls.
	Source string `yaml:"source"`
	// Kinds are the kinds of stacks that need the calls.
	Kinds []string `yaml:"kinds"`
	// Place is "home" or "edge"; empty is home.
	Place string `yaml:"place"`
	// Resource is the ARN that the requests name, as Call.Resource; empty is "*".
	Resource string `yaml:"resource"`
	// Tagged reports whether the operations set the stack's tags on the resources that they create.
	Tagged bool `yaml:"tagged"`
	// Calls are operations by phase.
	Calls map[string][]string `yaml:"calls"`
}

// ListUnrecorded returns the groups of unrecorded.yaml.
func ListUnrecorded() ([]Unrecorded, error) {
	var groups []Unrecorded
	return groups, strict(unrecorded, "unrecorded.yaml", &groups)
}

// calls returns a group's calls.
func (u Unrecorded) calls() []Call {
	var calls []Call
	place, resource := u.Place, u.Resource
	if place == "" {
		place = "home"
	}
	if resource == "" {
		resource = "*"
	}
	for _, kind := range u.Kinds {
		for phase, operations := range u.Calls {
			for _, operation := range operations {
				calls = append(calls, Call{kind, operation, place, resource, u.Tagged, []string{phase}})
			}
		}
	}
	return calls
}

// Covers reports whether c, a recorded call, is the same call as other, in a phase that
// the same roles need. Create, change and destroy count as one phase: an update may do all.
func (c Call) Covers(other Call) bool {
	updates := []string{PhaseCreate, PhaseChange, PhaseDestroy}
	return c.Kind == other.Kind && c.Operation == other.Operation && c.Place == other.Place && c.Resource == other.Resource &&
		c.Tagged == other.Tagged && slices.ContainsFunc(c.Phases, func(phase string) bool {
		return phase == other.Phases[0] || slices.Contains(updates, phase) && slices.Contains(updates, other.Phases[0])
	})
}

// Calls returns all calls, recorded or not, for each kind of stack.
func Calls() ([]Call, error) {
	recorded, err := Recorded()
	var calls []Call
	for _, c := range recorded {
		if c.Kind != KindState {
			calls = append(calls, c)
			continue
		}
		for _, kind := range Kinds {
			c.Kind = kind
			calls = append(calls, c)
		}
	}
	groups, err2 := ListUnrecorded()
	for _, group := range groups {
		for _, c := range group.calls() {
			err = errors.Join(err, c.check())
			calls = append(calls, c)
		}
	}
	return calls, errors.Join(err, err2)
}

// strict decodes YAML of a file. Unknown keys are errors.
func strict(data []byte, file string, into any) error {
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
