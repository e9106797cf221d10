package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/cli"
)

// down takes everything down that the run has made, as far as it goes, and says what
// is left. It can be repeated until nothing is.
func (a *app) down(ctx context.Context) error {
	if a.run == nil {
		return fmt.Errorf("%s: found no run; allowed: one that up has begun", a.folder())
	}
	if err := errors.Join(a.sameAccount(), a.makeProject()); err != nil {
		return err
	}
	r := a.run
	_, _ = fmt.Fprintf(a.out, "\nTaking down %s in account %s.\n", r.Site, r.Account)
	var problems []error
	try := func(err error) { problems = append(problems, err) }
	try(a.noteDatabases())
	for _, stack := range slices.Backward(a.stacks()) {
		try(a.recoverForDestroy(ctx, stack))
	}
	if r.Domain != "" && slices.Contains(r.Up, globalStack) {
		try(a.delegate(ctx, "DELETE"))
	}
	if err := a.empty(ctx); err != nil { // at which a bucket's own deletion fails, below, if at all
		_, _ = fmt.Fprintf(a.out, "live: %v; going on without\n", err)
	}
	// These live in the site's network, read its topics, or get its copies.
	for _, stack := range []string{besideTools, besideOrigin, besideCopies} {
		try(a.deleteStack(ctx, stack))
	}
	try(a.deleteRepositories(ctx))
	for _, stack := range slices.Backward(a.stacks()) {
		if a.hasStack(stack) && ctx.Err() == nil {
			try(a.destroy(ctx, stack))
		}
	}
	try(a.deleteStack(ctx, besideRoles))
	try(a.deleteStack(ctx, besideBound))
	try(a.deleteBackups(ctx))
	if err := errors.Join(append(problems, ctx.Err())...); err != nil {
		return fmt.Errorf("%w\nsomething may be left, at a cost; try again: %s", err, a.resume(stepDown))
	}
	return a.finish(ctx)
}

// recoverForDestroy imports what a killed update made. That some of it cannot be
// found must not keep the rest from being deleted: what is left is listed at the end.
func (a *app) recoverForDestroy(ctx context.Context, stack string) error {
	if _, err := a.recover(ctx, stack); err != nil {
		_, _ = fmt.Fprintf(a.out, "live: %v; going on without\n", err)
	}
	return ctx.Err()
}

// destroy deletes a stack. One that is whole has its protection lifted as README.md
// says; where that fails, and for one that is not whole, the state and the databases
// are told directly.
func (a *app) destroy(ctx context.Context, stack string) error {
	lifted := false
	if slices.Contains(a.run.Up, stack) {
		if err := a.edit(stack, func(config object) { config["multisite:deletionProtection"] = false }); err != nil {
			return err
		}
		err := a.pulumi(ctx, "up", "--stack", stack, "--yes", "--skip-preview")
		if ctx.Err() != nil {
			return err
		}
		lifted = err == nil
	}
	if !lifted {
		if err := a.unprotect(ctx, stack); err != nil {
			return err
		}
	}
	destroy := func() error {
		return a.pulumi(ctx, "destroy", "--stack", stack, "--yes", "--skip-preview")
	}
	err := destroy()
	if err != nil && ctx.Err() == nil { // a log may have arrived in a bucket
		if err = errors.Join(a.unprotect(ctx, stack), a.empty(ctx)); err == nil {
			err = destroy()
		}
	}
	if err != nil {
		return err
	}
	return a.pulumi(ctx, "stack", "rm", stack, "--yes", "--preserve-config")
}

// unprotect lifts the protection in the state, and of the databases in the account.
func (a *app) unprotect(ctx context.Context, stack string) error {
	if err := a.pulumi(ctx, "state", "unprotect", "--all", "--stack", stack, "--yes"); err != nil {
		return err
	}
	if stack == globalStack {
		return nil
	}
	for _, id := range a.run.Databases {
		// One that has gone, or is going, cannot be modified, and need not be.
		_ = a.aws(ctx, a.run.Region, "rds", "modify-db-instance", "--db-instance-identifier", id, "--no-deletion-protection", "--apply-immediately")
	}
	return ctx.Err()
}

// noteDatabases keeps the identifiers of the run's databases, for when they have gone.
func (a *app) noteDatabases() error {
	var list struct {
		DBInstances []struct {
			DBInstanceIdentifier string
			TagList              []struct{ Key, Value string }
		}
	}
	if err := cli.AWS(&list, a.run.Region, "rds", "describe-db-instances"); err != nil {
		return err
	}
	for _, instance := range list.DBInstances {
		for _, tag := range instance.TagList {
			if tag.Key == runTag && tag.Value == a.run.ID && !slices.Contains(a.run.Databases, instance.DBInstanceIdentifier) {
				a.run.Databases = append(a.run.Databases, instance.DBInstanceIdentifier)
			}
		}
	}
	return a.save()
}

