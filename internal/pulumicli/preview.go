package pulumicli

import (
	"encoding/json"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"example.com/multisite/internal/diagnostic"
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
	// NewState is the resource after the step, with the values of its properties; nil for a
	// deletion. It stays undecoded, so that a report cannot print a value by mistake.
	NewState json.RawMessage
}

// Resource decodes NewState. It returns an empty resource for a deletion.
func (s Step) Resource() (r apitype.ResourceV3, err error) {
	if len(s.NewState) > 0 {
		err = json.Unmarshal(s.NewState, &r)
	}
	return r, err
}

// Diagnostic is a message that the engine or the program logged.
type Diagnostic struct{ Severity, Message string }

// Errors returns the messages that were logged as errors.
func (p Preview) Errors() (messages []string) {
	for _, d := range p.Diagnostics {
		if d.Severity == diagnostic.Error {
			messages = append(messages, d.Message)
		}
	}
	return messages
}
