package migration

import (
	"slices"
	"strings"

	transfer "example.com/multisite/components/migration"
)

// Phase is how far the data of one market of one service has moved out of the data
// centre that the company comes from, its origin.
type Phase string

const (
	// AtOrigin has not begun to move: the origin serves.
	AtOrigin Phase = "origin"
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
var Phases = []Phase{AtOrigin, Copying, Canary, Serving, Done}

// PhaseRule is the one that an exception names to leave Done, to leave out a phase or
// to go on without the facts. Its resources are SERVICE MARKET.
const PhaseRule = "phase"

// Copies reports whether data is copied in a phase, and which way.
func (p Phase) Copies() (transfer.Direction, bool) {
	switch p {
	case Copying, Canary:
		return transfer.ToSite, true
	case Serving:
		return transfer.ToOrigin, true
	default:
		return "", false
	}
}

// CutOverOutput names the output that says that the home has served a market: both
// sides then hold the same, and a copy that turns again has nothing to load.
func CutOverOutput(service, market string) string { return service + ".cutOver." + market }

// PhaseOutput names the stack output that has a market's phase.
func PhaseOutput(service, market string) string { return service + ".phase." + market }

// ShareOutput names the one that has a canary's share.
func ShareOutput(service, market string) string { return service + ".sharePercent." + market }

// IsMoveOutput reports whether a stack output is one of the three kinds above.
func IsMoveOutput(output string) bool {
	return slices.ContainsFunc([]string{PhaseOutput("", ""), ShareOutput("", ""), CutOverOutput("", "")}, func(kind string) bool {
		return strings.Contains(output, kind)
	})
}
