package guardrails

import (
	"fmt"
	"time"
)

// Exception is one entry of multisite:exceptions: a rule that one resource may
// break until the end of a day.
type Exception struct {
	// Rule and Resource are what a report names: RULE and TYPE NAME.
	Rule, Resource string
	// Reason is for people.
	Reason string
	// Until is the last day, YYYY-MM-DD, in UTC.
	Until string
}

// Expired reports whether an exception's last day has gone by.
func (e Exception) Expired(now time.Time) bool { return now.UTC().Format(time.DateOnly) > e.Until }

// Warning says that an exception is made use of.
func (e Exception) Warning() string {
	return fmt.Sprintf("exception: %s: rule %s is lifted until %s: %s", e.Resource, e.Rule, e.Until, e.Reason)
}

// excepted notes that an exception has been needed, and says so once.
func (g *Guard) excepted(rule, resource string) bool {
	for _, e := range g.site.Exceptions {
		if e.Rule != rule || e.Resource != resource || e.Expired(g.site.Today) {
			continue
		}
		if !g.used[e] {
			g.used[e] = true
			_ = g.ctx.Log.Warn(e.Warning(), nil)
		}
		return true
	}
	return false
}

// staleExceptions reports those that have ended, and those that nothing needs. What
// a preview does not know of a resource may need it yet.
func (g *Guard) staleExceptions() {
	for _, e := range g.site.Exceptions {
		if e.Expired(g.site.Today) {
			g.broken++
			g.logError(fmt.Sprintf("guardrail: %s: multisite:exceptions: rule %s: found one that ended on %s; allowed: exceptions that have not", e.Resource, e.Rule, e.Until))
			continue
		}
		r := g.known[e.Resource]
		if g.used[e] || r != nil && r.unknowns {
			continue
		}
		g.broken++
		g.logError(fmt.Sprintf("guardrail: %s: multisite:exceptions: rule %s: found one that nothing needs; allowed: exceptions for resources of the stack that break the rule", e.Resource, e.Rule))
	}
}
