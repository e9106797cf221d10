// Package pulumicli reads the JSON that the Pulumi CLI prints: exports of stacks, and previews.
package pulumicli

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// Resource is a resource of a stack's state. Its secrets are encrypted.
type Resource struct {
	Type, URN, ID string
	// Provider is the URN of the resource's provider, two colons and the provider's ID.
	// It is empty for components.
	Provider        string
	Inputs, Outputs map[string]any
}

// Name returns the resource's name in the program.
func (r Resource) Name() string { return urn.URN(r.URN).Name() }

// Text returns an output that is text, or the input of that name, or an empty string.
func (r Resource) Text(property string) string {
	for _, from := range []map[string]any{r.Outputs, r.Inputs} {
		if text, ok := from[property].(string); ok {
			return text
		}
	}
	return ""
}

// ReadExport reads a file of `pulumi stack export`. The stack's name is empty while the
// stack has no resources.
func ReadExport(file string) (stack string, resources []Resource, err error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	if stack, resources, err = ParseExport(data); err != nil {
		return "", nil, fmt.Errorf("%s: %w", file, err)
	}
	return stack, resources, nil
}

// ParseExport parses the output of `pulumi stack export`. The stack's name is empty while
// the stack has no resources.
func ParseExport(data []byte) (stack string, resources []Resource, err error) {
	var export apitype.UntypedDeployment
	if err := json.Unmarshal(data, &export); err != nil {
		return "", nil, err
	}
	var deployment apitype.DeploymentV3
	if len(export.Deployment) > 0 {
		if err := json.Unmarshal(export.Deployment, &deployment); err != nil {
			return "", nil, err
		}
	}
	for _, r := range deployment.Resources {
		resources = append(resources, Resource{
			Type: string(r.Type), URN: string(r.URN), ID: string(r.ID), Provider: r.Provider, Inputs: r.Inputs, Outputs: r.Outputs,
		})
	}
	if len(deployment.Resources) > 0 {
		stack = deployment.Resources[0].URN.Stack().String()
	}
	return stack, resources, nil
}
