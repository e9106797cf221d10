package provider_test

import (
	"os"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/mapper"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/conformance"
	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/drivers/placeholder"
	"example.com/multisite/localdc/internal/testdriver"
	"example.com/multisite/localdc/provider"
)

// A site is a configured provider, and one resource as Pulumi's state would record it.
type site struct {
	t         *testing.T
	server    integration.Server
	directory string // the folder of the driver folder
	id        string
	state     property.Map
}

func newServer(t *testing.T) integration.Server {
	t.Helper()
	server, err := integration.NewServer(t.Context(), provider.Name, semver.MustParse(provider.Version),
		integration.WithProvider(provider.New(map[string]driver.Open{"placeholder": placeholder.Open, "folder": testdriver.Open})))
	require.NoError(t, err)
	return server
}

func open(t *testing.T, driverName string) *site {
	t.Helper()
	s := &site{t: t, server: newServer(t), directory: t.TempDir()}
	s.configure(driverName)
	return s
}

// configure changes the driver, and keeps the facility and the state.
func (s *site) configure(driverName string) {
	s.t.Helper()
	require.NoError(s.t, s.server.Configure(p.ConfigureRequest{Args: configuration(driverName, s.directory)}))
}

func configuration(driverName, directory string) property.Map {
	return property.NewMap(map[string]property.Value{
		"driver":   property.New(driverName),
		"site":     property.New(conformance.Site),
		"domain":   property.New("example.com"),
		"facility": property.New("Facility 1"),
		"city":     property.New("Pune"),
		"settings": property.New(property.NewMap(map[string]property.Value{testdriver.Setting: property.New(directory)})),
	})
}

// inputs returns a program's inputs for a valid resource.
func inputs(t *testing.T, kind driver.Kind) property.Map {
	t.Helper()
	encoded, err := mapper.New(&mapper.Opts{IgnoreMissing: true}).Encode(conformance.Specs(false)[kind])
	require.NoError(t, err)
	return resource.FromResourcePropertyValue(resource.NewProperty(resource.NewPropertyMapFromMap(encoded))).AsMap().Delete("driver", "endpoint")
}

func urn(kind driver.Kind) resource.URN {
	return resource.NewURN("stack", "project", "", token(kind), "test")
}

func token(kind driver.Kind) tokens.Type {
	return tokens.Type("localdc:index:" + map[driver.Kind]string{
		driver.KindNetwork: "Network", driver.KindKey: "Key", driver.KindDatabase: "Database",
		driver.KindObjectStore: "ObjectStore", driver.KindEdgeCache: "EdgeCache", driver.KindLoadBalancer: "LoadBalancer",
	}[kind])
}

func (s *site) check(kind driver.Kind, in property.Map) property.Map {
	s.t.Helper()
	resp, err := s.server.Check(p.CheckRequest{Urn: urn(kind), Inputs: in})
	require.NoError(s.t, err)
	require.Empty(s.t, resp.Failures)
	return resp.Inputs
}

// up creates the resource, or compares and updates it, as the engine does.
func (s *site) up(kind driver.Kind, in property.Map) error {
	s.t.Helper()
	return s.upWithin(kind, in, 0)
}

func (s *site) upWithin(kind driver.Kind, in property.Map, seconds float64) error {
	s.t.Helper()
	in = s.check(kind, in)
	if s.id == "" {
		created, err := s.server.Create(p.CreateRequest{Urn: urn(kind), Properties: in, Timeout: seconds})
		if err == nil || created.PartialState != nil {
			s.id, s.state = created.ID, created.Properties
		}
		return err
	}
	if _, err := s.diff(kind, in); err != nil {
		return err
	}
	updated, err := s.server.Update(p.UpdateRequest{ID: s.id, Urn: urn(kind), State: s.state, Inputs: in, Timeout: seconds})
	if err == nil || updated.PartialState != nil {
		s.state = updated.Properties
	}
	return err
}

func (s *site) diff(kind driver.Kind, in property.Map) (p.DiffResponse, error) {
	s.t.Helper()
	return s.server.Diff(p.DiffRequest{ID: s.id, Urn: urn(kind), State: s.state, Inputs: s.check(kind, in)})
}

// refresh reads the resource, and removes a deleted one from the state, as the engine does.
func (s *site) refresh(kind driver.Kind) error {
	s.t.Helper()
	read, err := s.server.Read(p.ReadRequest{ID: s.id, Urn: urn(kind), Properties: s.state})
	if err == nil || read.PartialState != nil {
		s.id, s.state = read.ID, read.Properties
	}
	return err
}

func (s *site) delete(kind driver.Kind) error {
	s.t.Helper()
	return s.server.Delete(p.DeleteRequest{ID: s.id, Urn: urn(kind), Properties: s.state})
}

func (s *site) resource(kind driver.Kind) driver.ID {
	return driver.ID{Site: conformance.Site, Kind: kind, Name: conformance.Specs(false)[kind].Base().Name}
}

func (s *site) faults(faults map[string]testdriver.Fault) {
	s.t.Helper()
	require.NoError(s.t, testdriver.SetFaults(s.directory, faults))
}

func (s *site) output(key string) any {
	switch v := s.state.Get(key); {
	case v.IsBool():
		return v.AsBool()
	case v.IsNumber():
		return v.AsNumber()
	default:
		return v.AsString()
	}
}

var unprotected = property.New(false)

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
