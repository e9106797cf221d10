package live

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/support"
	"example.com/multisite/internal/live/workspace"
)

// down deletes the run's resources and lists the resources that are left. It continues
// after an error, and can be repeated until no resource is left.
func (a *app) down(ctx context.Context) error {
	if a.Record == nil {
		return fmt.Errorf("%s: found no run; allowed: a run after %s", a.Folder(), a.Resume(string(stepUp)))
	}
	if err := errors.Join(a.refuseOtherAccount(), a.CreateProject()); err != nil {
		return err
	}
	r := a.Record
	_, _ = fmt.Fprintf(a.Out, "\nDeleting %s in account %s.\n", r.Site, r.Account)
	var problems []error
	try := func(err error) { problems = append(problems, err) }
	try(a.RecordDatabases())
	for _, stack := range slices.Backward(a.Stacks()) {
		try(a.recoverForDestroy(ctx, stack))
	}
	if r.Domain != "" && slices.Contains(r.Up, workspace.GlobalStack) {
		try(a.delegate(ctx, "DELETE"))
	}
	if err := a.emptyBuckets(ctx); err != nil { // if that matters, the bucket's deletion fails below
		_, _ = fmt.Fprintf(a.Out, "live: %v; continuing\n", err)
	}
	// The site's network and topics can be deleted only after these stacks.
	for _, stack := range []string{support.Tools, support.Origin, support.Copies} {
		try(support.Delete(ctx, a.Workspace, stack))
	}
	try(a.deleteRepositories(ctx))
	for _, stack := range slices.Backward(a.Stacks()) {
		if a.HasStack(stack) && ctx.Err() == nil {
			try(a.destroy(ctx, stack))
		}
	}
	try(support.Delete(ctx, a.Workspace, support.Roles))
	try(support.Delete(ctx, a.Workspace, support.Boundary))
	try(a.deleteBackups(ctx))
	if err := errors.Join(append(problems, ctx.Err())...); err != nil {
		return fmt.Errorf("%w\nResources may be left, and AWS charges for them; repeat: %s", err, a.Resume(string(stepDown)))
	}
	return a.finish(ctx)
}

// recoverForDestroy imports the resources of a killed update. If that fails, it only
// prints the error, so that the other resources are deleted; finish lists the rest.
func (a *app) recoverForDestroy(ctx context.Context, stack string) error {
	if _, err := a.Recover(ctx, stack); err != nil {
		_, _ = fmt.Fprintf(a.Out, "live: %v; continuing\n", err)
	}
	return ctx.Err()
}

// destroy deletes a stack. It turns the deletion protection off by an update, as
// README.md describes. If the update fails, or an earlier update did not complete, it
// changes the state and the databases directly.
func (a *app) destroy(ctx context.Context, stack string) error {
	deletable := false
	if slices.Contains(a.Record.Up, stack) {
		if err := a.Edit(stack, func(config map[string]any) { config["multisite:deletionProtection"] = false }); err != nil {
			return err
		}
		err := a.Pulumi(ctx, "up", "--stack", stack, "--yes", "--skip-preview")
		if ctx.Err() != nil {
			return err
		}
		deletable = err == nil
	}
	if !deletable {
		if err := a.unprotect(ctx, stack); err != nil {
			return err
		}
	}
	destroy := func() error {
		return a.Pulumi(ctx, "destroy", "--stack", stack, "--yes", "--skip-preview")
	}
	err := destroy()
	if err != nil && ctx.Err() == nil { // AWS may have delivered a log to a bucket since emptyBuckets
		if err = errors.Join(a.unprotect(ctx, stack), a.emptyBuckets(ctx)); err == nil {
			err = destroy()
		}
	}
	if err != nil {
		return err
	}
	return a.Pulumi(ctx, "stack", "rm", stack, "--yes", "--preserve-config")
}

// unprotect removes the deletion protection in the state and of the databases.
func (a *app) unprotect(ctx context.Context, stack string) error {
	if err := a.Pulumi(ctx, "state", "unprotect", "--all", "--stack", stack, "--yes"); err != nil {
		return err
	}
	if stack == workspace.GlobalStack {
		return nil
	}
	for _, id := range a.Record.Databases {
		// RDS refuses to modify a database that is deleted or being deleted.
		_ = a.AWS(ctx, a.Record.Region, "rds", "modify-db-instance", "--db-instance-identifier", id, "--no-deletion-protection", "--apply-immediately")
	}
	return ctx.Err()
}

// finish lists the resources that are left, and ends the run if there are none. It
// retries for 10 minutes, because AWS lists some resources for a while after their deletion.
func (a *app) finish(ctx context.Context) error {
	var pending, left []string
	_, err := a.Await(ctx, 10*time.Minute, func() (_ string, err error) {
		if pending, left, err = a.leftovers(); err != nil || len(left) > 0 {
			return "", err
		}
		return "nothing", nil
	})
	for _, line := range pending {
		_, _ = fmt.Fprintf(a.Out, "  %s\n", line)
	}
	if errors.Is(err, workspace.ErrTimeout) {
		return fmt.Errorf("AWS still lists resources with the tag %s=%s:\n  %s\nAWS may charge for them; repeat: %s",
			workspace.RunTag, a.Record.ID, strings.Join(left, "\n  "), a.Resume(string(stepDown)))
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.Out, "AWS lists no other resource with the tag %s=%s. The run cost about %.2f USD.\n", workspace.RunTag, a.Record.ID, a.Spent())
	a.Record.Ended = true
	return errors.Join(a.Save(), a.Forget())
}

// leftovers lists the run's resources. left has the ARNs of existing resources; pending
// has the ARNs and dates of resources whose deletion is scheduled, which AWS does not
// charge for. Roles are in neither, because AWS does not list roles by tag; they are free.
func (a *app) leftovers() (pending, left []string, err error) {
	for _, region := range slices.Compact([]string{a.Record.Region, awstypes.EdgeRegion}) {
		found, err := account.Tagged(region, workspace.RunTag, a.Record.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, arn := range found {
			switch deleted, when := account.Deletion(region, arn); {
			case deleted:
			case when != "":
				pending = append(pending, arn+": "+when)
			default:
				left = append(left, arn)
			}
		}
	}
	return pending, left, nil
}
