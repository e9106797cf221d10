package provider_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/components/localdc"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/localdc/conformance"
	"example.com/multisite/localdc/driver"
)

// A monitor passes a program's resources to the provider, and records their inputs.
type monitor struct {
	server integration.Server
	mutex  sync.Mutex
	inputs map[string]resource.PropertyMap // by token
	failed []p.CheckFailure
}

func (m *monitor) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.inputs[args.TypeToken] = args.Inputs
	request := p.CheckRequest{
		Urn:    resource.NewURN("stack", "project", "", tokens.Type(args.TypeToken), args.Name),
		Inputs: resource.FromResourcePropertyValue(resource.NewProperty(args.Inputs)).AsMap(),
	}
	if strings.HasPrefix(args.TypeToken, "pulumi:providers:") {
		resp, err := m.server.CheckConfig(request)
		m.failed = append(m.failed, resp.Failures...)
		return args.Name, args.Inputs, err
	}
	resp, err := m.server.Check(request)
	m.failed = append(m.failed, resp.Failures...)
	if err != nil {
		return "", nil, err
	}
	created, err := m.server.Create(p.CreateRequest{Urn: request.Urn, Properties: resp.Inputs})
	return created.ID, resource.ToResourcePropertyMap(created.Properties), err
}

func (m *monitor) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	resp, err := m.server.Invoke(p.InvokeRequest{Token: tokens.Type(args.Token)})
	return resource.ToResourcePropertyMap(resp.Return), err
}

// TestProgramMatchesSchema compares the Go package for these resources with the provider's
// schema: the package sets every input, and reads only existing outputs.
func TestProgramMatchesSchema(t *testing.T) {
	m := &monitor{server: open(t, "placeholder").server, inputs: map[string]resource.PropertyMap{}}
	var capabilities *localdc.Capabilities
	err := pulumi.RunErr(func(ctx *pulumi.Context) error { return declare(ctx, &capabilities) }, pulumi.WithMocks("project", "stack", m))
	require.NoError(t, err)
	assert.Empty(t, m.failed)
	assert.Equal(t, "placeholder", capabilities.Driver)
	assert.NotEmpty(t, capabilities.Gaps[0].Remark)

	spec := getSchema(t, m.server)
	assert.ElementsMatch(t, append(slices.Collect(maps.Keys(spec.Resources)), "pulumi:providers:localdc"), slices.Collect(maps.Keys(m.inputs)))
	assert.ElementsMatch(t, slices.Collect(maps.Keys(spec.Provider.InputProperties)), keys(m.inputs["pulumi:providers:localdc"]))
	for token, r := range spec.Resources {
		given := append(keys(m.inputs[token]), "driver", "endpoint") // the provider sets these
		assert.ElementsMatch(t, slices.Collect(maps.Keys(r.InputProperties)), given, token)
		declared := reflect.TypeFor[localdc.Resource]()
		if token == "localdc:index:LoadBalancer" {
			declared = reflect.TypeFor[localdc.LoadBalancer]()
		}
		for name, typ := range outputs(declared) {
			assert.Equal(t, r.Properties[name].Type, typ, "%s %s", token, name)
		}
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(spec.Types["localdc:index:Gap"].Properties)),
		slices.Collect(maps.Keys(outputs(reflect.TypeFor[localdc.Gap]()))))
}

// TestProgramsBounds compares the bounds that programs check with the provider's rules.
func TestProgramsBounds(t *testing.T) {
	for property, bounds := range map[string][2]int{
		"network halls":       {bounds.MinRedundancy, bounds.MaxRedundancy},
		"network uplinks":     {bounds.MinRedundancy, bounds.MaxRedundancy},
		"db copies":           {bounds.MinRedundancy, bounds.MaxRedundancy},
		"db vcpus":            {1, bounds.MaxVCPUs},
		"db memoryGiB":        {bounds.MinMemoryGiB, bounds.MaxMemoryGiB},
		"objects capacityTiB": {1, bounds.MaxCapacityTiB},
		"cdn capacityGbps":    {1, bounds.MaxCapacityGbps},
		"lb capacityGbps":     {1, bounds.MaxCapacityGbps},
		"lb rateLimit":        {bounds.MinRateLimit, bounds.MaxRateLimit},
	} {
		kind, name, _ := strings.Cut(property, " ")
		spec := driver.NewSpec(driver.Kind(kind))
		i := slices.IndexFunc(spec.Rules("x"), func(r driver.Rule) bool { return r.Property == name })
		assert.Equal(t, fmt.Sprintf("%d to %d", bounds[0], bounds[1]), spec.Rules("x")[i].Accepted, property)
	}
}

