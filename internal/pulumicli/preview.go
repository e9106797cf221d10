package pulumicli

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
)

// Preview is the output of `pulumi preview --json`. A preview that fails still prints the
// steps that it has planned. Steps is nil if the JSON is not a preview's.
type Preview struct {
	Steps       []Step
	Diagnostics []Diagnostic
}

// Step is an operation on one resource. A replacement has several steps.
type Step struct {
	// Op is the engine's operation, such as create.
	Op string
	// URN is the URN of the resource.
	URN string
	// ReplaceReasons and DiffReasons are the properties that differ, and DetailedDiff has
	// their paths as keys.
	ReplaceReasons, DiffReasons []string
	DetailedDiff                map[string]json.RawMessage
	// NewState is the resource after the step; nil for a deletion.
	NewState *apitype.ResourceV3
}

// Diagnostic is a message that the engine or the program logged.
type Diagnostic struct{ Severity, Message string }

// Errors returns the messages that were logged as errors.
func (p Preview) Errors() (messages []string) {
	for _, d := range p.Diagnostics {
		if d.Severity == SeverityError {
			messages = append(messages, d.Message)
		}
	}
	return messages
}

// SeverityError is the severity of diagnostics that fail the preview.
const SeverityError = "error"
