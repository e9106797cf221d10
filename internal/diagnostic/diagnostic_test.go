package diagnostic

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestParse parses lines of every kind, and lines of other programs.
func TestParse(t *testing.T) {
	for _, kind := range Errors {
		got, ok := Parse(kind.Line("a: b"), Error)
		assert.True(t, ok)
		assert.Equal(t, kind, got)
		_, ok = Parse(kind.Line("a"), Warning)
		assert.False(t, ok, "a kind of errors, logged as a warning")
	}
	for _, kind := range Warnings {
		got, ok := Parse(kind.Line("a"), Warning)
		assert.True(t, ok)
		assert.Equal(t, kind, got)
		_, ok = Parse(kind.Line("a"), Error)
		assert.False(t, ok, "a kind of warnings, logged as an error")
	}
	for _, line := range []string{"", "residency", "error: the update failed", "residency of data: none"} {
		_, ok := Parse(line, Error)
		assert.False(t, ok, line)
	}
}
