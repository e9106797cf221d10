// Package phases reads and checks the configuration of a move: the phases in which the data
// of a market moves from the origin to its site, the facts that each step between phases
// requires, and the databases and object stores of the origin. It copies no data: the resources
// that do are in components/migration.
package phases

import (
	"slices"
	"strings"

	"example.com/multisite/components/migration"
)

// Phase is the phase of the move of one market of one service from the origin, the company's
// data centre in Beijing, to its home, a site.
type Phase string

const (
	// AtOrigin is the phase before the move: the origin serves, and nothing is copied.
	AtOrigin Phase = "origin"
	// Copying loads the data and replicates changes to the home. The origin serves.
	Copying Phase = "copying"
	// Canary sends a share of the requests to the home, which forwards writes to the origin.
	Canary Phase = "canary"
	// Serving sends all requests to the home. Replication to the origin keeps a step back
	// possible.
	Serving Phase = "serving"
	// Done ends the move: no trust in, route to or replication with the origin is left.
	Done Phase = "done"
)

// Phases lists the phases in order. A step leads to a neighbour.
var Phases = []Phase{AtOrigin, Copying, Canary, Serving, Done}

// PhaseRule is the rule that steps between phases follow. An exception from it allows a step that
// leaves Done, skips a phase or lacks facts. The exception's resource is SERVICE MARKET.
const PhaseRule = "phase"

// Copies returns the direction in which data is copied in a phase, and whether it is copied.
func (p Phase) Copies() (migration.Direction, bool) {
	switch p {
	case Copying, Canary:
		return migration.ToSite, true
	case Serving:
		return migration.ToOrigin, true
	default:
		return "", false
	}
}

// CutOverOutput names the stack output that is true once the home has served a market
// (Move.CutOver).
func CutOverOutput(service, market string) string { return service + ".cutOver." + market }

// PhaseOutput names the stack output that holds a market's phase.
func PhaseOutput(service, market string) string { return service + ".phase." + market }

// ShareOutput names the stack output that holds a market's share of requests in percent.
func ShareOutput(service, market string) string { return service + ".sharePercent." + market }

// IsMoveOutput reports whether a stack output is a phase, a share or a cut-over of a market.
func IsMoveOutput(output string) bool {
	return slices.ContainsFunc([]string{PhaseOutput("", ""), ShareOutput("", ""), CutOverOutput("", "")}, func(kind string) bool {
		return strings.Contains(output, kind)
	})
}
