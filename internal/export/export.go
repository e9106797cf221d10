// Package export reads what `pulumi stack export` writes.
package export

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

// Resource is a resource in a stack's state. Secrets are encrypted there, and none is read.
type Resource struct {
	Type, URN, ID string
	// Provider is the URN of the resource's provider, two colons and its ID.
	Provider        string
	Inputs, Outputs map[string]any
}

// Name is the resource's in the program.
func (r Resource) Name() string { return r.URN[strings.LastIndex(r.URN, "::")+2:] }

// Text is an output, or an input that has none.
func (r Resource) Text(property string) string {
	for _, from := range []map[string]any{r.Outputs, r.Inputs} {
		if text, ok := from[property].(string); ok {
			return text
		}
	}
	return ""
}

// Read reads a file with one stack, which has no name while it has no resources.
func Read(file string) (stack string, resources []Resource, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	if stack, resources, err = Parse(data); err != nil {
		return "", nil, fmt.Errorf("%s: %w", file, err)
	}
	return stack, resources, nil
}

// Parse reads the text of one stack, which has no name while it has no resources.
func Parse(data []byte) (stack string, resources []Resource, err error) {
	var content struct {
		Deployment struct{ Resources []Resource }
	}
	if err := json.Unmarshal(data, &content); err != nil {
		return "", nil, err
	}
	resources = content.Deployment.Resources
	if len(resources) > 0 {
		stack = strings.Split(resources[0].URN, ":")[2]
	}
	return stack, resources, nil
}
