// Package stacks is the program of every stack: it loads and checks the stack's
// configuration, and composes the components of its site or of the global routes.
package stacks

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/irreversible"
	"example.com/multisite/internal/placement"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// Run provisions the site that the stack is named for. The stack global provisions the
// routes to all sites.
func Run(ctx *pulumi.Context) error {
	rules, err := residency.Default()
	if err != nil {
		return err
	}
	return RunIn(ctx, rules)
}

// RunIn is Run with other residency rules, and their register, for tests.
func RunIn(ctx *pulumi.Context, rules *residency.Rules) error {
	// The SDK returns values by key. Only this environment variable lists the keys.
	var raw map[string]string
	if err := json.Unmarshal([]byte(os.Getenv(pulumi.EnvConfig)), &raw); err != nil {
		return fmt.Errorf("read the configuration from %s: %w", pulumi.EnvConfig, err)
	}
	if err := warnOfMissingAccount(ctx, rules.Register); err != nil {
		return err
	}
	if ctx.Stack() == register.GlobalStack {
		return runGlobal(ctx, raw, rules)
	}
	return runSite(ctx, raw, rules)
}

// runSite makes all checks of a site before it provisions anything.
func runSite(ctx *pulumi.Context, raw map[string]string, rules *residency.Rules) error {
	site, err := siteconfig.Load(ctx.Stack(), raw, rules)
	if err != nil {
		return err
	}
	sites, err := siteconfig.LoadAll(ctx.RootDirectory(), rules, site)
	if err != nil {
		return err
	}
	state, err := irreversible.ReadState(ctx)
	if err != nil {
		return err
	}
	if err := checkMoves(ctx, site, state.Outputs); err != nil {
		return err
	}
	distances, err := latency.Default(rules.Register)
	if err != nil {
		return err
	}
	comparisons := placement.Compare(sites, rules, distances)
	for _, line := range slices.Concat(placement.Slower(site.Name, comparisons), siteconfig.Overdue(site, rules.Register, time.Now()), site.NoWayBack(rules)) {
		if err := ctx.Log.Warn(line, nil); err != nil {
			return err
		}
	}
	s, err := newStack(ctx, site, rules, state)
	if err != nil {
		return err
	}
	changes := irreversible.CheckSite(site, state)
	if err := changes.Report(ctx); err != nil {
		return err
	}
	s.exportSite()
	if err := s.exportPlacement(placement.ComparisonsOf(site.Name, comparisons)); err != nil {
		return err
	}
	provision := provisionAWS
	if site.IsLocal() {
		provision = provisionLocal
	}
	return errors.Join(provision(s), s.guard.Close(), changes.Err())
}

// checkMoves checks the step of each market's migration against the phase that the last
// update recorded.
func checkMoves(ctx *pulumi.Context, site *siteconfig.Site, recorded map[string]any) error {
	site.RestoreMoves(recorded)
	excepted, err := siteconfig.CheckSteps(site, recorded, time.Now())
	for _, e := range excepted {
		err = errors.Join(err, ctx.Log.Warn(e.Warning(), nil))
	}
	return err
}
