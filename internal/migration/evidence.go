package migration

import (
	"fmt"
	"time"
)

// Evidence are what people measured of a move, for the program to judge.
type Evidence struct {
	// For is the phase that they are to lead to.
	For Phase
	// Measured is the day, such as 2014-10-20, of all that follow.
	Measured string
	// LagSeconds is how far the copy was behind.
	LagSeconds *int
	// RowsAtOrigin and RowsAtHome are those of the market's tables.
	RowsAtOrigin, RowsAtHome *int
	// ObjectsMissing are those that the copy did not have.
	ObjectsMissing *int
	// ErrorsPerMillion are the requests that the home failed.
	ErrorsPerMillion *int
	// HomeEmpty says that the market has no rows at the home, for a load stops at any.
	HomeEmpty bool
	// WritesForwarded says that the home passes writes on to the origin.
	WritesForwarded bool
	// WritesPaused says that nobody writes until the traffic has followed.
	WritesPaused bool
	// SequencesAdvanced says that those of the side that is to take the writes are beyond
	// all rows, for DMS does not copy them.
	SequencesAdvanced bool
	// Restarted says that the home's database has been since it can be followed.
	Restarted bool
	// ConnectionsTested says that AWS DMS reaches both databases in the direction that the
	// copy is to turn to.
	ConnectionsTested bool
	// SignedOffBy is a role, and SignedOff the day.
	SignedOffBy, SignedOff string
}

// Bounds on the facts.
const (
	maxLagSeconds       = 60
	maxErrorsPerMillion = 1000
	maxFactDays         = 7
)

// needs are the facts without which a step is not taken. The steps that are not here
// leave the origin to serve, as it did. Where the copy turns, it has to have ended: what
// it had not brought yet would be lost.
var needs = map[[2]Phase][]string{
	{AtOrigin, Copying}: {"for", "measured", "homeEmpty"},
	{Copying, Canary}:   {"for", "measured", "lagSeconds", "objectsMissing", "writesForwarded", "signedOff"},
	{Canary, Serving}:   {"for", "measured", "noLag", "rowsAtHome", "objectsMissing", "errorsPerMillion", "writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOff"},
	{Serving, Canary}:   {"for", "measured", "noLag", "rowsAtHome", "objectsMissing", "writesPaused", "sequencesAdvanced", "writesForwarded", "connectionsTested"},
	{Serving, Done}:     {"for", "measured", "objectsMissing", "errorsPerMillion", "signedOff"},
}

// checks say what was found of a fact and what is allowed, which is empty where the
// fact is as it must be.
func (f Evidence) checks(to Phase, today time.Time) map[string]func() (found any, allowed string) {
	atMost := func(value *int, bound int, what string) func() (any, string) {
		return func() (any, string) {
			switch {
			case value == nil:
				return nil, fmt.Sprintf("at most %d %s", bound, what)
			case *value > bound:
				return *value, fmt.Sprintf("at most %d %s", bound, what)
			}
			return nil, ""
		}
	}
	isTrue := func(fact bool, why string) func() (any, string) {
		return func() (any, string) {
			if !fact {
				return fact, "true: " + why
			}
			return nil, ""
		}
	}
	// East of Greenwich the day has begun before it has in UTC.
	lately := func(date string, also bool) (any, string) {
		age, err := time.Parse(time.DateOnly, date)
		if days := today.Sub(age).Hours() / 24; err != nil || days < -1 || days > maxFactDays+1 || !also {
			return date, fmt.Sprintf("a day of the last %d", maxFactDays)
		}
		return nil, ""
	}
	return map[string]func() (any, string){
		"for": func() (any, string) {
			if f.For != to {
				return f.For, string(to)
			}
			return nil, ""
		},
		"noLag":            atMost(f.LagSeconds, 0, "seconds"),
		"measured":         func() (any, string) { return lately(f.Measured, true) },
		"lagSeconds":       atMost(f.LagSeconds, maxLagSeconds, "seconds"),
		"objectsMissing":   atMost(f.ObjectsMissing, 0, "objects"),
		"errorsPerMillion": atMost(f.ErrorsPerMillion, maxErrorsPerMillion, "requests of a million"),
		"rowsAtHome": func() (any, string) {
			switch {
			case f.RowsAtHome == nil || f.RowsAtOrigin == nil:
				return nil, "as many rows as rowsAtOrigin"
			case *f.RowsAtHome != *f.RowsAtOrigin:
				return *f.RowsAtHome, fmt.Sprintf("as many rows as rowsAtOrigin, %d", *f.RowsAtOrigin)
			}
			return nil, ""
		},
		"homeEmpty":         isTrue(f.HomeEmpty, "the market has no rows at the home, where a load would stop at them"),
		"writesForwarded":   isTrue(f.WritesForwarded, "the home passes writes on to the origin"),
		"writesPaused":      isTrue(f.WritesPaused, "nobody writes until the traffic has followed"),
		"sequencesAdvanced": isTrue(f.SequencesAdvanced, "the sequences of the side that is to take the writes are beyond all rows"),
		"connectionsTested": isTrue(f.ConnectionsTested, "AWS DMS has tested the connections of the direction that the copy turns to"),
		"restarted":         isTrue(f.Restarted, "the home's database has been restarted since the copying began"),
		"signedOff": func() (any, string) {
			found, allowed := lately(f.SignedOff, f.SignedOffBy != "" && f.SignedOff >= f.Measured)
			if allowed != "" {
				allowed += ", not before measured, beside the role signedOffBy"
			}
			return found, allowed
		},
	}
}
