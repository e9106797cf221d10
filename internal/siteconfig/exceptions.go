package siteconfig

import (
	"time"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/phases"
)

// LossRule is the rule of the command check that a stack must not lose a region, key or
// protection. The resource of an exception from it is a key of the configuration.
const LossRule = "loss"

// Exception allows one resource to violate a rule until the end of a day.
type Exception = guardrails.Exception

// loadExceptions also returns expired entries; the guardrails report them.
func loadExceptions(n config.Node) (list []Exception) {
	for _, entry := range n.Elements() {
		entry.Fields("rule", "resource", "reason", "until")
		until := entry.Field("until").Match(config.Day, "a day such as 2026-01-31")
		if _, err := time.Parse(time.DateOnly, until); err != nil && config.Day.MatchString(until) {
			entry.Field("until").Problem("a day such as 2026-01-31")
		}
		list = append(list, Exception{
			Rule:     entry.Field("rule").OneOf("", append(guardrails.ExceptionRules(), LossRule, phases.PhaseRule)...),
			Resource: entry.Field("resource").Match(config.OneLine, "TYPE NAME, as in the report of the rule"),
			Reason:   entry.Field("reason").Match(config.Reason, config.ReasonForm),
			Until:    until,
		})
		if entry.Field("rule").Value == nil {
			entry.Field("rule").Problem("the name of a rule, as in its report")
		}
	}
	return list
}
