package verdict

import (
	"encoding/json"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/pulumicli"
)

// verdict is the part of a preview that a reviewer must read before approving the change.
type verdict struct {
	stack string
	// settled means that the preview is expected to find no changes.
	settled bool
	changes []change
	// failed means that the preview did not complete.
	failed bool
	// errors are Pulumi's messages about the failure.
	errors []string
	// lines are the lines that the program logged, by kind.
	lines map[diagnostic.Kind][]string
}

// assess reads a preview's JSON and what the preview wrote to standard error.
func assess(stack string, data []byte, stderr string) *verdict {
	v := &verdict{stack: stack, lines: map[diagnostic.Kind][]string{}}
	var p pulumicli.Preview
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
	// Errors from before the engine starts are on standard error alone.
	var early []string
	for line := range strings.Lines(stderr) {
		if strings.HasPrefix(line, "error: ") || strings.HasPrefix(line, "sandbox: ") && v.failed {
			early = append(early, strings.TrimSpace(line))
		}
	}
	if len(early) > 0 {
		v.fail(strings.Join(early, "\n"))
	}
	return v
}

// fail marks the preview as failed, and adds a message once.
func (v *verdict) fail(message string) {
	v.failed = true
	if message != "" && !slices.Contains(v.errors, message) {
		v.errors = append(v.errors, message)
	}
}

// classify sorts the lines of a message by the program's kinds of lines. All other lines of
// an error are the reason for the preview's failure.
func (v *verdict) classify(d pulumicli.Diagnostic) {
	var rest []string
	for line := range strings.Lines(d.Message) {
		line = strings.TrimRight(line, " \r\n")
		// An error among several is an item of a list.
		text := strings.TrimLeft(line, " \t*-")
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, "error:"), "warning:"))
		if kind, known := diagnostic.Parse(text, d.Severity); known {
			v.lines[kind] = append(v.lines[kind], text)
		} else if text != "" {
			rest = append(rest, line)
		}
	}
	if d.Severity == diagnostic.Error {
		v.fail(strings.Join(rest, "\n"))
	}
}

// broken returns the number of broken rules.
func (v *verdict) broken() (count int) {
	for _, kind := range diagnostic.Errors {
		count += len(v.lines[kind])
	}
	return count
}

// lost returns the changes that delete or replace a stateful resource.
func (v *verdict) lost() (lost []change) {
	for _, c := range v.changes {
		if awstypes.Of(c.typ).Stateful && c.kind <= replacement {
			lost = append(lost, c)
		}
	}
	return lost
}

// drifted reports whether there are changes where none were expected.
func (v *verdict) drifted() bool { return v.settled && len(v.changes) > 0 }

// alarming reports whether the change must not be approved as it is. A broken rule is an
// error, which fails the preview.
func (v *verdict) alarming() bool { return v.failed || v.drifted() || len(v.lost()) > 0 }
