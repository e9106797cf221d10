package permissions

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"
)

//go:embed roles.yaml.tmpl
var skeleton string

// A policy is a managed policy of a template.
type policy struct {
	Name   string
	Roles  []Role
	grants []grant
}

// data is the input of roles.yaml.tmpl, a text/template.
type data struct {
	Kind     string
	Policies []policy
	preview  []grant
	all      []grant
	needs    []Need
}

// Template returns the CloudFormation template with the roles of one kind of stack.
func Template(kind string) (string, error) {
	needs, err := Needs()
	if err != nil {
		return "", err
	}
	d, err := newData(kind, needs)
	if err != nil {
		return "", err
	}
	t, err := template.New("roles").Parse(skeleton)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, d); err != nil {
		return "", err
	}
	return text.String(), nil
}

// newData sorts the roles' needs into policies: the reads of a refresh, which drift, up and
// destroy share, then the changes by subject.
func newData(kind string, all []Need) (*data, error) {
	d := &data{Kind: kind}
	of := func(keep func(Need) bool) ([]grant, error) {
		var needs []Need
		for _, n := range all {
			if n.Kind == kind && keep(n) {
				needs = append(needs, n)
			}
		}
		return grantsOf(kind, needs)
	}
	grants := map[Role][]grant{}
	for _, role := range Roles {
		var err error
		if grants[role], err = of(role.Needs); err != nil {
			return nil, err
		}
	}
	var err error
	if d.all, err = of(func(Need) bool { return true }); err != nil {
		return nil, err
	}
	for _, n := range all {
		if n.Kind == kind {
			d.needs = append(d.needs, n)
		}
	}
	d.preview = grants[Preview]
	checks := without(without(grants[Up], grants[Destroy]), grants[Drift])
	changes := without(without(grants[Up], grants[Drift]), checks)
	d.add("read", []Role{Drift, Up, Destroy}, grants[Drift])
	for _, g := range changes {
		d.add(g.Policy, []Role{Up, Destroy}, []grant{g})
	}
	d.add("check", []Role{Up}, checks)
	d.add("deletion", []Role{Destroy}, without(without(grants[Destroy], grants[Up]), grants[Drift]))
	return d, nil
}

// add adds grants to the policy of that name, and creates it if necessary.
func (d *data) add(name string, roles []Role, grants []grant) {
	i := slices.IndexFunc(d.Policies, func(p policy) bool { return p.Name == name })
	if i < 0 && len(grants) > 0 {
		d.Policies = append(d.Policies, policy{name, roles, grants})
	} else if i >= 0 {
		d.Policies[i].grants = append(d.Policies[i].grants, grants...)
	}
}

// ID returns the policy's logical ID in the template.
func (p policy) ID() string { return strings.ToUpper(p.Name[:1]) + p.Name[1:] + "Policy" }

// Statements returns the policy's statements as YAML.
func (p policy) Statements() (string, error) { return statements(p.grants, 8) }

// Of returns the policies of a role.
func (d *data) Of(role Role) []policy {
	return slices.DeleteFunc(slices.Clone(d.Policies), func(p policy) bool { return !slices.Contains(p.Roles, role) })
}

// Preview returns the statements of the role for previews as YAML.
func (d *data) Preview() (string, error) { return statements(d.preview, 14) }

// Scopes returns statements as YAML, selected by their policies' names or their Sids.
func (d *data) Scopes(names ...string) (string, error) {
	return statements(slices.DeleteFunc(slices.Clone(d.all), func(g grant) bool {
		return !slices.Contains(names, g.Policy) && !slices.Contains(names, g.Sid)
	}), 10)
}

// Services returns the services of the needs at a place, "any" for all places, without the
// excluded services.
func (d *data) Services(place string, excluded ...string) []string {
	var services []string
	for _, n := range d.needs {
		if s := service(n.Action); !slices.Contains(excluded, s) && !slices.Contains(services, s) && (place == "any" || n.Place == place) {
			services = append(services, s)
		}
	}
	slices.Sort(services)
	return services
}

// statements returns grants as YAML, indented by columns.
func statements(grants []grant, columns int) (string, error) {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, g := range grants {
		resources := g.Resources
		if len(resources) == 0 {
			resources = []string{"*"}
		}
		statement := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			text("Sid"), text(g.Sid), text("Effect"), text("Allow"),
			text("Action"), values(g.actions), text("Resource"), values(resources),
		}}
		if len(g.Condition) > 0 {
			condition := &yaml.Node{}
			if err := condition.Encode(g.Condition); err != nil {
				return "", err
			}
			substitute(condition)
			statement.Content = append(statement.Content, text("Condition"), condition)
		}
		if g.If != "" {
			statement = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!If", Content: []*yaml.Node{
				text(g.If), statement, {Kind: yaml.ScalarNode, Tag: "!Ref", Value: "AWS::NoValue"},
			}}
		}
		list.Content = append(list.Content, statement)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	encoder.CompactSeqIndent() // CloudFormation limits a template to 51,200 bytes
	if err := encoder.Encode(list); err != nil {
		return "", fmt.Errorf("write statements: %w", err)
	}
	indent := strings.Repeat(" ", columns)
	return indent + strings.ReplaceAll(strings.TrimSpace(out.String()), "\n", "\n"+indent), nil
}

func text(value string) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value}
	substitute(node)
	return node
}

// values returns a single value as a scalar, and several values as a list.
func values(list []string) *yaml.Node {
	if len(list) == 1 {
		return text(list[0])
	}
	node := &yaml.Node{Kind: yaml.SequenceNode}
	for _, value := range list {
		node.Content = append(node.Content, text(value))
	}
	return node
}

// substitute tags strings that contain ${PARAMETER} as !Sub, so that CloudFormation replaces
// the parameters.
func substitute(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "${") {
		node.Tag, node.Style = "!Sub", 0
	}
	for _, child := range node.Content {
		substitute(child)
	}
}
