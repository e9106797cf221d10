package permissions

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/iampolicy"
)

type object = map[string]any

// A deployment is a template whose parameters, conditions and functions are resolved as by
// CloudFormation.
type deployment struct {
	t          *testing.T
	parameters map[string]string
	conditions map[string]yaml.Node
	resources  map[string]object
	outputs    object
	size       int
}

// deploy reads the template of a kind of stack. A reference to a resource resolves to its
// logical ID.
func deploy(t *testing.T, kind string, parameters map[string]string) *deployment {
	t.Helper()
	content, err := os.ReadFile(file(kind))
	require.NoError(t, err)
	var sections struct {
		Parameters map[string]struct{ Default string } `yaml:"Parameters"`
		Conditions map[string]yaml.Node                `yaml:"Conditions"`
		Resources  map[string]yaml.Node                `yaml:"Resources"`
		Outputs    map[string]yaml.Node                `yaml:"Outputs"`
	}
	require.NoError(t, yaml.Unmarshal(content, &sections))
	d := &deployment{
		t, map[string]string{"AWS::Partition": "aws", "AWS::AccountId": account}, sections.Conditions, map[string]object{}, object{}, len(content),
	}
	for name, parameter := range sections.Parameters {
		d.parameters[name] = parameter.Default
		if value, given := parameters[name]; given {
			d.parameters[name] = value
		}
	}
	for name, node := range sections.Resources {
		if r := d.value(&node).(object); r["Condition"] == nil || d.holds(r["Condition"].(string)) {
			d.resources[name] = r
		}
	}
	for name, node := range sections.Outputs {
		if o := d.value(&node).(object); o["Condition"] == nil || d.holds(o["Condition"].(string)) {
			d.outputs[name] = o["Value"]
		}
	}
	return d
}

func (d *deployment) holds(condition string) bool {
	require.Contains(d.t, d.conditions, condition)
	node := d.conditions[condition]
	return d.value(&node).(bool)
}

// nothing is AWS::NoValue.
type nothing struct{}

// value resolves CloudFormation's functions.
func (d *deployment) value(node *yaml.Node) any {
	var list []any
	if node.Kind == yaml.SequenceNode && node.Tag != "!If" {
		list = []any{}
		for _, item := range node.Content {
			if value := d.value(item); value != (nothing{}) {
				list = append(list, value)
			}
		}
	}
	switch {
	case node.Tag == "!Sub":
		text := node.Value
		for name, value := range d.parameters {
			text = strings.ReplaceAll(text, "${"+name+"}", value)
		}
		require.NotContains(d.t, text, "${")
		return text
	case node.Tag == "!Ref" && node.Value == "AWS::NoValue":
		return nothing{}
	case node.Tag == "!Ref":
		if value, known := d.parameters[node.Value]; known {
			return value
		}
		return node.Value
	case node.Tag == "!If":
		if d.holds(node.Content[0].Value) {
			return d.value(node.Content[1])
		}
		return d.value(node.Content[2])
	case node.Tag == "!Not":
		return !list[0].(bool)
	case node.Tag == "!Or":
		return slices.Contains(list, any(true))
	case node.Tag == "!Equals":
		return list[0] == list[1]
	case node.Kind == yaml.SequenceNode:
		return list
	case node.Kind == yaml.MappingNode:
		values := object{}
		for i := 0; i < len(node.Content); i += 2 {
			values[node.Content[i].Value] = d.value(node.Content[i+1])
		}
		return values
	case node.Tag == "!GetAtt":
		return node.Value
	}
	var value any
	require.NoError(d.t, node.Decode(&value))
	return value
}

// policies returns the policies of a role, and its boundary.
func (d *deployment) policies(role string) (own, boundary iampolicy.Layer) {
	d.t.Helper()
	require.Contains(d.t, d.resources, role)
	properties := d.resources[role]["Properties"].(object)
	arns, _ := properties["ManagedPolicyArns"].([]any)
	for _, id := range arns {
		own = append(own, d.policy(id.(string)))
	}
	inline, _ := properties["Policies"].([]any)
	for _, p := range inline {
		own = append(own, d.parse(p.(object)["PolicyDocument"]))
	}
	return own, iampolicy.Layer{d.policy(properties["PermissionsBoundary"].(string))}
}

// policy returns a managed policy.
func (d *deployment) policy(id string) *iampolicy.Policy {
	d.t.Helper()
	require.Contains(d.t, d.resources, id)
	return d.parse(d.resources[id]["Properties"].(object)["PolicyDocument"])
}

func (d *deployment) parse(document any) *iampolicy.Policy {
	d.t.Helper()
	policy, err := iampolicy.Parse([]byte(jsonOf(d.t, document)))
	require.NoError(d.t, err)
	return policy
}

func jsonOf(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}
