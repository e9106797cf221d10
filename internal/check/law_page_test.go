package check

import (
	_ "embed"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/golden"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

//go:embed testdata/law.md.tmpl
var lawPage string

// TestLawPage writes docs/law-cases.md. Each market has cases that the program refuses, under its
// law in the register, and no case is there twice.
func TestLawPage(t *testing.T) {
	reg, err := register.Default()
	require.NoError(t, err)
	sections := lawSections(t)
	counts, previews := map[string]int{}, 0
	var markets []string
	cases := map[string]bool{}
	for _, section := range sections {
		entry := reg.Markets[section.Market]
		assert.Equal(t, entry.Law.Name, section.Law, section.Market)
		assert.Equal(t, entry.Law.Source, section.Source, section.Market)
		refused := false
		for _, c := range section.Cases {
			refused = refused || c.By == byProgram
			assert.False(t, cases[c.Case], "twice: %s", c.Case)
			cases[c.Case] = true
			counts[c.By]++
			if c.Stack != "" {
				previews++
			}
		}
		assert.True(t, refused, "the program refuses no case of %s", section.Market+section.Title)
		if section.Market != "" {
			markets = append(markets, section.Market)
		}
	}
	assert.Equal(t, ordered.Keys(reg.Markets), markets)
	var page strings.Builder
	require.NoError(t, template.Must(template.New("").Parse(lawPage)).Execute(&page, map[string]any{
		"sections": sections, "markets": reg.Markets, "counts": counts, "previews": previews, "total": len(cases),
	}))
	golden.Equal(t, "../../docs/law-cases.md", page.String())
}
