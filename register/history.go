package register

import (
	"errors"
	"fmt"
	"io"
	"time"

	"example.com/multisite/internal/config"
)

// HistoryPath is the path of history.yaml in the repository, for messages.
const HistoryPath = "register/history.yaml"

// Entry states who decided to loosen a part of the register or of the residency rules. The command
// check requires one for each loosened key.
type Entry struct {
	// Key is the loosened key, such as markets.TW.sites. In files outside of register/, the file
	// precedes it: Pulumi.india.yaml multisite:partner.driver.
	Key string
	// Role is the role in the company that decided it, never a person.
	Role string
	// Day is the day of the decision, YYYY-MM-DD.
	Day string
	// Reason is one line of three words or more.
	Reason string
}

// LoadHistory reads the register's history. Empty data has no entries. The error reports all
// problems at once.
func LoadHistory(data []byte) ([]Entry, error) {
	var history struct{ Entries []Entry }
	if err := config.Decode(HistoryPath, data, &history); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	p := &config.Problems{File: HistoryPath}
	for i, entry := range history.Entries {
		path := fmt.Sprintf("entries[%d].", i)
		if !config.OneLine.MatchString(entry.Key) {
			p.Add(path+"key", entry.Key, "a key, such as markets.TW.sites")
		}
		if !config.Role.MatchString(entry.Role) {
			p.Add(path+"role", entry.Role, "a role such as head of data protection, never a person")
		}
		if _, err := time.Parse(time.DateOnly, entry.Day); err != nil {
			p.Add(path+"day", entry.Day, `a day in quotes, such as "2026-01-31"`)
		}
		if !config.Reason.MatchString(entry.Reason) {
			p.Add(path+"reason", entry.Reason, "the reason, in one line of three words or more")
		}
	}
	return history.Entries, p.Err()
}
