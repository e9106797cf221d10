package placement

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/pageload"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/latency"
)

func loadDistances(t *testing.T) *latency.Table {
	t.Helper()
	l, err := latency.Default(loadRules(t).Register)
	require.NoError(t, err)
	return l
}

// gain returns how much faster a market's page loads from Singapore than from Beijing, in percent.
// nearness scales the round trip to Beijing.
func gain(l *latency.Table, p pageload.Page, market string, nearness float64, cdn bool) int {
	before := p.FromBeijing(l.RoundTripMs[market][latency.Beijing].Value * nearness)
	return faster(before.Milliseconds(), p.FromSite(l.RoundTripMs[market]["singapore"].Value, cdn).Milliseconds())
}

// TestTheCompanysClaims compares the model with the company's claims about its shop: pages load
// at least 30 % faster in Singapore, Taiwan and Hong Kong, and up to 200 % faster in India. The
// claims are read as gains in speed, since no time can fall by 200 %.
func TestTheCompanysClaims(t *testing.T) {
	l := loadDistances(t)
	for _, market := range []string{"SG", "TW", "HK"} {
		assert.GreaterOrEqual(t, gain(l, l.PageModel(), market, 1, true), 30, market)
	}
	assert.InDelta(t, 200, gain(l, l.PageModel(), "IN", 1, true), 20, "the model is near the claim of up to 200 %%")
}

// TestTheDocumentedSensitivity compares the table in docs/placement.md with the results of the
// model when one assumption changes.
func TestTheDocumentedSensitivity(t *testing.T) {
	docs, err := os.ReadFile("../../docs/placement.md")
	require.NoError(t, err)
	l := loadDistances(t)
	for _, row := range []struct {
		what     string
		change   func(*pageload.Page)
		nearness float64
		cdn      bool
	}{
		{"as in `latency.yaml`", func(*pageload.Page) {}, 1, true},
		{"no CDN", func(*pageload.Page) {}, 1, false},
		{"no loss at the border", func(p *pageload.Page) { p.BorderLossPercent = 0 }, 1, true},
		{"15 % loss, as in slow hours", func(p *pageload.Page) { p.BorderLossPercent = 15 }, 1, true},
		{"Beijing 30 % nearer", func(*pageload.Page) {}, 0.7, true},
		{"Beijing 30 % farther", func(*pageload.Page) {}, 1.3, true},
		{"a line of 6.39 Mbit/s, India's average in 2016", func(p *pageload.Page) { p.LineMbps = 6.39 }, 1, true},
		{"a line of 50 Mbit/s", func(p *pageload.Page) { p.LineMbps = 50 }, 1, true},
		{"60 ms to the exchange", func(p *pageload.Page) { p.AccessMs = 60 }, 1, true},
		{"half the page", func(p *pageload.Page) { p.PageKB, p.Requests = p.PageKB/2, p.Requests/2 }, 1, true},
	} {
		p := l.PageModel()
		row.change(&p)
		cells := []string{row.what}
		for _, market := range []string{"SG", "TW", "HK", "IN"} {
			cells = append(cells, fmt.Sprintf("%d", gain(l, p, market, row.nearness, row.cdn)))
		}
		assert.Contains(t, string(docs), "| "+strings.Join(cells, " | ")+" |\n")
	}
}

// TestTheDocumentedRequests compares the table of first requests in docs/placement.md with the
// results of the model.
func TestTheDocumentedRequests(t *testing.T) {
	docs, err := os.ReadFile("../../docs/placement.md")
	require.NoError(t, err)
	sites, err := siteconfig.LoadAll("../..", loadRules(t))
	require.NoError(t, err)
	page := loadDistances(t).PageModel()
	var table strings.Builder
	table.WriteString("|---|---|---|---|---|\n")
	for _, c := range Compare(sites, loadRules(t), loadDistances(t)) {
		if c.Service != "mi-account" {
			continue
		}
		s := c.Sites[slices.IndexFunc(c.Sites, func(p Prospect) bool { return !p.Planned })]
		fmt.Fprintf(&table, "| %s | %s | %d | %g | %g |\n", c.Market, s.Site, s.RequestMs, 2*(page.AccessMs+s.RoundTripMs), float64(s.RequestMs)-2*(s.RoundTripMs-page.EdgeMs))
	}
	assert.Contains(t, string(docs), table.String())
}
