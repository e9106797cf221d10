package check

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/multisite/internal/config"
	"example.com/multisite/register"
)

// maxEntryDays is how long before today the day of a new entry of the register's history may be.
const maxEntryDays = 90

// checkHistory returns an error for each loosening without a new entry in the register's history, for
// each entry of the base that was changed or removed, and for new entries that allow nothing.
func checkHistory(b *base, loosened []loosening, today time.Time) error {
	old, data, err := b.read(register.HistoryPath)
	if err != nil {
		return err
	}
	had, err := register.LoadHistory(old)
	if err != nil {
		return fmt.Errorf("%s: %w", b.branch, err)
	}
	has, err := register.LoadHistory(data)
	if err != nil {
		return err
	}
	var problems []error
	p := &config.Problems{File: register.HistoryPath}
	for _, entry := range had {
		if !slices.Contains(has, entry) {
			p.Add(entry.Key, nil, fmt.Sprintf("the entry of %s by %s, as in %s: entries are neither changed nor removed", entry.Day, entry.Role, b.branch))
		}
	}
	first, last := today.UTC().AddDate(0, 0, -maxEntryDays).Format(time.DateOnly), today.UTC().Format(time.DateOnly)
	signed := map[string]bool{}
	for _, entry := range has {
		switch {
		case slices.Contains(had, entry):
			continue
		case !slices.ContainsFunc(loosened, func(l loosening) bool { return l.name == entry.Key }):
			p.Add(entry.Key, "a new entry", "new entries for keys that this change loosens")
		case entry.Day < first || entry.Day > last:
			p.Add(entry.Key+": day", entry.Day, "a day from "+first+" to "+last)
		}
		signed[entry.Key] = true
	}
	for _, l := range loosened {
		if !signed[l.name] {
			problems = append(problems, fmt.Errorf("%s: %s: found %s; allowed: %s, as in %s, or a new entry for %q in %s",
				l.file, l.key, text(l.after), text(l.before), b.branch, l.name, register.HistoryPath))
		}
	}
	return errors.Join(append(problems, p.Err())...)
}
