package preflight

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Severity says what a line means for `pulumi up`.
type Severity string

const (
	// Fail stops the update, or lets it fail half-way.
	Fail Severity = "fail"
	// Warn lets the update pass and is wrong all the same.
	Warn Severity = "warn"
	// Unknown was not checked: AWS, DNS or a program gave no answer.
	Unknown Severity = "unknown"
	// OK is as it has to be.
	OK Severity = "ok"
)

// severities lists them in the order of a report.
var severities = []Severity{Fail, Warn, Unknown, OK}

// Line is one thing that was checked.
type Line struct {
	Severity Severity `json:"severity"`
	// Subject is what was checked, such as VPCs per Region in us-west-2.
	Subject string `json:"subject"`
	// Found is what is there, and Needed what the update needs.
	Found  string `json:"found,omitempty"`
	Needed string `json:"needed,omitempty"`
	// Do is how to come from one to the other.
	Do string `json:"do,omitempty"`
	// Unchecked is why the subject was not checked.
	Unchecked string `json:"unchecked,omitempty"`
}

// String is SUBJECT: found X; needed Y; do Z.
func (l Line) String() string {
	parts := []string{"found " + l.Found}
	if l.Unchecked != "" {
		parts[0] = "not checked, because " + l.Unchecked
	}
	if l.Needed != "" {
		parts = append(parts, "needed "+l.Needed)
	}
	if l.Do != "" {
		parts = append(parts, "do "+l.Do)
	}
	return l.Subject + ": " + strings.Join(parts, "; ")
}

// unchecked is a line on what could not be learnt.
func unchecked(subject string, err error) Line {
	return Line{Severity: Unknown, Subject: subject, Unchecked: strings.TrimSpace(err.Error())}
}

// Report is what was found of a stack.
type Report struct {
	Stack string `json:"stack"`
	Lines []Line `json:"lines"`
}

// Fails reports whether something would stop the update.
func (r *Report) Fails() bool { return r.count(Fail) > 0 }

func (r *Report) count(severity Severity) int {
	n := 0
	for _, l := range r.Lines {
		if l.Severity == severity {
			n++
		}
	}
	return n
}

// JSON writes the report for programs.
func (r *Report) JSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// Text writes the report for people, the worst first.
func (r *Report) Text(out io.Writer) error {
	lines := slices.Clone(r.Lines)
	slices.SortStableFunc(lines, func(a, b Line) int {
		return cmp.Compare(slices.Index(severities, a.Severity), slices.Index(severities, b.Severity))
	})
	for _, l := range lines {
		if _, err := fmt.Fprintf(out, "%-7s  %s\n", l.Severity, l); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "\n%s: %d would fail, %d to mend, %d not checked, %d in order.\n",
		r.Stack, r.count(Fail), r.count(Warn), r.count(Unknown), r.count(OK))
	return err
}
