package command

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
)

// Formats of reports, the values of the flag --format.
const (
	Markdown = "markdown"
	JSON     = "json"
	Text     = "text"
)

// Format adds the flag --format to a command, and returns its value. The first of the allowed
// formats is the default.
func Format(c *cobra.Command, allowed ...string) *string {
	value := allowed[0]
	c.Flags().Var(format{&value, allowed}, "format", strings.Join(allowed, " or "))
	return &value
}

// Write writes content as indented JSON, or in any other format with the template.
func Write(out io.Writer, format string, form *template.Template, content any) error {
	if format != JSON {
		return form.Execute(out, content)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(content)
}

// format is a flag that takes one of the allowed formats. It implements pflag.Value.
type format struct {
	value   *string
	allowed []string
}

// String returns the format.
func (f format) String() string { return *f.value }

// Type returns the name of the value in the usage.
func (format) Type() string { return "FORMAT" }

// Set sets the format, and refuses a format that is not allowed.
func (f format) Set(value string) error {
	if !slices.Contains(f.allowed, value) {
		return fmt.Errorf("found %q; allowed: %s", value, strings.Join(f.allowed, ", "))
	}
	*f.value = value
	return nil
}
