package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// runTag is the tag by which everything that a run makes is found again.
const runTag = "LiveRun"

// up brings the site up, or goes on with that where it was left.
func (a *app) up(ctx context.Context) error {
	if a.run == nil {
		if err := a.begin(ctx); err != nil {
			return err
		}
	} else if err := errors.Join(a.sameAccount(), a.mayGoOn(), a.makeProject()); err != nil {
		return err
	}
	r := a.run
	// The boundary of its roles, and the copies' bucket and key, come before the site,
	// which names them; what lives in the site's network comes after it.
	if err := a.deploy(ctx, besideBound, map[string]string{"Site": r.Site, "Region": r.Region}); err != nil {
		return err
	}
	if err := a.deploy(ctx, besideCopies, map[string]string{"CopiesName": r.copies()}); err != nil {
		return err
	}
	ids, err := a.besideIDs()
	if err != nil {
		return err
	}
	if err := a.edit(r.Site, func(config object) {
		dig(config, "multisite:services", r.Home, "buckets", r.Bucket, "replication")["keyArn"] = r.keyARN(ids["Key"])
	}); err != nil {
		return err
	}
	if err := a.update(ctx, r.Site); err != nil {
		return err
	}
	if err := a.deployTools(ctx); err != nil {
		return err
	}
	if r.Domain == "" {
		return nil
	}
	if err := a.update(ctx, globalStack); err != nil {
		return err
	}
	return a.delegate(ctx, "UPSERT")
}

// begin shows what a run would make and cost, asks, and writes the run down. Before
// that, nothing in the account has changed.
func (a *app) begin(ctx context.Context) (err error) {
	config, err := readYAML(filepath.Join(a.root, stackYAML(a.site)))
	if err != nil {
		return err
	}
	values, _ := config["config"].(object)
	region, _ := values["multisite:region"].(string)
	if region == "" {
		return fmt.Errorf("%s: multisite:region: found none; allowed: the region of a site on AWS", stackYAML(a.site))
	}
	r := &record{
		ID: "live-" + randomHex(4), Site: a.site, Region: region, Until: a.until, Cap: a.cap,
		Domain: a.domain, Zone: a.zone, Skip: a.skipped(),
	}
	if r.Until == "" {
		r.Until = a.clock.Now().Add(24 * time.Hour).Format(time.DateOnly)
	}
	if today := a.clock.Now().Format(time.DateOnly); r.Until < today {
		return fmt.Errorf("--until: found %s; allowed: %s or later", r.Until, today)
	}
	if err := r.chooseServices(values); err != nil {
		return err
	}
	if r.Account, err = account(region); err != nil {
		return err
	}
	if err := a.refuseUsed(r.Account); err != nil {
		return err
	}
	a.run = r
	defer func() {
		if err != nil { // nothing has begun
			a.run = nil
			err = errors.Join(err, a.forget())
		}
	}()
	plan, err := a.plan(ctx)
	if err != nil {
		return err
	}
	estimate, err := newEstimate(region, plan, r.Skip)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.out, "A small site %s, in %s of account %s, until %s.\n%s\n\n", r.Site, r.Region, r.Account, r.Until, neverRun)
	estimate.show(a.out, a.hours)
	if total := estimate.total(a.hours); total > a.cap {
		return fmt.Errorf("--cap: found %g USD, and an estimate of %.2f; allowed: a cap above the estimate", a.cap, total)
	}
	if err := a.confirm(r.Account); err != nil {
		return err
	}
	r.Rate, r.Once, r.Began = estimate.rate, estimate.once, a.clock.Now()
	return a.save()
}

