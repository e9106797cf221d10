// Package provider serves the localdc resources to Pulumi. It checks inputs, compares them
// with the state, and refuses changes that lose data. Drivers provision the resources.
package provider

import (
	"context"
	"maps"
	"os"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/middleware/cancel"
	"github.com/pulumi/pulumi-go-provider/middleware/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"example.com/multisite/localdc/driver"
)

const (
	// Name is the package's name.
	Name = "localdc"
	// Version is the plugin's version. Raise it when the schema changes.
	Version = "0.2.0"
)

// Run serves the provider to the engine or, with the argument gaps, runs writeGaps.
func Run(drivers map[string]driver.Open, args []string) error {
	if slices.Equal(args, []string{"gaps"}) {
		return writeGaps(drivers, os.Stdin, os.Stdout)
	}
	return p.RunProvider(context.Background(), Name, Version, New(drivers))
}

// New returns a provider that can be configured with any of the drivers, by name.
func New(drivers map[string]driver.Open) p.Provider {
	c := &config{names: slices.Sorted(maps.Keys(drivers)), open: drivers}
	inferred := infer.Provider(infer.Options{
		Metadata: schema.Metadata{
			DisplayName: "Local data centres",
			Description: "Networks, keys, databases, storage and load balancers in data centres of local partners",
		},
		Config: infer.Config(c),
		Resources: []infer.InferredResource{
			kind[driver.Network, networkState](c),
			kind[driver.Key, keyState](c),
			kind[driver.Database, databaseState](c),
			kind[driver.ObjectStore, objectStoreState](c),
			kind[driver.EdgeCache, edgeCacheState](c),
			kind[driver.LoadBalancer, loadBalancerState](c),
		},
		ModuleMap: map[tokens.ModuleName]tokens.ModuleName{"driver": "index"},
		Functions: []infer.InferredFunction{infer.Function(&capabilities{c})},
	})
	served := inferred
	served.CheckConfig = c.checkConfig(inferred.CheckConfig)
	served.DiffConfig = diffConfig
	served.Diff = c.guard(inferred.Diff)
	return cancel.Wrap(served) // again, since the guard calls the driver
}

func kind[A, S any, PA spec[A], PS state[S, A]](c *config) infer.InferredResource {
	return infer.Resource(&controller[A, S, PA, PS]{c})
}
