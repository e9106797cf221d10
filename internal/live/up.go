package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/estimate"
	"example.com/multisite/internal/live/experiments"
	"example.com/multisite/internal/live/smallsite"
	"example.com/multisite/internal/live/support"
	"example.com/multisite/internal/live/workspace"
	"example.com/multisite/internal/pulumicli"
)

// up creates the site and the support stacks, or continues an up that failed.
func (a *app) up(ctx context.Context) error {
	if a.Record == nil {
		if err := a.begin(ctx); err != nil {
			return err
		}
	} else if err := errors.Join(a.refuseOtherAccount(), a.RefuseOver(), a.CreateProject()); err != nil {
		return err
	}
	r := a.Record
	// The site refers to the permission boundary, and to the bucket and key of Copies.
	// Tools needs the site's network and topics.
	if err := support.Deploy(ctx, a.Workspace, support.Boundary, map[string]string{"Site": r.Site, "Region": r.Region}); err != nil {
		return err
	}
	if err := support.Deploy(ctx, a.Workspace, support.Copies, map[string]string{"CopiesName": r.CopiesBucket()}); err != nil {
		return err
	}
	ids, err := support.IDs(a.Workspace)
	if err != nil {
		return err
	}
	if err := a.Edit(r.Site, func(config map[string]any) { smallsite.SetReplicationKey(r, config, ids["Key"]) }); err != nil {
		return err
	}
	if err := a.Update(ctx, r.Site); err != nil {
		return err
	}
	copyDatabase := r.Moving != "" && !slices.Contains(r.Skip, experiments.DatabaseCopy) && !account.Emulated()
	if err := support.DeployTools(ctx, a.Workspace, copyDatabase); err != nil {
		return err
	}
	if r.Domain == "" {
		return nil
	}
	if err := a.Update(ctx, workspace.GlobalStack); err != nil {
		return err
	}
	return a.delegate(ctx, "UPSERT")
}

// begin prints the resources and their estimated cost, waits for confirmation, and saves
// the record of a new run. It changes nothing in the account.
func (a *app) begin(ctx context.Context) (err error) {
	r, err := a.newRecord()
	if err != nil {
		return err
	}
	if r.Account, err = account.Number(r.Region); err != nil {
		return err
	}
	if err := account.RefuseUsed(a.Root, a.Site, r.Account); err != nil {
		return err
	}
	a.Record = r
	defer func() {
		if err != nil {
			a.Record = nil
			err = errors.Join(err, a.Forget())
		}
	}()
	steps, err := a.preview(ctx)
	if err != nil {
		return err
	}
	cost, err := estimate.New(r.Region, steps, r.Skip)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.Out, "A small site %s, in %s of account %s, until %s.\n%s\n\n", r.Site, r.Region, r.Account, r.Until, neverRun)
	cost.Print(a.Out, a.hours)
	if total := cost.Total(a.hours); total > a.cap {
		return fmt.Errorf("--cap: found %g USD, below the estimate of %.2f; allowed: a cap above the estimate", a.cap, total)
	}
	if err := a.confirm(r.Account); err != nil {
		return err
	}
	r.Rate, r.Once, r.Began = cost.Rate, cost.Once, a.Clock.Now()
	return a.Save()
}

// newRecord returns the record of a new run, from the options and the site's configuration.
func (a *app) newRecord() (*workspace.Record, error) {
	config, err := a.Config(a.Site)
	if err != nil {
		return nil, err
	}
	region, _ := config["multisite:region"].(string)
	if region == "" {
		return nil, fmt.Errorf("%s: multisite:region: found none; allowed: the region of a site on AWS", workspace.ConfigFile(a.Site))
	}
	r := &workspace.Record{
		ID: "live-" + workspace.RandomHex(4), Site: a.Site, Region: region, Until: a.until, Cap: a.cap,
		Domain: a.domain, Zone: a.zone, Skip: a.skipped(),
	}
	if r.Until == "" {
		r.Until = a.Clock.Now().Add(24 * time.Hour).Format(time.DateOnly)
	}
	if today := a.Clock.Now().Format(time.DateOnly); r.Until < today {
		return nil, fmt.Errorf("--until: found %s; allowed: %s or later", r.Until, today)
	}
	return r, smallsite.ChooseServices(r, config)
}

// preview creates the project and its stacks, and previews the first update of each.
func (a *app) preview(ctx context.Context) ([]pulumicli.Step, error) {
	if err := a.CreateProject(); err != nil {
		return nil, err
	}
	if err := a.Configure(a.Record.Site, func(config map[string]any) error {
		return smallsite.Configure(a.Record, config, smallsite.NoKey)
	}); err != nil {
		return nil, err
	}
	if a.Record.Domain != "" {
		if err := a.Configure(workspace.GlobalStack, func(config map[string]any) error {
			smallsite.ConfigureGlobal(a.Record, config)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	var steps []pulumicli.Step
	for _, stack := range a.Stacks() {
		if err := a.Pulumi(ctx, "stack", "init", stack, "--secrets-provider=passphrase"); err != nil {
			return nil, err
		}
		var preview pulumicli.Preview
		if err := a.PulumiJSON(&preview, "preview", "--stack", stack, "--json"); err != nil {
			return nil, err
		}
		steps = append(steps, preview.Steps...)
	}
	return steps, nil
}

// delegate creates the NS and DS records of the routes' zone in its parent zone. With the
// action DELETE it deletes them.
func (a *app) delegate(ctx context.Context, action string) error {
	outputs, err := a.Outputs(workspace.GlobalStack)
	if err != nil {
		return err
	}
	record := func(kind string, values ...any) object {
		var records []object
		for _, value := range values {
			records = append(records, object{"Value": value})
		}
		return object{"Action": action, "ResourceRecordSet": object{"Name": a.Record.RoutesDomain(), "Type": kind, "TTL": 60, "ResourceRecords": records}}
	}
	servers, _ := outputs["nameServers"].([]any)
	changes := []object{record("NS", servers...), record("DS", outputs["dsRecord"])}
	return a.AWS(ctx, awstypes.EdgeRegion, "route53", "change-resource-record-sets", "--hosted-zone-id", a.Record.Zone, "--change-batch", encode(object{"Changes": changes}))
}
