package phases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/components/migration"
	"example.com/multisite/internal/config"
)

// Move is the move of one market of one service from the origin to its home.
type Move struct {
	Phase Phase
	// SharePercent is the share of the requests that the home gets in the phase canary, 1 to
	// 99. It is 0 in all other phases.
	SharePercent int
	// Evidence has the facts for the step to Phase.
	Evidence Evidence

	// CutOver reports whether the home has served the market. Both sides then hold the same
	// data, and replication that reverses again has nothing to load.
	CutOver bool
	// WayBack reports whether the register has a flow of the market's data to the origin, and the
	// home has not served without it. Otherwise nothing is copied in the phase serving, and no
	// step leads from serving to canary.
	WayBack bool
}

// Copies returns the direction in which data is copied in the move's phase, and whether it is
// copied.
func (m Move) Copies() (migration.Direction, bool) {
	switch m.Phase {
	case Copying, Canary:
		return migration.ToSite, true
	case Serving:
		return migration.ToOrigin, m.WayBack
	default:
		return "", false
	}
}

// CheckStep reports a step from one phase to another that is not to a neighbour of Phases, that
// leaves Done, or that lacks facts. A larger share of the requests in the phase Canary is a step too;
// share is the share before. n is the node of the move.
func (m Move) CheckStep(n config.Node, from, to Phase, share int, today time.Time) {
	distance := slices.Index(Phases, to) - slices.Index(Phases, from)
	switch {
	case from == to && (to != Canary || m.SharePercent <= share):
		return
	case from == Done:
		n.Log.Add(n.Path+".phase", to, "done, which no step leaves without an exception from the rule "+PhaseRule)
		return
	case distance*distance > 1:
		n.Log.Add(n.Path+".phase", to, fmt.Sprintf("%s, which the stack is in, or one step from there", from))
		return
	case from == Serving && to == Canary && !m.WayBack:
		n.Log.Add(n.Path+".phase", to, fmt.Sprintf("serving or done: the origin lacks what was written since the cut-over, because the data may not flow there. "+
			"Restore the home (docs/migration.md, \"Without a way back\"), or add an exception from the rule %s", PhaseRule))
		return
	}
	checks := m.Evidence.checks(to, today)
	for _, name := range required[[2]Phase{from, to}] {
		if !m.WayBack && from == Canary && slices.Contains(wayBackFacts, name) {
			continue
		}
		if found, allowed := checks[name](); allowed != "" {
			step := fmt.Sprintf("to go from %s to %s", from, to)
			if from == to {
				step = fmt.Sprintf("to raise sharePercent from %d to %d", share, m.SharePercent)
			}
			n.Log.Add(n.Path+".facts."+strings.Replace(name, "noLag", "lagSeconds", 1), found, allowed+", "+step)
		}
	}
}
