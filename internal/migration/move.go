package migration

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/config"
)

// Move is one market of one service on its way.
type Move struct {
	Phase Phase
	// SharePercent is how many of the requests a canary gets.
	SharePercent int
	Evidence     Evidence

	CutOver bool // the home has served it
}

// CheckStep demands that a move goes one step, with the facts that it takes.
func (m Move) CheckStep(n config.Node, from, to Phase, today time.Time) {
	distance := slices.Index(Phases, to) - slices.Index(Phases, from)
	switch {
	case from == to:
		return
	case from == Done:
		n.Log.Add(n.Path+".phase", to, "done, which is not left without an exception from the rule "+PhaseRule)
		return
	case distance*distance > 1:
		n.Log.Add(n.Path+".phase", to, fmt.Sprintf("%s, which the stack is in, or one step from there", from))
		return
	}
	checks := m.Evidence.checks(to, today)
	for _, fact := range needs[[2]Phase{from, to}] {
		if found, allowed := checks[fact](); allowed != "" {
			n.Log.Add(n.Path+".facts."+strings.Replace(fact, "noLag", "lagSeconds", 1), found, fmt.Sprintf("%s, to go from %s to %s", allowed, from, to))
		}
	}
}
