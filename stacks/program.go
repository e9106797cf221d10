// Package stacks is the program of every stack: it reads what a stack's
// configuration says of its site and composes the components that the site needs.
package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Run provisions the site that the stack is named for.
func Run(ctx *pulumi.Context) error {
	placement, err := DefaultPlacement()
	if err != nil {
		return err
	}
	// The SDK finds values by key; only the environment that it reads them from
	// tells which keys there are.
	var config map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &config); err != nil {
		return fmt.Errorf("read the configuration from %s: %w", pulumi.EnvConfig, err)
	}
	site, err := LoadSite(ctx.Stack(), config, placement.Register)
	if err != nil {
		return err
	}
	if _, err := LoadSites(ctx.RootDirectory(), placement, site); err != nil {
		return err
	}
	if site.watcher, err = guard(ctx, site, placement); err != nil {
		return err
	}
	outputs{ctx}.site(site)
	return errors.Join(backends[site.Provider].provision(ctx, site, placement.Register), site.watcher.Close())
}

// A backend loads and composes the sites of one provider. All have the same
// services, and the same outputs for the same things.
type backend struct {
	load      func(root node, site *Site, register *Register)
	provision func(ctx *pulumi.Context, site *Site, register *Register) error
}

var backends = map[string]backend{
	providerAWS:   {loadAWS, provisionAWS},
	providerLocal: {loadLocal, provisionLocal},
}
