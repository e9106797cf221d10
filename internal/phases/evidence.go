package phases

import (
	"fmt"
	"time"
)

// Evidence has the facts that people measured and confirmed about a move: the key facts of the
// move's configuration. A step to the next phase is refused without the facts that it requires.
type Evidence struct {
	// For is the phase that the facts are for.
	For Phase
	// Measured is the date of all measurements, such as 2014-10-20.
	Measured string
	// LagSeconds is the replication lag of the database.
	LagSeconds *int
	// RowsAtOrigin and RowsAtHome are the numbers of rows of the market's tables.
	RowsAtOrigin, RowsAtHome *int
	// ObjectsMissing is the number of objects that were not copied yet.
	ObjectsMissing *int
	// ErrorsPerMillion is the number of requests of a million that failed at the home's entry, its
	// load balancer (docs/migration.md, "Errors at the entry").
	ErrorsPerMillion *int
	// HomeEmpty reports whether the home has no rows of the market. The load fails at rows that
	// exist.
	HomeEmpty bool
	// WritesForwarded reports whether the home forwards writes to the origin.
	WritesForwarded bool
	// WritesPaused reports whether no client writes, at either end, until the traffic has moved.
	WritesPaused bool
	// SequencesAdvanced reports whether the sequences of the side that will take the writes are
	// beyond all rows. DMS does not copy sequences.
	SequencesAdvanced bool
	// Restarted reports whether the home's database was restarted after the copying began,
	// which logical replication from it requires.
	Restarted bool
	// ConnectionsTested reports whether AWS DMS has connected to both databases in the
	// direction of the replication in the next phase.
	ConnectionsTested bool
	// SignedOffBy is the role that approved the step, and SignedOff the date of the approval.
	SignedOffBy, SignedOff string
}

// Limits of the facts, which docs/migration.md lists.
const (
	maxLagSeconds       = 60
	maxErrorsPerMillion = 1000
	maxEvidenceDays     = 7
)

// required has the facts that each step requires, by key; noLag is lagSeconds with 0 as its
// limit. Steps that are not listed require none: the origin serves before and after them. Before
// replication reverses, its lag must be zero, or writes are lost.
var required = map[[2]Phase][]string{
	{AtOrigin, Copying}: {"for", "measured", "homeEmpty"},
	{Copying, Canary}:   {"for", "measured", "lagSeconds", "objectsMissing", "writesForwarded", "signedOff"},
	{Canary, Canary}:    {"for", "measured", "errorsPerMillion"},
	{Canary, Serving}:   {"for", "measured", "noLag", "rowsAtHome", "objectsMissing", "errorsPerMillion", "writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOff"},
	{Serving, Canary}:   {"for", "measured", "noLag", "rowsAtHome", "objectsMissing", "writesPaused", "sequencesAdvanced", "writesForwarded", "connectionsTested"},
	{Serving, Done}:     {"for", "measured", "objectsMissing", "errorsPerMillion", "signedOff"},
}

// wayBackFacts are the facts on replication to the origin. The step to Serving does not require
// them of a market without a way back.
var wayBackFacts = []string{"restarted", "connectionsTested"}

// checks returns the checks of the facts for a step to a phase, by the names in required. A
// check returns the value that was found and the values that are allowed. Allowed is empty if the
// fact suffices.
func (e Evidence) checks(to Phase, today time.Time) map[string]func() (found any, allowed string) {
	atMost := func(value *int, bound int, unit string) func() (any, string) {
		return func() (any, string) {
			switch {
			case value == nil:
				return nil, fmt.Sprintf("at most %d %s", bound, unit)
			case *value > bound:
				return *value, fmt.Sprintf("at most %d %s", bound, unit)
			}
			return nil, ""
		}
	}
	isTrue := func(fact bool, meaning string) func() (any, string) {
		return func() (any, string) {
			if !fact {
				return fact, "true: " + meaning
			}
			return nil, ""
		}
	}
	// One day more on either side, since dates are of any time zone.
	recent := func(date string, valid bool) (any, string) {
		day, err := time.Parse(time.DateOnly, date)
		if days := today.Sub(day).Hours() / 24; err != nil || days < -1 || days > maxEvidenceDays+1 || !valid {
			return date, fmt.Sprintf("a day of the last %d", maxEvidenceDays)
		}
		return nil, ""
	}
	return map[string]func() (any, string){
		"for": func() (any, string) {
			if e.For != to {
				return e.For, string(to)
			}
			return nil, ""
		},
		"noLag":            atMost(e.LagSeconds, 0, "seconds"),
		"measured":         func() (any, string) { return recent(e.Measured, true) },
		"lagSeconds":       atMost(e.LagSeconds, maxLagSeconds, "seconds"),
		"objectsMissing":   atMost(e.ObjectsMissing, 0, "objects"),
		"errorsPerMillion": atMost(e.ErrorsPerMillion, maxErrorsPerMillion, "requests of a million"),
		"rowsAtHome": func() (any, string) {
			switch {
			case e.RowsAtHome == nil || e.RowsAtOrigin == nil:
				return nil, "as many rows as rowsAtOrigin"
			case *e.RowsAtHome != *e.RowsAtOrigin:
				return *e.RowsAtHome, fmt.Sprintf("as many rows as rowsAtOrigin, %d", *e.RowsAtOrigin)
			}
			return nil, ""
		},
		"homeEmpty":         isTrue(e.HomeEmpty, "the home has no rows of the market, since the load fails at rows that exist"),
		"writesForwarded":   isTrue(e.WritesForwarded, "the home forwards writes to the origin"),
		"writesPaused":      isTrue(e.WritesPaused, "no client writes, at either end, until the traffic has moved"),
		"sequencesAdvanced": isTrue(e.SequencesAdvanced, "the sequences of the side that will take the writes are beyond all rows"),
		"connectionsTested": isTrue(e.ConnectionsTested, "AWS DMS has tested the connections of the new direction of replication"),
		"restarted":         isTrue(e.Restarted, "the home's database was restarted after the copying began"),
		"signedOff": func() (any, string) {
			found, allowed := recent(e.SignedOff, e.SignedOffBy != "" && e.SignedOff >= e.Measured)
			if allowed != "" {
				allowed += ", not before measured, together with the role signedOffBy"
			}
			return found, allowed
		},
	}
}