func declare(ctx *pulumi.Context, capabilities **localdc.Capabilities) error {
	provider, err := localdc.NewProvider(ctx, "p", &localdc.ProviderArgs{
		Driver: "placeholder", Site: conformance.Site, Domain: "example.com", Facility: "Facility 1", City: "Pune",
		Settings: pulumi.StringMap{"token": pulumi.String("t")},
	})
	if err != nil {
		return err
	}
	network, err := localdc.NewNetwork(ctx, "main", &localdc.NetworkArgs{CidrBlock: "10.64.0.0/16", Halls: 2, Uplinks: 2}, pulumi.Provider(provider))
	if err != nil {
		return err
	}
	key, err := localdc.NewKey(ctx, "data", &localdc.KeyArgs{Purpose: "data", RotationDays: 365}, pulumi.Provider(provider))
	if err != nil {
		return err
	}
	if _, err := localdc.NewDatabase(ctx, "mi-account", &localdc.DatabaseArgs{
		EngineVersion: "16", DatabaseName: "mi_account", Username: "multisite", Password: pulumi.String("correct-horse-battery"),
		VCPUs: 4, MemoryGiB: 16, StorageGiB: 200, MaxStorageGiB: 2000, Copies: 2, BackupRetentionDays: 35,
		NetworkID: network.ID(), KeyID: key.ID(),
	}, pulumi.Provider(provider)); err != nil {
		return err
	}
	store, err := localdc.NewObjectStore(ctx, "photos", &localdc.ObjectStoreArgs{CapacityTiB: 50, KeyID: key.ID(), TLSMinVersion: "1.2"}, pulumi.Provider(provider))
	if err != nil {
		return err
	}
	if _, err := localdc.NewEdgeCache(ctx, "content", &localdc.EdgeCacheArgs{OriginID: store.ID(), CapacityGbps: 10, TLSMinVersion: "1.2"}, pulumi.Provider(provider)); err != nil {
		return err
	}
	if _, err := localdc.NewLoadBalancer(ctx, "entry", &localdc.LoadBalancerArgs{
		NetworkID: network.ID(), TLSMinVersion: "1.2", RateLimit: 2000, RateLimitAction: "count", CapacityGbps: 10,
		Services: []localdc.ServedService{{Name: "mi-account", Hostnames: []string{"mi-account.example.com"}, Port: 8443, Protocol: "https", LivePath: "/live"}},
	}, pulumi.Provider(provider)); err != nil {
		return err
	}
	*capabilities, err = localdc.GetCapabilities(ctx, pulumi.Provider(provider))
	return err
}

func getSchema(t *testing.T, server integration.Server) schema.PackageSpec {
	t.Helper()
	resp, err := server.GetSchema(p.GetSchemaRequest{})
	require.NoError(t, err)
	var spec schema.PackageSpec
	require.NoError(t, json.Unmarshal([]byte(resp.Schema), &spec))
	return spec
}

// outputs returns a struct's tagged fields, by property, with their types in a schema.
func outputs(typ reflect.Type) map[string]string {
	found := map[string]string{}
	for _, field := range reflect.VisibleFields(typ) {
		if name := field.Tag.Get("pulumi"); name != "" && len(field.Index) == 1 {
			found[name] = map[reflect.Type]string{
				reflect.TypeFor[pulumi.BoolOutput]():        "boolean",
				reflect.TypeFor[pulumi.StringArrayOutput](): "array",
				reflect.TypeFor[pulumi.StringMapOutput]():   "object",
			}[field.Type]
			if found[name] == "" {
				found[name] = "string"
			}
		}
	}
	return found
}

func keys(m resource.PropertyMap) []string {
	var names []string
	for key := range m {
		names = append(names, string(key))
	}
	return names
}
