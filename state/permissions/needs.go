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
// needs several.
type Operation struct {
	// Operation is service:Operation.
	Operation string `yaml:"operation"`
	// Actions are the IAM actions in its place. There are none where AWS asks for no permission.
	Actions []string `yaml:"actions"`
	// Source is the URL that says so.
	Source string `yaml:"source"`
}

// Implied is an IAM action that AWS needs for a call besides the call's own.
type Implied struct {
	// By are the operations that need it. A row for which no kind of stack has a call is an error.
	By []string `yaml:"by"`
	// Action is the IAM action.
	Action string `yaml:"action"`
	// Resource is the ARN that it applies to, as Call.Resource; empty is the call's own.
	Resource string `yaml:"resource"`
	// Context are condition keys that AWS sends with it.
	Context map[string]string `yaml:"context"`
	// Source is the URL that says so.
	Source string `yaml:"source"`
}

// Need is an IAM action that a call takes.
type Need struct {
	Call
	Action string
	// Context are condition keys that AWS sends with it, besides what the call tells.
	Context map[string]string
	// Implied is true for what AWS needs besides the call's own action.
	Implied bool
}

// Operations returns operations.yaml.
func Operations() ([]Operation, error) {
	var rows []Operation
	return rows, strict(operationsYAML, "operations.yaml", &rows)
}

// ListImplied returns implied.yaml.
func ListImplied() ([]Implied, error) {
	var rows []Implied
	return rows, strict(impliedYAML, "implied.yaml", &rows)
}

// Needs returns the IAM actions that all calls take.
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
			besides := c
			if row.Resource != "" {
				besides.Resource = row.Resource
			}
			needs = append(needs, Need{besides, row.Action, row.Context, true})
		}
	}
	return needs, nil
}

// Role is what a workflow does with a stack.
type Role string

// The roles of a stack. Each may do what its phases need.
const (
	Preview Role = "preview"
	Drift   Role = "drift"
	Up      Role = "up"
	Destroy Role = "destroy"
)

// Roles lists the roles of a stack.
var Roles = []Role{Preview, Drift, Up, Destroy}

// withheld are the actions that only Destroy may take: a key that is gone takes all
// that it encrypts along.
var withheld = []string{"kms:DeleteAlias", "kms:ScheduleKeyDeletion"}

// Needs reports whether a role has to be allowed what a call takes.
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

// service is the part of an action before the colon.
func service(action string) string {
	prefix, _, _ := strings.Cut(action, ":")
	return prefix
}
