package guardrails

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"example.com/multisite/internal/awstypes/sdk"
	"example.com/multisite/internal/engine"
)

// attempt is a resource that a guard refused.
type attempt struct {
	token  string
	inputs map[string]any
}

// drawn is how many refused resources of each kind TestExhaustionOnTheEngine registers.
const drawn = 150

// TestExhaustionOnTheEngine registers a sample of the types and inputs that TestExhaustion tries,
// in previews of the real engine with a provider that accepts everything. The guardrails report
// each.
func TestExhaustionOnTheEngine(t *testing.T) {
	s := newStands(t)[0]
	s.exhaust(t, sdk.Read().Types, &count{harmless: map[string]int{}})
	types, inputs := []attempt{}, []attempt{}
	for _, a := range s.refused {
		switch {
		case !strings.HasPrefix(a.token, "aws:"): // another provider's
		case len(a.inputs) == 0:
			types = append(types, a)
		default:
			inputs = append(inputs, a)
		}
	}
	program := engine.Build(t, "example.com/multisite/stacks/testdata/breaker")
	providers := serveProviders(t)
	random := rand.New(rand.NewPCG(1, 2))
	for name, attempts := range map[string][]attempt{"types": types, "inputs": inputs} {
		t.Run(name, func(t *testing.T) {
			var resources []map[string]any
			for i, n := range random.Perm(len(attempts))[:drawn] {
				resources = append(resources, map[string]any{"Type": attempts[n].token, "Name": fmt.Sprint("oregon-drawn-", i), "Inputs": attempts[n].inputs})
			}
			p := engine.New(t)
			p.Program = program
			p.Edit("oregon", func(raw map[string]any) { raw["test:resources"] = resources })
			output, err := p.Command("env", "PULUMI_DEBUG_PROVIDERS="+providers, "pulumi", "preview", "--stack", "oregon", "--non-interactive", "--color=never").CombinedOutput()
			require.Error(t, err, "a preview that breaks a rule fails")
			for i, r := range resources {
				report := regexp.MustCompile(fmt.Sprintf(`(?:residency|guardrail): \S+ oregon-drawn-%d: .*: rule `, i))
				assert.True(t, report.Match(output), "not reported: %s: %v", r["Type"], r["Inputs"])
			}
		})
	}
}

// serveProviders serves providers that accept everything, and returns where, as the engine takes it.
func serveProviders(t *testing.T) string {
	t.Helper()
	stop := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(server *grpc.Server) error {
		pulumirpc.RegisterResourceProviderServer(server, yes{})
		return nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() { close(stop) })
	return fmt.Sprintf("aws:%d,random:%d", handle.Port, handle.Port)
}

// yes is a provider that accepts everything.
type yes struct {
	pulumirpc.UnimplementedResourceProviderServer
}

func (yes) Attach(context.Context, *pulumirpc.PluginAttach) (*emptypb.Empty, error) {
	return &emptypb.Empty{}, nil
}

func (yes) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "6.83.2"}, nil
}

func (yes) CheckConfig(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (yes) Configure(context.Context, *pulumirpc.ConfigureRequest) (*pulumirpc.ConfigureResponse, error) {
	return &pulumirpc.ConfigureResponse{SupportsPreview: true}, nil
}

func (yes) Check(_ context.Context, r *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	return &pulumirpc.CheckResponse{Inputs: r.GetNews()}, nil
}

func (yes) Create(_ context.Context, r *pulumirpc.CreateRequest) (*pulumirpc.CreateResponse, error) {
	return &pulumirpc.CreateResponse{Properties: r.GetProperties()}, nil
}
