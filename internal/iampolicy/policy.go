// Package iampolicy evaluates whether policies allow a request, as AWS does.
//
// It implements the evaluation of identity policies, permission boundaries, service control
// policies and resource control policies:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html.
// It does not evaluate resource policies, session policies or principals other than all, and
// calls no cloud.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Policy is a policy document.
type Policy struct {
	Version    string     `json:"Version"`
	ID         string     `json:"Id,omitempty"`
	Statements statements `json:"Statement"`
}

// Statement is one statement of a Policy.
type Statement struct {
	Sid         string    `json:"Sid,omitempty"`
	Effect      string    `json:"Effect"`
	Principal   string    `json:"Principal,omitempty"` // of resource control policies: all
	Action      list      `json:"Action,omitempty"`
	NotAction   list      `json:"NotAction,omitempty"`
	Resource    list      `json:"Resource,omitempty"`
	NotResource list      `json:"NotResource,omitempty"`
	Condition   condition `json:"Condition,omitempty"`
}

// condition has values by operator and context key.
type condition map[string]map[string]list

// list is a JSON array of strings, numbers and booleans, or one such value.
type list []string

// statements is a JSON array of statements, or one statement.
type statements []Statement

// Request is one action on one resource.
type Request struct {
	// Action is an action such as s3:GetObject.
	Action string
	// Resource is an ARN, or * for an action that supports no resources.
	Resource string
	// Context holds the values of condition keys. Names of keys are case-insensitive.
	Context map[string][]string
}

// Layer is a set of policies of one kind: an identity's policies, its permission boundary,
// or the service control policies at one level of an organization.
type Layer []*Policy

// Decision is the outcome of an evaluation.
type Decision struct {
	Allowed bool
	// By is the statement that denied the request, or the last statement that allowed it.
	// It is nil if a layer has no statement that allows the request.
	By *Statement
	// Layer is the index of the layer that decided.
	Layer int
}

// Parse reads a policy document. Its error reports all faults that Decide could not evaluate:
// unknown members and operators, and effects, actions or resources that are missing or given
// twice.
func Parse(document []byte) (*Policy, error) {
	var p Policy
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		return nil, err
	}
	var faults []error
	if p.Version != "2012-10-17" {
		faults = append(faults, fmt.Errorf("element Version: found %q; allowed: 2012-10-17", p.Version))
	}
	for i, s := range p.Statements {
		if err := s.check(); err != nil {
			faults = append(faults, fmt.Errorf("statement %d %s: %w", i, s.Sid, err))
		}
	}
	return &p, errors.Join(faults...)
}

// Decide evaluates a request: a Deny in any layer denies it, and each layer must allow it.
func Decide(request Request, layers ...Layer) Decision {
	for i, layer := range layers {
		if s := layer.first("Deny", request); s != nil {
			return Decision{false, s, i}
		}
	}
	decision := Decision{}
	for i, layer := range layers {
		s := layer.first("Allow", request)
		decision = Decision{s != nil, s, i}
		if s == nil {
			break
		}
	}
	return decision
}

// check reports the faults of a statement.
func (s Statement) check() error {
	var faults []error
	if s.Effect != "Allow" && s.Effect != "Deny" {
		faults = append(faults, fmt.Errorf("element Effect: found %q; allowed: Allow, Deny", s.Effect))
	}
	if s.Principal != "" && s.Principal != "*" {
		faults = append(faults, fmt.Errorf("element Principal: found %q; allowed: none, or *", s.Principal))
	}
	if (len(s.Action) == 0) == (len(s.NotAction) == 0) {
		faults = append(faults, fmt.Errorf("elements Action, NotAction: found %s; allowed: either Action or NotAction", neitherOrBoth(s.Action)))
	}
	if (len(s.Resource) == 0) == (len(s.NotResource) == 0) {
		faults = append(faults, fmt.Errorf("elements Resource, NotResource: found %s; allowed: either Resource or NotResource", neitherOrBoth(s.Resource)))
	}
	for name, keys := range s.Condition {
		if _, err := parseOperator(name); err != nil {
			faults = append(faults, err)
		}
		for key, values := range keys {
			if len(values) == 0 {
				faults = append(faults, fmt.Errorf("element Condition: %s: %s: found no value; allowed: one or more", name, key))
			}
		}
	}
	return errors.Join(faults...)
}

// first returns the first statement of an effect that applies to a request.
func (l Layer) first(effect string, request Request) *Statement {
	for _, policy := range l {
		for i := range policy.Statements {
			if s := &policy.Statements[i]; s.Effect == effect && s.applies(request) {
				return s
			}
		}
	}
	return nil
}

// applies reports whether a statement matches a request.
func (s Statement) applies(r Request) bool {
	is := func(patterns list, value string, fold bool) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			expanded, known := r.expand(pattern, fold)
			return known && glob(expanded, value, fold)
		})
	}
	if len(s.Action) > 0 && !is(s.Action, r.Action, true) || len(s.NotAction) > 0 && is(s.NotAction, r.Action, true) {
		return false
	}
	if len(s.Resource) > 0 && !is(s.Resource, r.Resource, false) || len(s.NotResource) > 0 && is(s.NotResource, r.Resource, false) {
		return false
	}
	for name, keys := range s.Condition {
		o, err := parseOperator(name)
		if err != nil {
			return s.Effect == "Deny" // unreachable: Parse refuses unknown operators
		}
		for key, values := range keys {
			if !o.holds(r, key, values) {
				return false
			}
		}
	}
	return true
}

// values returns the values of a condition key.
func (r Request) values(key string) ([]string, bool) {
	for name, values := range r.Context {
		if strings.EqualFold(name, key) && len(values) > 0 {
			return values, true
		}
	}
	return nil, false
}

// UnmarshalJSON reads an array or one value.
func (l *list) UnmarshalJSON(data []byte) error {
	var values []any
	if err := json.Unmarshal(data, &values); err != nil {
		var value any
		if err := json.Unmarshal(data, &value); err != nil {
			return err
		}
		values = []any{value}
	}
	for _, value := range values {
		switch value.(type) {
		case string, float64, bool:
			*l = append(*l, fmt.Sprint(value))
		default:
			return fmt.Errorf("found %v; allowed: a string, a number or a boolean", value)
		}
	}
	return nil
}

// UnmarshalJSON reads an array or one statement. Unknown members are errors.
func (s *statements) UnmarshalJSON(data []byte) error {
	if data = bytes.TrimSpace(data); !bytes.HasPrefix(data, []byte("[")) {
		data = slices.Concat([]byte("["), data, []byte("]"))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode((*[]Statement)(s))
}

// neitherOrBoth states for a message whether two exclusive elements are both missing or both
// given, by the first of the two.
func neitherOrBoth(first list) string {
	if len(first) == 0 {
		return "neither"
	}
	return "both"
}
