package irreversible

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// State is the state of a stack at the start of a preview or update. It is zero for a new
// stack.
type State struct {
	// Outputs are the stack's outputs after its last successful update.
	Outputs map[string]any
	// URNs has the URN of every resource.
	URNs map[string]bool
	// resources are the outputs of resources by type and name. Unlike Outputs they are also
	// current after an update that failed or was killed.
	resources map[string]map[string]map[string]any
}

// ReadState reads the state of the program's stack through the Pulumi engine.
func ReadState(ctx *pulumi.Context) (State, error) {
	var found struct {
		Resources map[string]struct {
			Outputs map[string]any `pulumi:"outputs"`
		} `pulumi:"outputs"`
	}
	_, err := ctx.InvokePackageRaw("pulumi:pulumi:readStackResourceOutputs", &struct {
		Name string `pulumi:"stackName"`
	}{ctx.Organization() + "/" + ctx.Project() + "/" + ctx.Stack()}, &found, "")
	s := State{URNs: map[string]bool{}, resources: map[string]map[string]map[string]any{}}
	for text, resource := range found.Resources {
		s.URNs[text] = true
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

// Has reports whether the state has a resource of a type and name.
func (s State) Has(typ, name string) bool {
	_, has := s.resources[typ][name]
	return has
}

// Text returns a text output of a resource; empty if there is none.
func (s State) Text(typ, name, output string) string {
	return awstypes.Text(s.resources[typ][name], output)
}

// values returns the distinct values of a text output of all resources of a type, sorted and
// without empty values.
func (s State) values(typ, output string) []string {
	found := map[string]bool{}
	for _, outputs := range s.resources[typ] {
		if text, ok := outputs[output].(string); ok && text != "" {
			found[text] = true
		}
	}
	return ordered.Keys(found)
}
