// Package stacks is the program of every stack: it reads what a stack's
// configuration says of its site and composes the components that the site needs.
package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Run provisions the site that the stack is named for, or the routes between all.
func Run(ctx *pulumi.Context) error {
	placement, err := DefaultPlacement()
	if err != nil {
		return err
	}
	return RunIn(ctx, placement)
}

// RunIn is Run with the placement, and the register, of a test.
func RunIn(ctx *pulumi.Context, placement *Placement) error {
	// The SDK finds values by key; only the environment that it reads them from
	// tells which keys there are.
	var config map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &config); err != nil {
		return fmt.Errorf("read the configuration from %s: %w", pulumi.EnvConfig, err)
	}
	if err := warnOfAccount(ctx, placement.Register); err != nil {
		return err
	}
	if ctx.Stack() == GlobalStack {
		return runGlobal(ctx, config, placement)
	}
	site, err := LoadSite(ctx.Stack(), config, placement.Register)
	if err != nil {
		return err
	}
	sites, err := LoadSites(ctx.RootDirectory(), placement, site)
	if err != nil {
		return err
	}
	had, err := readState(ctx)
	if err != nil {
		return err
	}
	if err := takeSteps(ctx, site, had.outputs); err != nil {
		return err
	}
	latency, err := DefaultLatency(placement.Register)
	if err != nil {
		return err
	}
	comparisons := Compare(sites, placement, latency)
	for _, line := range append(slower(site.Name, comparisons), late(site, placement.Register, time.Now())...) {
		if err := ctx.Log.Warn(line, nil); err != nil {
			return err
		}
	}
	watch, err := guard(ctx, site, placement, had.outputs)
	if err != nil {
		return err
	}
	irreversible := checkSite(site, had)
	if err := irreversible.report(ctx); err != nil {
		return err
	}
	outputs{ctx}.site(site)
	if err := (outputs{ctx}).placement(comparisonsOf(site.Name, comparisons)); err != nil {
		return err
	}
	provision := provisionAWS
	if site.IsLocal() {
		provision = provisionLocal
	}
	return errors.Join(provision(ctx, site, placement.Register, watch), watch.Close(), irreversible.err())
}

// takeSteps holds the site's phases to what its last update left.
func takeSteps(ctx *pulumi.Context, site *Site, last map[string]any) error {
	site.recall(last)
	excepted, err := checkSteps(site, last, time.Now())
	for _, e := range excepted {
		err = errors.Join(err, ctx.Log.Warn(e.Warning(), nil))
	}
	return err
}
