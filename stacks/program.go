// Package stacks is the program of every stack: it reads what a stack's
// configuration says of its site and composes the components that the site needs.
package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"example.com/multisite/internal/irreversible"
	"example.com/multisite/internal/placement"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Run provisions the site that the stack is named for, or the routes between all.
func Run(ctx *pulumi.Context) error {
	rules, err := residency.Default()
	if err != nil {
		return err
	}
	return RunIn(ctx, rules)
}

// RunIn is Run with the placement, and the register, of a test.
func RunIn(ctx *pulumi.Context, rules *residency.Rules) error {
	// The SDK finds values by key; only the environment that it reads them from
	// tells which keys there are.
	var raw map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &raw); err != nil {
		return fmt.Errorf("read the configuration from %s: %w", pulumi.EnvConfig, err)
	}
	if err := warnOfAccount(ctx, rules.Register); err != nil {
		return err
	}
	if ctx.Stack() == register.GlobalStack {
		return runGlobal(ctx, raw, rules)
	}
	site, err := siteconfig.Load(ctx.Stack(), raw, rules.Register)
	if err != nil {
		return err
	}
	sites, err := siteconfig.LoadAll(ctx.RootDirectory(), rules, site)
	if err != nil {
		return err
	}
	had, err := irreversible.ReadState(ctx)
	if err != nil {
		return err
	}
	if err := takeSteps(ctx, site, had.Outputs); err != nil {
		return err
	}
	distances, err := latency.Default(rules.Register)
	if err != nil {
		return err
	}
	comparisons := placement.Compare(sites, rules, distances)
	for _, line := range append(placement.Slower(site.Name, comparisons), siteconfig.Overdue(site, rules.Register, time.Now())...) {
		if err := ctx.Log.Warn(line, nil); err != nil {
			return err
		}
	}
	watch, err := guard(ctx, site, rules, had.Outputs)
	if err != nil {
		return err
	}
	irreversible := irreversible.CheckSite(site, had)
	if err := irreversible.Report(ctx); err != nil {
		return err
	}
	outputs{ctx}.site(site)
	if err := (outputs{ctx}).placement(placement.ComparisonsOf(site.Name, comparisons)); err != nil {
		return err
	}
	provision := provisionAWS
	if site.IsLocal() {
		provision = provisionLocal
	}
	return errors.Join(provision(ctx, site, rules.Register, watch), watch.Close(), irreversible.Err())
}

// takeSteps holds the site's phases to what its last update left.
func takeSteps(ctx *pulumi.Context, site *siteconfig.Site, last map[string]any) error {
	site.RestoreMoves(last)
	excepted, err := siteconfig.CheckSteps(site, last, time.Now())
	for _, e := range excepted {
		err = errors.Join(err, ctx.Log.Warn(e.Warning(), nil))
	}
	return err
}
