package simulation

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
)

// text returns a string property, or "" if it is absent or unknown.
func text(p Properties, name string) string {
	s, _ := p[name].(string)
	return s
}

// cidr requires an address block in canonical form, with a prefix length within bounds.
func cidr(shortest, longest int) Rule {
	return func(value any) string {
		block, err := netip.ParsePrefix(fmt.Sprint(value))
		switch {
		case err != nil:
			return fmt.Sprintf("%q is not a valid CIDR block", value)
		case block != block.Masked():
			return fmt.Sprintf("%q is not a valid CIDR block; did you mean %q?", value, block.Masked())
		case block.Bits() < shortest || block.Bits() > longest:
			return fmt.Sprintf("the block size of %q must be between a /%d and a /%d", value, longest, shortest)
		}
		return ""
	}
}

// oneOf requires one of the allowed values.
func oneOf(allowed ...string) Rule {
	return func(value any) string {
		if slices.Contains(allowed, fmt.Sprint(value)) {
			return ""
		}
		return fmt.Sprintf("expected one of %q, got %v", allowed, value)
	}
}

// between requires a number within bounds, or one of the exceptions.
func between(least, most float64, exceptions ...float64) Rule {
	return func(value any) string {
		number, _ := value.(float64)
		if number >= least && number <= most || slices.Contains(exceptions, number) {
			return ""
		}
		return fmt.Sprintf("expected a number in the range (%v - %v), got %v", least, most, value)
	}
}

// match requires a value that matches pattern. form describes the pattern in the error.
func match(pattern, form string) Rule {
	expression := regexp.MustCompile(pattern)
	return func(value any) string {
		if expression.MatchString(fmt.Sprint(value)) {
			return ""
		}
		return fmt.Sprintf("%q is invalid: %s", value, form)
	}
}

// policy requires a JSON policy document with statements.
func policy(value any) string {
	var document struct{ Statement any }
	if err := json.Unmarshal(fmt.Append(nil, value), &document); err != nil {
		return fmt.Sprintf("contains an invalid JSON policy: %v", err)
	}
	statements, ok := document.Statement.([]any)
	if !ok {
		statements = []any{document.Statement} // a single statement needs no list
	}
	for i, statement := range statements {
		fields, _ := statement.(map[string]any)
		if fields["Effect"] != "Allow" && fields["Effect"] != "Deny" {
			return fmt.Sprintf("MalformedPolicyDocument: statement %d: Effect must be Allow or Deny, found %v", i, fields["Effect"])
		}
		if fields["Action"] == nil && fields["NotAction"] == nil {
			return fmt.Sprintf("MalformedPolicyDocument: statement %d has no Action", i)
		}
	}
	return ""
}

// required returns a problem for each input that is absent.
func required(p Properties, why string, names ...string) []Problem {
	var problems []Problem
	for _, name := range names {
		if p[name] == nil {
			problems = append(problems, Problem{name, "is required " + why})
		}
	}
	return problems
}

// siblings returns the other resources of the same type and region.
func siblings(a *Account, r *Resource) []*Resource {
	return a.All(func(other *Resource) bool {
		return other.Type == r.Type && other.Region == r.Region && other.ID != r.ID
	})
}
