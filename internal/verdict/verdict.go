package verdict

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// verdict is what there is to know of a preview before it is approved.
type verdict struct {
	stack string
	// settled says that the preview should find nothing to change.
	settled bool
	changes []change
	// failed says that the preview did not come to its end.
	failed bool
	// errors are what it says of why, in Pulumi's words.
	errors []string
	// residency and guardrails are the rules broken, exceptions those in force, and
	// placements the markets that have a nearer site.
	residency, guardrails, exceptions, placements []string
}

// assess reads a preview's JSON and what it wrote to standard error.
func assess(stack string, data []byte, complaints string) *verdict {
	v := &verdict{stack: stack}
	var p preview
	if err := json.Unmarshal(data, &p); err != nil {
		v.fail("the preview is not JSON: " + err.Error())
	} else if p.Steps == nil {
		v.fail("the JSON is not a preview's: it has no steps")
	}
	list, problems := changes(p.Steps)
	v.changes = list
	for _, problem := range problems {
		v.fail(problem)
	}
	for _, d := range p.Diagnostics {
		v.classify(d)
	}
	// What goes wrong before there is an engine is said on standard error alone.
	var said []string
	for line := range strings.Lines(complaints) {
		if strings.HasPrefix(line, "error: ") || strings.HasPrefix(line, "sandbox: ") && v.failed {
			said = append(said, strings.TrimSpace(line))
		}
	}
	if len(said) > 0 {
		v.fail(strings.Join(said, "\n"))
	}
	return v
}

func (v *verdict) fail(message string) {
	v.failed = true
	if message != "" && !slices.Contains(v.errors, message) {
		v.errors = append(v.errors, message)
	}
}

// classify sorts what the engine and the program say: broken rules, exceptions and
// slow placements have lines that begin so, and all else that is an error is why the preview failed.
func (v *verdict) classify(d diagnostic) {
	var rest []string
	for line := range strings.Lines(d.Message) {
		line = strings.TrimRight(line, " \r\n")
		// An error among several is an item of a list.
		text := strings.TrimLeft(line, " \t*-")
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "error:"), "warning:"))
		rule, _, _ := strings.Cut(text, ": ")
		switch {
		case d.Severity == "error" && rule == "residency":
			v.residency = append(v.residency, text)
		case d.Severity == "error" && rule == "guardrail":
			v.guardrails = append(v.guardrails, text)
		case d.Severity == "warning" && rule == "exception":
			v.exceptions = append(v.exceptions, text)
		case d.Severity == "warning" && (rule == "placement" || rule == "late"):
			v.placements = append(v.placements, text)
		case text != "":
			rest = append(rest, line)
		}
	}
	if d.Severity == "error" {
		v.fail(strings.Join(rest, "\n"))
	}
}

// lost are the changes that lose something stateful.
func (v *verdict) lost() (lost []change) {
	for _, c := range v.changes {
		if awstypes.Of(c.typ).Stateful && c.kind <= replacement {
			lost = append(lost, c)
		}
	}
	return lost
}

// drifted says that there are changes where there should be none.
func (v *verdict) drifted() bool { return v.settled && len(v.changes) > 0 }

// alarming says whether somebody has to stop and look. A broken rule is an error,
// which fails the preview.
func (v *verdict) alarming() bool { return v.failed || v.drifted() || len(v.lost()) > 0 }
