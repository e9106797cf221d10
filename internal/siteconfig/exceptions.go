package siteconfig

import (
	"time"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/migration"
)

// LossRule is the one that `make check` has beside the guardrails: a stack loses
// no region, key or protection. Its resources are keys of the configuration.
const LossRule = "loss"

// Exception is a rule that is broken on purpose, for a time.
type Exception = guardrails.Exception

// loadExceptions keeps ones that have ended: who needs them finds out.
func loadExceptions(n config.Node) (list []Exception) {
	for _, entry := range n.Elements() {
		entry.Fields("rule", "resource", "reason", "until")
		until := entry.Field("until").Match(config.Day, "a day such as 2026-01-31")
		if _, err := time.Parse(time.DateOnly, until); err != nil && config.Day.MatchString(until) {
			entry.Field("until").Problem("a day such as 2026-01-31")
		}
		list = append(list, Exception{
			Rule:     entry.Field("rule").OneOf("", append(guardrails.Rules(), LossRule, migration.PhaseRule)...),
			Resource: entry.Field("resource").Match(config.OneLine, "TYPE NAME, as the report of the rule has it"),
			Reason:   entry.Field("reason").Match(config.OneLine, "why, in one line"),
			Until:    until,
		})
		if entry.Field("rule").Value == nil {
			entry.Field("rule").Problem("the name of a rule, as its report has it")
		}
	}
	return list
}
