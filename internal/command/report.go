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

// Formats of reports.
const (
	Markdown = "markdown"
	JSON     = "json"
	Text     = "text"
)

// format is the value of a flag --format.
type format struct {
	value   *string
	allowed []string
}

func (f format) String() string { return *f.value }
func (format) Type() string     { return "FORMAT" }

func (f format) Set(value string) error {
	if !slices.Contains(f.allowed, value) {
		return fmt.Errorf("found %q; allowed: %s", value, strings.Join(f.allowed, ", "))
	}
	*f.value = value
	return nil
}

// Format adds the flag --format to a command. The first of the allowed formats is the default.
func Format(c *cobra.Command, allowed ...string) *string {
	value := allowed[0]
	c.Flags().Var(format{&value, allowed}, "format", strings.Join(allowed, " or "))
	return &value
}

// Write writes content as Markdown, by a template, or as JSON.
func Write(out io.Writer, format string, form *template.Template, content any) error {
	if format != JSON {
		return form.Execute(out, content)
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(content)
}
