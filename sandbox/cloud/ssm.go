package cloud

import (
	"slices"
	"strings"
)

const parameter = "aws:ssm/parameter:Parameter"

func init() {
	model(map[string]*Type{
		parameter: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ParameterNotFound", Taken: "ParameterAlreadyExists",
			Outputs: map[string]any{
				"arn": "arn:aws:ssm:{region}:{account}:parameter{name}", "dataType": "text", "tier": "Standard", "version": 1,
				"keyId": "", "allowedPattern": "",
			},
			Replace: []string{"name"},
			Valid:   map[string]Rule{"type": oneOf("String", "StringList", "SecureString"), "tier": oneOf("Standard", "Advanced", "Intelligent-Tiering")},
		},
	})
}

// parametersByPath answers the function of that name.
func (p *Provider) parametersByPath(region, path string) (Properties, error) {
	found := []*Resource{}
	err := p.account.Do(func() error {
		found = p.account.All(func(r *Resource) bool {
			return r.Type == parameter && r.Region == region && strings.HasPrefix(r.ID, strings.TrimSuffix(path, "/")+"/")
		})
		return nil
	})
	slices.SortFunc(found, func(a, b *Resource) int { return strings.Compare(a.ID, b.ID) })
	answer := map[string][]any{}
	for _, r := range found {
		for list, property := range map[string]string{"arns": "arn", "names": "name", "types": "type"} {
			answer[list] = append(answer[list], r.Properties[property])
		}
		value := r.Properties["value"]
		if value == nil {
			value = r.Properties["insecureValue"]
		}
		answer["values"] = append(answer["values"], value)
	}
	properties := Properties{"id": path, "path": path}
	for _, list := range []string{"arns", "names", "types", "values"} {
		properties[list] = append([]any{}, answer[list]...)
	}
	return properties, err
}
