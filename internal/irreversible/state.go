package irreversible

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// state is the stack's own state, as the engine had it when the run began.
type state struct {
	// outputs are the stack's, as the last update that succeeded left them.
	Outputs map[string]any
	// resources are the outputs of each resource, by type and name. Unlike the stack's
	// they are up to date after an update that failed or was killed, too.
	resources map[string]map[string]map[string]any
}

// ReadState reads the state through the engine. It is empty for a new stack.
func ReadState(ctx *pulumi.Context) (state, error) {
	var found struct {
		Resources map[string]struct {
			Outputs map[string]any `pulumi:"outputs"`
		} `pulumi:"outputs"`
	}
	_, err := ctx.InvokePackageRaw("pulumi:pulumi:readStackResourceOutputs", &struct {
		Name string `pulumi:"stackName"`
	}{ctx.Organization() + "/" + ctx.Project() + "/" + ctx.Stack()}, &found, "")
	s := state{resources: map[string]map[string]map[string]any{}}
	for text, resource := range found.Resources {
		u := urn.URN(text)
		typ := string(u.Type())
		if typ == "pulumi:pulumi:Stack" {
			s.Outputs = resource.Outputs
			continue
		}
		if s.resources[typ] == nil {
			s.resources[typ] = map[string]map[string]any{}
		}
		s.resources[typ][u.Name()] = resource.Outputs
	}
	return s, err
}

// values are the distinct values of an output of all resources of a type, in order.
// Those that are empty are left out.
func (s state) values(typ, output string) []string {
	found := map[string]bool{}
	for _, outputs := range s.resources[typ] {
		if text, ok := outputs[output].(string); ok && text != "" {
			found[text] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}
