package permissions

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/iampolicy"
)

//go:embed scopes.yaml
var scopesYAML []byte

// Scope is an entry of scopes.yaml. It restricts actions, and becomes one statement.
type Scope struct {
	// Sid is the statement's Sid.
	Sid string `yaml:"sid"`
	// Policy names the managed policy that contains the statement.
	Policy string `yaml:"policy"`
	// Kinds are the kinds of stacks that the scope applies to; empty is all.
	Kinds []string `yaml:"kinds"`
	// If names the template's condition for the statement; empty is none.
	If string `yaml:"if"`
	// Actions are patterns; the statement lists the matching actions that calls need.
	Actions []string `yaml:"actions"`
	// Resources are ARNs; empty is "*".
	Resources []string `yaml:"resources"`
	// Condition is the statement's Condition.
	Condition map[string]map[string]any `yaml:"condition"`
}

// placeholders replaces the templates' parameters with the names that calls use instead.
// The stack global is in us-east-1.
func placeholders(kind string) *strings.Replacer {
	region := "REGION"
	if kind == KindGlobal {
		region = awstypes.EdgeRegion
	}
	return strings.NewReplacer(
		"${AWS::Partition}", "aws", "${AWS::AccountId}", "ACCOUNT", "${Site}", "SITE", "${Region}", region, "${HostedZoneId}", "*", "REGION", region,
	)
}

// scopes returns the entries of scopes.yaml, in order.
func scopes() ([]Scope, error) {
	var rows []Scope
	return rows, strict(scopesYAML, "scopes.yaml", &rows)
}

// policy returns a policy with the scope as its only statement, for a kind of stack.
func (s Scope) policy(kind string) (*iampolicy.Policy, error) {
	resources := s.Resources
	if len(resources) == 0 {
		resources = []string{"*"}
	}
	document, err := json.Marshal(map[string]any{
		"Version": "2012-10-17",
		"Statement": map[string]any{
			"Sid": s.Sid, "Effect": "Allow", "Action": s.Actions, "Resource": resources, "Condition": s.Condition,
		},
	})
	if err != nil {
		return nil, err
	}
	return iampolicy.Parse([]byte(placeholders(kind).Replace(string(document))))
}

// Request returns the request that AWS evaluates for a need. SITE, REGION and ACCOUNT
// stand for the stack's values.
func (n Need) Request() iampolicy.Request {
	context := map[string][]string{"aws:RequestedRegion": {"REGION"}}
	if n.Place == "edge" {
		context["aws:RequestedRegion"] = []string{awstypes.EdgeRegion}
	}
	if n.Tagged {
		context["aws:RequestTag/Site"] = []string{"SITE"}
	}
	if !n.creates() {
		context["aws:ResourceTag/Site"] = []string{"SITE"}
	}
	resource := n.Resource
	if service(n.Action) == "kms" && !strings.HasSuffix(n.Action, "Alias") && strings.Contains(resource, ":alias/") {
		arn, alias, _ := strings.Cut(resource, ":alias/")
		resource, context["kms:ResourceAliases"] = arn+":key/*", []string{"alias/" + alias}
	}
	if onObjects[n.Action] && !strings.Contains(resource, "/") { // the request's body names the objects
		resource += "/*"
	}
	if service(n.Action) == "iam" {
		context["iam:PermissionsBoundary"] = []string{"arn:aws:iam::ACCOUNT:policy/multisite-boundary-SITE"}
	}
	for key, value := range n.Context {
		context[key] = []string{value}
	}
	in := placeholders(n.Kind)
	for _, values := range context {
		values[0] = in.Replace(values[0])
	}
	return iampolicy.Request{Action: n.Action, Resource: in.Replace(resource), Context: context}
}

// onObjects are actions on objects that an operation on a bucket needs.
var onObjects = map[string]bool{"s3:DeleteObject": true, "s3:DeleteObjectVersion": true}

// creates reports whether the need's resource has no tags yet: the call creates it, or AWS
// created it with a VPC.
func (n Need) creates() bool {
	_, operation, _ := strings.Cut(n.Operation, ":")
	return n.Tagged && n.Operation != "ssm:PutParameter" && !strings.Contains(operation, "TagResource") && operation != "TagRole" &&
		operation != "AddTagsToResource" && operation != "AddTagsToCertificate" &&
		(operation != "CreateTags" || strings.Contains(n.Resource, "network-acl") || strings.Contains(n.Resource, "security-group"))
}

// A grant is a scope with the actions of the needs that it allows.
type grant struct {
	Scope
	actions []string
}

// grantsOf returns the grants that allow the needs, in the order of the scopes. Each need
// without a scope is an error.
func grantsOf(kind string, needs []Need) ([]grant, error) {
	rows, err := scopes()
	if err != nil {
		return nil, err
	}
	var grants []grant
	var policies []*iampolicy.Policy
	for _, row := range rows {
		if len(row.Kinds) > 0 && !slices.Contains(row.Kinds, kind) {
			continue
		}
		policy, err := row.policy(kind)
		if err != nil {
			return nil, fmt.Errorf("scopes.yaml: %s: %w", row.Sid, err)
		}
		grants, policies = append(grants, grant{row, nil}), append(policies, policy)
	}
	var faults []error
	for _, n := range needs {
		i := slices.IndexFunc(policies, func(p *iampolicy.Policy) bool {
			return iampolicy.Decide(n.Request(), iampolicy.Layer{p}).Allowed
		})
		if i < 0 {
			faults = append(faults, fmt.Errorf("scopes.yaml: %s on %s: found no entry that allows it for stacks of kind %s; allowed: an entry with this action and resource", n.Action, n.Resource, kind))
		} else if !slices.Contains(grants[i].actions, n.Action) {
			grants[i].actions = append(grants[i].actions, n.Action)
		}
	}
	for i := range grants {
		slices.Sort(grants[i].actions)
	}
	return slices.DeleteFunc(grants, func(g grant) bool { return len(g.actions) == 0 }), errors.Join(faults...)
}

// without returns grants without the actions that others have in the same scope.
func without(grants, others []grant) []grant {
	var left []grant
	for _, g := range grants {
		i := slices.IndexFunc(others, func(o grant) bool { return o.Sid == g.Sid })
		if i >= 0 {
			g.actions = slices.DeleteFunc(slices.Clone(g.actions), func(action string) bool { return slices.Contains(others[i].actions, action) })
		}
		if len(g.actions) > 0 {
			left = append(left, g)
		}
	}
	return left
}
