package stacks

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"multisite/components"
)

// Phase is how far the data of one market of one service has moved out of the data
// centre that the company comes from, its origin.
type Phase string

const (
	// Origin has not begun to move: the origin serves.
	Origin Phase = "origin"
	// Copying loads the data and keeps it in step; the origin serves.
	Copying Phase = "copying"
	// Canary sends a share of the requests to the new home. Writes still go to the origin.
	Canary Phase = "canary"
	// Serving sends all of them. What is written goes back to the origin too, which
	// keeps the way back.
	Serving Phase = "serving"
	// Done trusts, routes to and copies from the origin no more.
	Done Phase = "done"
)

// Phases lists them in order. Only neighbours may follow one another.
var Phases = []Phase{Origin, Copying, Canary, Serving, Done}

// PhaseRule is the one that an exception names to leave Done, to leave out a phase or
// to go on without the facts. Its resources are SERVICE MARKET.
const PhaseRule = "phase"

// Move is one market of one service on its way.
type Move struct {
	Phase Phase
	// SharePercent is how many of the requests a canary gets.
	SharePercent int
	Facts        Facts

	cutOver bool // the home has served it
}

// Facts are what people measured of a move, for the program to judge.
type Facts struct {
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
	{Origin, Copying}: {"for", "measured", "homeEmpty"},
	{Copying, Canary}: {"for", "measured", "lagSeconds", "objectsMissing", "writesForwarded", "signedOff"},
	{Canary, Serving}: {"for", "measured", "noLag", "rowsAtHome", "objectsMissing", "errorsPerMillion", "writesPaused", "sequencesAdvanced", "restarted", "connectionsTested", "signedOff"},
	{Serving, Canary}: {"for", "measured", "noLag", "rowsAtHome", "objectsMissing", "writesPaused", "sequencesAdvanced", "writesForwarded", "connectionsTested"},
	{Serving, Done}:   {"for", "measured", "objectsMissing", "errorsPerMillion", "signedOff"},
}

// phase is how far a market of a service has moved. What the configuration does not
// name has nothing to move.
func (s *Site) phase(service, market string) Phase {
	if move, moving := s.Services[service].Moves[market]; moving {
		return move.Phase
	}
	return Done
}

// copies reports whether data is copied in a phase, and which way.
func (p Phase) copies() (components.Direction, bool) {
	switch p {
	case Copying, Canary:
		return components.ToSite, true
	case Serving:
		return components.ToOrigin, true
	default:
		return "", false
	}
}

// copied are the markets of a service whose data is, with the way that it goes.
func (s Service) copied() map[string]components.Direction {
	markets := map[string]components.Direction{}
	for market, move := range s.Moves {
		if direction, copied := move.Phase.copies(); copied {
			markets[market] = direction
		}
	}
	return markets
}

// Copying reports whether data of the service is copied between the origin and the site.
func (s Service) Copying() bool { return len(s.copied()) > 0 }

// cutOverOutput names the output that says that the home has served a market: both
// sides then hold the same, and a copy that turns again has nothing to load.
func cutOverOutput(service, market string) string { return service + ".cutOver." + market }

// recall notes what the last update recorded, and for each market that is copied,
// whether its home has served it.
func (s *Site) recall(recorded map[string]any) {
	s.recorded = map[string]any{}
	for output, value := range recorded {
		if value != nil && isMoveOutput(output) {
			s.recorded[output] = value
		}
	}
	for service, entry := range s.Services {
		for market, move := range entry.Moves {
			_, copied := move.Phase.copies()
			before := recorded[cutOverOutput(service, market)] == true
			move.cutOver = copied && (before || move.Phase == Serving)
			entry.Moves[market] = move
		}
	}
}

// phaseOutput names the stack output that has a market's phase.
func phaseOutput(service, market string) string { return service + ".phase." + market }

// shareOutput names the one that has a canary's share.
func shareOutput(service, market string) string { return service + ".sharePercent." + market }