// plan previews the run's stacks, each as the first update would make it.
func (a *app) plan(ctx context.Context) ([]planned, error) {
	if err := a.makeProject(); err != nil {
		return nil, err
	}
	key := a.run.keyARN(noKey)
	if err := a.configure(a.run.Site, func(config object) error { return a.run.small(config, key) }); err != nil {
		return nil, err
	}
	if a.run.Domain != "" {
		if err := a.configure(globalStack, func(config object) error { a.run.global(config); return nil }); err != nil {
			return nil, err
		}
	}
	var plan []planned
	for _, stack := range a.stacks() {
		if err := a.pulumi(ctx, "stack", "init", stack, "--secrets-provider=passphrase"); err != nil {
			return nil, err
		}
		var preview struct{ Steps []planned }
		if err := a.pulumiJSON(&preview, "preview", "--stack", stack, "--json"); err != nil {
			return nil, err
		}
		plan = append(plan, preview.Steps...)
	}
	return plan, nil
}

// stacks are the run's, in the order of their updates.
func (a *app) stacks() []string {
	if a.run.Domain == "" {
		return []string{a.run.Site}
	}
	return []string{a.run.Site, globalStack}
}

// update brings a stack up. A lock that a killed command left is lifted first: this
// command has the run to itself.
func (a *app) update(ctx context.Context, stack string) error {
	if err := a.mayGoOn(); err != nil {
		return err
	}
	if killed, err := a.recover(ctx, stack); err != nil {
		return err
	} else if killed {
		if err := a.pulumi(ctx, "refresh", "--stack", stack, "--yes", "--skip-preview", "--clear-pending-creates"); err != nil {
			return err
		}
	}
	if err := a.pulumi(ctx, "up", "--stack", stack, "--yes", "--skip-preview"); err != nil {
		return err
	}
	if !slices.Contains(a.run.Up, stack) {
		a.run.Up = append(a.run.Up, stack)
	}
	return a.save()
}

// outputs are those of a stack.
func (a *app) outputs(stack string) (map[string]any, error) {
	var outputs map[string]any
	err := a.pulumiJSON(&outputs, "stack", "output", "--stack", stack, "--json", "--show-secrets")
	return outputs, err
}

// forget deletes what is kept of a run, except for its reports.
func (a *app) forget() error {
	var problems []error
	for _, name := range []string{"project", "state", "passphrase", "template.yaml", "versions.json", "body"} {
		problems = append(problems, os.RemoveAll(a.file(name)))
	}
	return errors.Join(problems...)
}

// dig is an object within a configuration; it is made where there is none.
func dig(config object, path ...string) object {
	for _, key := range path {
		next, _ := config[key].(object)
		if next == nil {
			next = object{}
			config[key] = next
		}
		config = next
	}
	return config
}

// delegate points the parent zone at the zone of the routes, and vouches for its key;
// with DELETE it takes both back.
func (a *app) delegate(ctx context.Context, action string) error {
	outputs, err := a.outputs(globalStack)
	if err != nil {
		return err
	}
	record := func(kind string, values ...any) object {
		var records []object
		for _, value := range values {
			records = append(records, object{"Value": value})
		}
		return object{"Action": action, "ResourceRecordSet": object{"Name": a.run.routes(), "Type": kind, "TTL": 60, "ResourceRecords": records}}
	}
	servers, _ := outputs["nameServers"].([]any)
	changes := []object{record("NS", servers...), record("DS", outputs["dsRecord"])}
	return a.aws(ctx, edgeRegion, "route53", "change-resource-record-sets", "--hosted-zone-id", a.run.Zone, "--change-batch", encoded(object{"Changes": changes}))
}

// recover lifts the lock of a command that was killed, and imports what that had made
// and not written down (docs/runbook.md, "An update was killed, or its lock is stuck").
func (a *app) recover(ctx context.Context, stack string) (killed bool, err error) {
	locks, err := filepath.Glob(filepath.Join(a.file("state"), ".pulumi", "locks", "*", "*", stack, "*.json"))
	if err != nil || len(locks) == 0 {
		return false, err
	}
	if err := a.pulumi(ctx, "cancel", "--stack", stack, "--yes"); err != nil {
		return true, err
	}
	return true, a.commandIn(ctx, a.project(), a.out, a.sites, "adopt", stack)
}
