package acceptance_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/simulation"
)

// TestReplacements changes each input property of each type of a site and of the stack
// global, one at a time. The real provider and the simulated cloud must agree on which
// changes replace the resource.
func TestReplacements(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.EveryOption("california")
	p.Up("california")
	p.Up("global")
	state := p.State("california")
	maps.Copy(state, p.State("global"))
	account, err := simulation.Open(t.TempDir())
	require.NoError(t, err)
	published, simulated := startProvider(t), simulation.NewProvider("aws", account)
	_, err = published.Configure(t.Context(), &pulumirpc.ConfigureRequest{Args: marshal(t, map[string]any{
		"region": "us-west-1", "accessKey": "test", "secretKey": "test", "skipCredentialsValidation": "true", "skipRequestingAccountId": "true",
	})})
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		r := state[name]
		if !strings.HasPrefix(r.Type, "aws:") {
			continue
		}
		for property, value := range r.Inputs {
			path := r.Type + " " + property
			changed, ok := another(value)
			if seen[path] || !ok || strings.HasPrefix(property, "__") || property == "tags" || property == "tagsAll" {
				continue
			}
			seen[path] = true
			news := maps.Clone(r.Inputs)
			news[property] = changed
			replaces := func(diff func(context.Context, *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error)) string {
				response, err := diff(t.Context(), &pulumirpc.DiffRequest{
					Id: r.ID, Urn: r.URN, Olds: marshal(t, r.Outputs), OldInputs: marshal(t, r.Inputs), News: marshal(t, news),
				})
				if err != nil {
					return "" // a refused value does not show whether a change replaces the resource
				}
				return fmt.Sprint(slices.Contains(response.GetReplaces(), property))
			}
			want := replaces(func(ctx context.Context, request *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
				return published.Diff(ctx, request)
			})
			if want != "" {
				assert.Equal(t, want, replaces(simulated.Diff), "whether a change of %s replaces the resource", path)
			}
		}
	}
}

// another returns a different value of the same type, for strings, numbers and booleans.
func another(value any) (any, bool) {
	switch value := value.(type) {
	case string:
		return value + "x", true
	case float64:
		return value + 1, true
	case bool:
		return !value, true
	}
	return nil, false
}

// marshal encodes properties as in a request to a provider.
func marshal(t *testing.T, values map[string]any) *structpb.Struct {
	t.Helper()
	s, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(values), plugin.MarshalOptions{KeepUnknowns: true, SkipNulls: true})
	require.NoError(t, err)
	return s
}