// moveOutputs are the stack's outputs on markets once the configuration is applied. Markets
// that the site serves no more keep their phase, should they come back.
func (s *Site) moveOutputs() map[string]any {
	outputs := map[string]any{}
	for output, value := range s.recorded {
		if strings.Contains(output, phaseOutput("", "")) {
			outputs[output] = value
		}
	}
	for name, service := range s.Services {
		for _, market := range service.Markets {
			move := service.Moves[market]
			outputs[phaseOutput(name, market)] = string(s.phase(name, market))
			if move.cutOver {
				outputs[cutOverOutput(name, market)] = true
			}
			if move.SharePercent > 0 {
				outputs[shareOutput(name, market)] = move.SharePercent
			}
		}
	}
	return outputs
}

// isMoveOutput reports whether a stack output is one of the three kinds above.
func isMoveOutput(output string) bool {
	return slices.ContainsFunc([]string{phaseOutput("", ""), shareOutput("", ""), cutOverOutput("", "")}, func(kind string) bool {
		return strings.Contains(output, kind)
	})
}

// checkSteps holds every step away from the phases that the stack was in, as its
// outputs have them, to the rules. It returns the exceptions that it makes. What was
// not recorded has not begun to move, or has nothing to.
func checkSteps(site *Site, recorded map[string]any, today time.Time) (excepted []Exception, err error) {
	p := &Problems{File: "Pulumi." + site.Name + ".yaml"}
	check := func(service, market string, check func(n node)) {
		found := &Problems{File: p.File}
		check(node{path: namespace + "migration.services." + service + ".markets." + market, log: found})
		if len(found.Lines) == 0 {
			return
		}
		for _, e := range site.Exceptions {
			if e.Rule == PhaseRule && e.Resource == service+" "+market && !e.Expired(today) {
				excepted = append(excepted, e)
				return
			}
		}
		p.Lines = append(p.Lines, found.Lines...)
	}
	for _, output := range names(recorded) {
		service, market, isPhase := strings.Cut(output, phaseOutput("", ""))
		if !isPhase || site.serves(service, market) {
			continue
		}
		if from := Phase(fmt.Sprint(recorded[output])); from != Origin && from != Done {
			check(service, market, func(n node) {
				n.problem(fmt.Sprintf("a market of %s, since it is %s", service, from))
			})
		}
	}
	for _, service := range names(site.Services) {
		for _, market := range site.Services[service].Markets {
			to := site.phase(service, market)
			from, known := recorded[phaseOutput(service, market)].(string)
			if !known && (to == Origin || to == Done) {
				continue
			}
			check(service, market, func(n node) {
				if !known { // the account's roles for the copies come first, with the stack global
					n.log.add(n.path+".phase", to, "origin, to begin with, or done")
					return
				}
				site.Services[service].Moves[market].checkStep(n, Phase(from), to, today)
			})
		}
	}
	return excepted, p.Err()
}

// checkStep demands that a move goes one step, with the facts that it takes.
func (m Move) checkStep(n node, from, to Phase, today time.Time) {
	distance := slices.Index(Phases, to) - slices.Index(Phases, from)
	switch {
	case from == to:
		return
	case from == Done:
		n.log.add(n.path+".phase", to, "done, which is not left without an exception from the rule "+PhaseRule)
		return
	case distance*distance > 1:
		n.log.add(n.path+".phase", to, fmt.Sprintf("%s, which the stack is in, or one step from there", from))
		return
	}
	checks := m.Facts.checks(to, today)
	for _, fact := range needs[[2]Phase{from, to}] {
		if found, allowed := checks[fact](); allowed != "" {
			n.log.add(n.path+".facts."+strings.Replace(fact, "noLag", "lagSeconds", 1), found, fmt.Sprintf("%s, to go from %s to %s", allowed, from, to))
		}
	}
}

// checks say what was found of a fact and what is allowed, which is empty where the
// fact is as it must be.
func (f Facts) checks(to Phase, today time.Time) map[string]func() (found any, allowed string) {
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
