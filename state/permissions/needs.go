package permissions

import (
	_ "embed"
	"errors"
	"slices"
	"strings"
)

//go:embed operations.yaml
var operationsYAML []byte

//go:embed implied.yaml
var impliedYAML []byte

// Operation is an operation of the AWS API whose IAM action has another name, or that
// needs several actions.
type Operation struct {
	// Operation is service:Operation.
	Operation string `yaml:"operation"`
	// Actions are the IAM actions that the operation needs; empty if AWS requires no permission.
	Actions []string `yaml:"actions"`
	// Source is the URL that documents the actions.
	Source string `yaml:"source"`
}

// Implied is an IAM action that AWS requires for a call in addition to the call's own action.
type Implied struct {
	// By are the operations that need the action. Each must be a call of some kind of stack.
	By []string `yaml:"by"`
	// Action is the IAM action.
	Action string `yaml:"action"`
	// Resource is the ARN that the action applies to, as Call.Resource; empty is the call's resource.
	Resource string `yaml:"resource"`
	// Context are condition keys that AWS evaluates with the action.
	Context map[string]string `yaml:"context"`
	// Source is the URL that documents the action.
	Source string `yaml:"source"`
}

// Need is an IAM action that a call needs.
type Need struct {
	Call
	Action string
	// Context are condition keys in addition to the keys that Request derives from the call.
	Context map[string]string
	// Implied is true if the action is not the call's own action.
	Implied bool
}

// Operations returns the rows of operations.yaml.
func Operations() ([]Operation, error) {
	var rows []Operation
	return rows, strict(operationsYAML, "operations.yaml", &rows)
}

// ListImplied returns the rows of implied.yaml.
func ListImplied() ([]Implied, error) {
	var rows []Implied
	return rows, strict(impliedYAML, "implied.yaml", &rows)
}

// Needs returns the IAM actions that all calls need.
func Needs() ([]Need, error) {
	calls, err := Calls()
	operations, err2 := Operations()
	implied, err3 := ListImplied()
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	var needs []Need
	for _, c := range calls {
		actions := []string{c.Operation}
		for _, o := range operations {
			if o.Operation == c.Operation {
				actions = o.Actions
			}
		}
		for _, action := range actions {
			needs = append(needs, Need{c, action, nil, false})
		}
		for _, row := range implied {
			if !slices.Contains(row.By, c.Operation) {
				continue
			}
			other := c
			if row.Resource != "" {
				other.Resource = row.Resource
			}
			needs = append(needs, Need{other, row.Action, row.Context, true})
		}
	}
	return needs, nil
}

// Role is a role of a workflow for one stack.
type Role string

// The roles of a stack. Each is allowed the actions that its phases need.
const (
	Preview Role = "preview"
	Drift   Role = "drift"
	Up      Role = "up"
	Destroy Role = "destroy"
)

// Roles lists the roles of a stack.
var Roles = []Role{Preview, Drift, Up, Destroy}

// withheld are the actions that only Destroy is allowed, because data is lost if its key is
// deleted.
var withheld = []string{"kms:DeleteAlias", "kms:ScheduleKeyDeletion"}

// Needs reports whether the role must be allowed the action.
func (r Role) Needs(n Need) bool {
	in := func(phases ...string) bool {
		return slices.ContainsFunc(n.Phases, func(phase string) bool { return slices.Contains(phases, phase) })
	}
	switch r {
	case Preview:
		return in(PhasePreview)
	case Drift:
		return in(PhasePreview, PhaseRefresh)
	case Up:
		return !slices.Contains(withheld, n.Action)
	case Destroy:
		return in(PhasePreview, PhaseRefresh, PhaseCreate, PhaseChange, PhaseDestroy)
	}
	return false
}

// service returns the part of an action before the colon.
func service(action string) string {
	prefix, _, _ := strings.Cut(action, ":")
	return prefix
}
