package permissions

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"multisite/internal/iampolicy"
)

//go:embed scopes.yaml
var scopesYAML []byte

// Scope restricts actions. It becomes one statement.
type Scope struct {
	// Sid is the statement's.
	Sid string `yaml:"sid"`
	// Policy names the managed policy that has the statement.
	Policy string `yaml:"policy"`
	// Kinds are the kinds of stacks that it is for; empty is all.
	Kinds []string `yaml:"kinds"`
	// If names the condition of the template under which there is the statement.
	If string `yaml:"if"`
	// Actions select the actions; the statement lists those that calls need.
	Actions []string `yaml:"actions"`
	// Resources are ARNs; empty is "*".
	Resources []string `yaml:"resources"`
	// Condition is the statement's.
	Condition map[string]map[string]any `yaml:"condition"`
}

// placeholders returns what calls have in place of the templates' parameters. The
// stack global is in us-east-1.
func placeholders(kind string) *strings.Replacer {
	region := "REGION"
	if kind == KindGlobal {
		region = "us-east-1"
	}
	return strings.NewReplacer(
		"${AWS::Partition}", "aws", "${AWS::AccountId}", "ACCOUNT", "${Site}", "SITE", "${Region}", region, "${HostedZoneId}", "*", "REGION", region,
	)
}

// scopes returns scopes.yaml, in order.
func scopes() ([]Scope, error) {
	var rows []Scope
	return rows, strict(scopesYAML, "scopes.yaml", &rows)
}

// policy returns a policy that has the scope as its statement, for a kind of stack.
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

// Request is what AWS decides on for a need. SITE, REGION and ACCOUNT stand for the
// stack's.
func (n Need) Request() iampolicy.Request {
	context := map[string][]string{"aws:RequestedRegion": {"REGION"}}
	if n.Place == "edge" {
		context["aws:RequestedRegion"] = []string{"us-east-1"}
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
	if onObjects[n.Action] && !strings.Contains(resource, "/") { // which the request's body names
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

// onObjects are actions on objects that an operation on a bucket may take.
var onObjects = map[string]bool{"s3:DeleteObject": true, "s3:DeleteObjectVersion": true}

// creates reports whether a need is for something that has no tags yet: that it
// creates, or that AWS made with a VPC.
func (n Need) creates() bool {
	_, operation, _ := strings.Cut(n.Operation, ":")
	return n.Tagged && n.Operation != "ssm:PutParameter" && !strings.Contains(operation, "TagResource") && operation != "TagRole" &&
		operation != "AddTagsToResource" && operation != "AddTagsToCertificate" &&
		(operation != "CreateTags" || strings.Contains(n.Resource, "network-acl") || strings.Contains(n.Resource, "security-group"))
}

// A grant is a scope with the actions that needs take within it.
type grant struct {
	Scope
	actions []string
}

// grantsOf returns, in the order of the scopes, what allows needs. Each need without a
// scope is an error.
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
			faults = append(faults, fmt.Errorf("scopes.yaml: found no entry that allows a site of kind %s %s on %s", kind, n.Action, n.Resource))
		} else if !slices.Contains(grants[i].actions, n.Action) {
			grants[i].actions = append(grants[i].actions, n.Action)
		}
	}
	for i := range grants {
		slices.Sort(grants[i].actions)
	}
	return slices.DeleteFunc(grants, func(g grant) bool { return len(g.actions) == 0 }), errors.Join(faults...)
}

// without leaves out the actions that others have within the same scope.
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
