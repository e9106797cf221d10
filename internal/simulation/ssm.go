package simulation

import (
	"fmt"
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

// parameterOf implements the function getParameter, with the provider's error.
func parameterOf(a *Account, region, name string) (Properties, error) {
	var found *Resource
	err := a.Do(func() error {
		found = a.Get(parameter, region, name)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fmt.Errorf("reading SSM Parameter (%s): couldn't find resource", name)
	}
	answer := Properties{"id": name, "name": name, "value": parameterValue(found), "insecureValue": parameterValue(found)}
	for _, property := range []string{"arn", "type", "version"} {
		answer[property] = found.Properties[property]
	}
	return answer, nil
}

// parameterValue returns a parameter's value, from value or insecureValue.
func parameterValue(r *Resource) any {
	if value := r.Properties["value"]; value != nil {
		return value
	}
	return r.Properties["insecureValue"]
}

// parametersByPath implements the function getParametersByPath.
func parametersByPath(a *Account, region, path string) (Properties, error) {
	found := []*Resource{}
	err := a.Do(func() error {
		found = a.All(func(r *Resource) bool {
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
		answer["values"] = append(answer["values"], parameterValue(r))
	}
	properties := Properties{"id": path, "path": path}
	for _, list := range []string{"arns", "names", "types", "values"} {
		properties[list] = append([]any{}, answer[list]...)
	}
	return properties, err
}
