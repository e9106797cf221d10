// Package report writes what a command has found, for people or for programs.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"text/template"
)

// Write writes content in a format, which is markdown, by a template, or json.
func Write(out io.Writer, format string, form *template.Template, content any) error {
	switch format {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(content)
	case "markdown":
		return form.Execute(out, content)
	default:
		return fmt.Errorf("-format: found %q; allowed: markdown, json", format)
	}
}
