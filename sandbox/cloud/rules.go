package cloud

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
)

// Rules that several services share.

// text returns a string property, or "" where it is absent or not known yet.
func text(p Properties, name string) string {
	s, _ := p[name].(string)
	return s
}

// cidr demands an address block in its canonical form, between two prefix lengths.
func cidr(p Properties, name string, shortest, longest int) []Problem {
	value := text(p, name)
	if value == "" {
		return nil
	}
	block, err := netip.ParsePrefix(value)
	switch {
	case err != nil:
		return []Problem{{name, fmt.Sprintf("%q is not a valid CIDR block", value)}}
	case block != block.Masked():
		return []Problem{{name, fmt.Sprintf("%q is not a valid CIDR block; did you mean %q?", value, block.Masked())}}
	case block.Bits() < shortest || block.Bits() > longest:
		return []Problem{{name, fmt.Sprintf("the block size of %q must be between a /%d and a /%d", value, longest, shortest)}}
	}
	return nil
}

// policy demands a JSON policy document with statements.
func policy(p Properties, name string) []Problem {
	value := text(p, name)
	if value == "" {
		return nil
	}
	var document struct {
		Version   string
		Statement []struct {
			Effect                                 string
			Action, NotAction, Principal, Resource any
		}
	}
	if err := json.Unmarshal([]byte(value), &document); err != nil {
		return []Problem{{name, fmt.Sprintf("contains an invalid JSON policy: %v", err)}}
	}
	if len(document.Statement) == 0 {
		return []Problem{{name, "MalformedPolicyDocument: a policy needs at least one statement"}}
	}
	for i, statement := range document.Statement {
		if statement.Effect != "Allow" && statement.Effect != "Deny" {
			return []Problem{{name, fmt.Sprintf("MalformedPolicyDocument: statement %d: Effect must be Allow or Deny, found %q", i, statement.Effect)}}
		}
		if statement.Action == nil && statement.NotAction == nil {
			return []Problem{{name, fmt.Sprintf("MalformedPolicyDocument: statement %d has no Action", i)}}
		}
	}
	return nil
}

// oneOf demands one of AWS's values.
func oneOf(p Properties, name string, allowed ...string) []Problem {
	if value := text(p, name); value != "" && !slices.Contains(allowed, value) {
		return []Problem{{name, fmt.Sprintf("expected %s to be one of %q, got %s", name, allowed, value)}}
	}
	return nil
}

// siblings are the other resources of the same type and region.
func siblings(a *Account, r *Resource) []*Resource {
	return a.All(func(other *Resource) bool {
		return other.Type == r.Type && other.Region == r.Region && other.ID != r.ID
	})
}