// empty deletes every version of every object in the run's buckets, locked ones too.
func (a *app) empty(ctx context.Context) error {
	found, err := tagged(a.run.Region, runTag, a.run.ID)
	if err != nil {
		return err
	}
	for _, arn := range found {
		if bucket, is := strings.CutPrefix(arn, "arn:aws:s3:::"); is {
			if err := a.emptyBucket(ctx, bucket); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *app) emptyBucket(ctx context.Context, bucket string) error {
	for ctx.Err() == nil {
		var versions []struct {
			Key       string
			VersionID string `json:"VersionId"` // as delete-objects takes it
		}
		if err := cli.AWS(&versions, a.run.Region, "s3api", "list-object-versions", "--bucket", bucket, "--max-items", "1000",
			"--query", "[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}"); err != nil {
			return err
		}
		if len(versions) == 0 {
			return nil
		}
		file := filepath.Join(a.folder(), "versions.json")
		if err := os.WriteFile(file, []byte(encoded(object{"Objects": versions, "Quiet": true})), 0o600); err != nil {
			return err
		}
		var refused []struct{ Key, Code string } // which fails nothing
		if err := cli.AWS(&refused, a.run.Region, "s3api", "delete-objects", "--bucket", bucket, "--bypass-governance-retention",
			"--delete", "file://"+file, "--query", "Errors"); err != nil {
			return err
		}
		if len(refused) > 0 {
			return fmt.Errorf("%s: %s cannot be deleted: %s", bucket, refused[0].Key, refused[0].Code)
		}
	}
	return ctx.Err()
}

// deleteRepositories deletes what the pull-through cache has made.
func (a *app) deleteRepositories(ctx context.Context) error {
	var names []string
	if err := cli.AWS(&names, a.run.Region, "ecr", "describe-repositories", "--query", "repositories[].repositoryName"); err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, a.run.copies()+"/") {
			if err := a.aws(ctx, a.run.Region, "ecr", "delete-repository", "--repository-name", name, "--force"); err != nil {
				return err
			}
		}
	}
	return nil
}

// deleteBackups deletes the final snapshots and retained backups of the run's databases.
func (a *app) deleteBackups(ctx context.Context) error {
	var snapshots, backups []struct{ ID, Database string }
	region, r := a.run.Region, a.run
	if err := errors.Join(
		cli.AWS(&snapshots, region, "rds", "describe-db-snapshots", "--snapshot-type", "manual",
			"--query", "DBSnapshots[].{ID: DBSnapshotIdentifier, Database: DBInstanceIdentifier}"),
		cli.AWS(&backups, region, "rds", "describe-db-instance-automated-backups",
			"--query", "DBInstanceAutomatedBackups[].{ID: DbiResourceId, Database: DBInstanceIdentifier}"),
	); err != nil {
		return err
	}
	var problems []error
	for _, s := range snapshots {
		if slices.Contains(r.Databases, s.Database) {
			problems = append(problems, a.aws(ctx, region, "rds", "delete-db-snapshot", "--db-snapshot-identifier", s.ID))
		}
	}
	for _, b := range backups {
		if slices.Contains(r.Databases, b.Database) && !emulated() { // which only lists them
			problems = append(problems, a.aws(ctx, region, "rds", "delete-db-instance-automated-backup", "--dbi-resource-id", b.ID))
		}
	}
	return errors.Join(problems...)
}

// finish looks for what is left, and ends the run if nothing is. AWS lists some things
// for a while after they have gone.
func (a *app) finish(ctx context.Context) error {
	var pending, left []string
	_, err := a.await(ctx, 10*time.Minute, func() (_ string, err error) {
		if pending, left, err = a.left(); err != nil || len(left) > 0 {
			return "", err
		}
		return "nothing", nil
	})
	for _, line := range pending {
		_, _ = fmt.Fprintf(a.out, "  %s\n", line)
	}
	if errors.Is(err, errWaited) {
		return fmt.Errorf("AWS still lists, by the tag %s=%s:\n  %s\nIf they are there, they cost money; look again: %s",
			runTag, a.run.ID, strings.Join(left, "\n  "), a.resume(stepDown))
	}
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(a.out, "Nothing else is left that AWS lists by the tag %s=%s. The run cost about %.2f USD.\n", runTag, a.run.ID, a.spent())
	a.run.Ended = true
	return errors.Join(a.save(), a.forget())
}
