// Package phases reads and checks the configuration of a move: the phases in which the data
// of a market moves from the origin to its site, the facts that each step between phases
// requires, and the databases and object stores of the origin. It copies no data: the resources
// that do are in components/migration.
package phases

import (
	"slices"
	"strings"
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
	// Serving sends all requests to the home. If the register has a flow to the origin,
	// replication to the origin keeps a step back possible.
	Serving Phase = "serving"
	// Done ends the move: no trust in, route to or replication with the origin is left.
	Done Phase = "done"
)

// Phases lists the phases in order. A step leads to a neighbour.
var Phases = []Phase{AtOrigin, Copying, Canary, Serving, Done}

// PhaseRule is the rule that steps between phases follow. An exception from it allows a step that
// leaves Done, skips a phase or lacks facts. The exception's resource is SERVICE MARKET.
const PhaseRule = "phase"

// Moving reports whether the move has begun and is not done.
func (p Phase) Moving() bool { return p == Copying || p == Canary || p == Serving }

// CutOverOutput names the stack output that is true once the home has served a market
// (Move.CutOver).
func CutOverOutput(service, market string) string { return service + ".cutOver." + market }

// OneWayOutput names the stack output that is true while the home serves a market without
// replication to the origin. The origin then lacks the market's writes.
func OneWayOutput(service, market string) string { return service + ".oneWay." + market }

// PhaseOutput names the stack output that holds a market's phase.
func PhaseOutput(service, market string) string { return service + ".phase." + market }

// ShareOutput names the stack output that holds a market's share of requests in percent.
func ShareOutput(service, market string) string { return service + ".sharePercent." + market }

// IsMoveOutput reports whether a stack output is on the move of a market.
func IsMoveOutput(output string) bool {
	return slices.ContainsFunc([]string{PhaseOutput("", ""), ShareOutput("", ""), CutOverOutput("", ""), OneWayOutput("", "")}, func(kind string) bool {
		return strings.Contains(output, kind)
	})
}
