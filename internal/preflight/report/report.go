// Package report writes the results of a preflight as text and as JSON.
package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Severity is what a line means for `pulumi up`.
type Severity string

const (
	// Fail means that the update would be refused, or fail half-way.
	Fail Severity = "fail"
	// Warn means that the update succeeds, but something is wrong.
	Warn Severity = "warn"
	// Unknown means that the subject was not checked: AWS, DNS or a program gave no answer.
	Unknown Severity = "unknown"
	// OK means that the subject is as required.
	OK Severity = "ok"
)

// severities are all severities in the order of a report.
var severities = []Severity{Fail, Warn, Unknown, OK}

// Line is the result of one check.
type Line struct {
	Severity Severity `json:"severity"`
	// Subject is what was checked, such as VPCs in us-west-2.
	Subject string `json:"subject"`
	// Found is the actual state, and Needed the state that the update needs.
	Found  string `json:"found,omitempty"`
	Needed string `json:"needed,omitempty"`
	// Do is what the user must do.
	Do string `json:"do,omitempty"`
	// Unchecked is the reason why the subject was not checked; empty if it was.
	Unchecked string `json:"unchecked,omitempty"`
}

// String returns SUBJECT: found X; needed: Y; do: Z.
func (l Line) String() string {
	parts := []string{"found " + l.Found}
	if l.Unchecked != "" {
		parts[0] = "not checked, because " + l.Unchecked
	}
	if l.Needed != "" {
		parts = append(parts, "needed: "+l.Needed)
	}
	if l.Do != "" {
		parts = append(parts, "do: "+l.Do)
	}
	return l.Subject + ": " + strings.Join(parts, "; ")
}

// Unchecked returns a line for a subject that could not be checked because of an error.
func Unchecked(subject string, err error) Line {
	return Line{Severity: Unknown, Subject: subject, Unchecked: strings.TrimSpace(err.Error())}
}

// Report is the result of a preflight.
type Report struct {
	Stack string `json:"stack"`
	Lines []Line `json:"lines"`
}

// Fails reports whether the update would be refused or fail.
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

// JSON writes the report as JSON, with the lines in the order of the checks.
func (r *Report) JSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// Text writes the report as text, with the lines in the order of their severities, worst first.
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
	_, err := fmt.Fprintf(out, "\n%s: %d would fail, %d to fix, %d not checked, %d in order.\n",
		r.Stack, r.count(Fail), r.count(Warn), r.count(Unknown), r.count(OK))
	return err
}
