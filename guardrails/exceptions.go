package guardrails

import (
	"fmt"
	"time"

	"example.com/multisite/internal/diagnostic"
)

// Exception allows one resource to break one rule until the end of a day. The program reads
// exceptions from the configuration key multisite:exceptions.
type Exception struct {
	// Rule is the name of a rule, and Resource is TYPE NAME of a resource, both as reports
	// print them: "flow" and "aws:s3:BucketV2 oregon-mi-cloud-photos".
	Rule, Resource string
	// Reason is printed with every use of the exception, in one line.
	Reason string
	// Until is the last day of the exception in UTC, YYYY-MM-DD.
	Until string
}

// MaxExceptionDays is how far ahead the last day of an exception may be.
const MaxExceptionDays = 90

// InForce reports whether the exception allows anything on a day.
func (e Exception) InForce(now time.Time) bool { return e.Problem(now) == "" }

// Problem returns why an exception is not in force on a day. It is empty if the exception is
// in force. Rules on residency have no exceptions: they enforce the law.
func (e Exception) Problem(now time.Time) string {
	last := now.UTC().AddDate(0, 0, MaxExceptionDays).Format(time.DateOnly)
	switch {
	case isOnResidency(e.Rule):
		return "found an exception from a rule on residency; allowed: none, since the rule enforces the law"
	case e.Until < now.UTC().Format(time.DateOnly):
		return fmt.Sprintf("expired on %s; renew or remove it", e.Until)
	case e.Until > last:
		return fmt.Sprintf("found an expiry on %s; allowed: at most %d days from now, %s", e.Until, MaxExceptionDays, last)
	}
	return ""
}

// Warning returns the line that the program logs when a resource uses the exception.
func (e Exception) Warning() string {
	return diagnostic.Exception.Line(fmt.Sprintf("%s: rule %s does not apply until %s: %s", e.Resource, e.Rule, e.Until, e.Reason))
}

// isExcepted reports whether an exception allows a resource to break a rule. It records the use,
// and logs it once.
func (g *Guard) isExcepted(rule, resource string) bool {
	for _, e := range g.site.Exceptions {
		if e.Rule != rule || e.Resource != resource || !e.InForce(g.site.Today) {
			continue
		}
		if !g.usedExceptions[e] {
			g.usedExceptions[e] = true
			_ = g.ctx.Log.Warn(e.Warning(), nil)
		}
		return true
	}
	return false
}

// checkExceptions reports exceptions that are not in force, and unused exceptions. It accepts an unused one for a resource
// with unknown inputs, since those inputs may break the rule in the update.
func (g *Guard) checkExceptions() {
	for _, e := range g.site.Exceptions {
		problem, r := e.Problem(g.site.Today), g.named(e.Resource)
		if problem == "" {
			if g.usedExceptions[e] || r != nil && r.unknowns {
				continue
			}
			problem = "found an exception without effect; allowed: exceptions for resources of this stack that break the rule"
		}
		g.logError(diagnostic.Guardrail.Line(fmt.Sprintf("%s: multisite:exceptions: rule %s: %s", e.Resource, e.Rule, problem)))
	}
}
