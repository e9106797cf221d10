package check

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHistory appends to the register's history, and changes what origin/main has of it.
func TestHistory(t *testing.T) {
	r := newLawRepository(t)
	entry := func(key, day string) string {
		return `  - {key: ` + key + `, role: head of data protection, day: "` + day + `", reason: the authority allows it}` + "\n"
	}
	earlier := "entries:\n" + entry("markets.TW.sites", "2025-01-01")
	r.write(history, earlier)
	r.commit()
	const unsigned = law + `: markets.TW.sites: found singapore, oregon; allowed: singapore, as in origin/main, or a new entry for "markets.TW.sites" in register/history.yaml`
	for _, row := range []struct {
		name, history string
		loosened      bool
		reports       []string
	}{
		{"no change", earlier, false, nil},
		{"an entry of today", earlier + entry("markets.TW.sites", "2026-01-31"), true, nil},
		{"an entry of 90 days ago", earlier + entry("markets.TW.sites", "2025-11-02"), true, nil},
		{"an entry before others", "entries:\n" + entry("markets.TW.sites", "2026-01-31") + strings.TrimPrefix(earlier, "entries:\n"), true, nil},
		{"only an entry of origin/main", earlier, true, []string{unsigned}},
		{"the entry of origin/main twice", earlier + entry("markets.TW.sites", "2025-01-01"), true, []string{unsigned}},
		{"an entry of 91 days ago", earlier + entry("markets.TW.sites", "2025-11-01"), true, []string{`register/history.yaml: markets.TW.sites: day: found "2025-11-01"; allowed: a day from 2025-11-02 to 2026-01-31`}},
		{"an entry of tomorrow", earlier + entry("markets.TW.sites", "2026-02-01"), true, []string{`register/history.yaml: markets.TW.sites: day: found "2026-02-01"; allowed: a day from 2025-11-02 to 2026-01-31`}},
		{"an entry for another key", earlier + entry("markets.TW", "2026-01-31"), true, []string{unsigned, `register/history.yaml: markets.TW: found "a new entry"; allowed: new entries for keys that this change loosens`}},
		{"an entry in advance", earlier + entry("markets.SG.sites", "2026-01-31"), false, []string{`register/history.yaml: markets.SG.sites: found "a new entry"; allowed: new entries for keys that this change loosens`}},
		{"a removed entry", "entries: []\n", false, []string{`register/history.yaml: markets.TW.sites: found nothing; allowed: the entry of 2025-01-01 by head of data protection, as in origin/main: entries are neither changed nor removed`}},
		{"a changed entry", strings.Replace(earlier, "authority", "ministry", 1), false, []string{
			"2 problems:",
			`register/history.yaml: markets.TW.sites: found nothing; allowed: the entry of 2025-01-01 by head of data protection, as in origin/main: entries are neither changed nor removed`,
			`register/history.yaml: markets.TW.sites: found "a new entry"; allowed: new entries for keys that this change loosens`,
		}},
		{"an entry that names a person and gives no reason", earlier + `  - {key: "", role: someone@example.com, day: soon, reason: approved}`, false, []string{
			"4 problems:",
			`register/history.yaml: entries[1].key: found nothing; allowed: a key, such as markets.TW.sites`,
			`register/history.yaml: entries[1].role: found "someone@example.com"; allowed: a role such as head of data protection, never a person`,
			`register/history.yaml: entries[1].day: found "soon"; allowed: a day in quotes, such as "2026-01-31"`,
			`register/history.yaml: entries[1].reason: found "approved"; allowed: the reason, in one line of three words or more`,
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if row.loosened {
				defer r.replace(law, "TW: {sites: [singapore]", "TW: {sites: [singapore, oregon]")()
			}
			defer r.write(history, earlier)
			r.write(history, row.history)
			assert.Equal(t, row.reports, r.check())
		})
	}
	t.Run("the deleted file", func(t *testing.T) {
		defer r.write(history, earlier)
		require.NoError(t, os.Remove(r.path(history)))
		require.Len(t, r.check(), 1)
	})
}
