// Package diagnostic defines the lines that the program logs about rules, so that the verdict on a
// preview can sort them. Each line begins with its kind and a colon: "residency: ...".
package diagnostic

import (
	"slices"
	"strings"
)

// Kind is the kind of a line. The line begins with it.
type Kind string

const (
	// Residency is a broken rule on where data may be or go. It is logged as an error.
	Residency Kind = "residency"
	// Guardrail is a broken rule on how data is kept. It is logged as an error.
	Guardrail Kind = "guardrail"
	// Exception is a broken rule that the configuration allows for a time. It is logged as a warning.
	Exception Kind = "exception"
	// Placement is a market that a nearer site may serve. It is logged as a warning.
	Placement Kind = "placement"
	// Late is a market that a site should serve by now. It is logged as a warning.
	Late Kind = "late"
	// OneWay is a market whose move has no way back to the origin. It is logged as a warning.
	OneWay Kind = "one-way"
)

// Errors and Warnings list the kinds by the severity that they are logged with.
var (
	Errors   = []Kind{Residency, Guardrail}
	Warnings = []Kind{Exception, Placement, Late, OneWay}
)

// Severities of the lines, in Pulumi's words.
const (
	Error   = "error"
	Warning = "warning"
)

const separator = ": "

// Line returns the line that reports text.
func (k Kind) Line(text string) string { return string(k) + separator + text }

// Parse returns the kind of a line that was logged with a severity. It returns false for
// lines of other programs, and for a kind that is not logged with that severity.
func Parse(line, severity string) (Kind, bool) {
	kinds := map[string][]Kind{Error: Errors, Warning: Warnings}[severity]
	word, _, found := strings.Cut(line, separator)
	return Kind(word), found && slices.Contains(kinds, Kind(word))
}
