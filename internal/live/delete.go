package live

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/workspace"
)

// emptyBuckets deletes all versions of all objects in the run's buckets, including
// objects with a lock in governance mode.
func (a *app) emptyBuckets(ctx context.Context) error {
	found, err := account.Tagged(a.Record.Region, workspace.RunTag, a.Record.ID)
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
			VersionID string `json:"VersionId"` // as in the input of delete-objects
		}
		if err := cli.AWS(&versions, a.Record.Region, "s3api", "list-object-versions", "--bucket", bucket, "--max-items", "1000",
			"--query", "[Versions, DeleteMarkers][].{Key: Key, VersionId: VersionId}"); err != nil {
			return err
		}
		if len(versions) == 0 {
			return nil
		}
		file := a.File("versions.json")
		if err := os.WriteFile(file, []byte(encode(object{"Objects": versions, "Quiet": true})), 0o600); err != nil {
			return err
		}
		// delete-objects exits with status 0 even if S3 refuses to delete some objects.
		var refused []struct{ Key, Code string }
		if err := cli.AWS(&refused, a.Record.Region, "s3api", "delete-objects", "--bucket", bucket, "--bypass-governance-retention",
			"--delete", "file://"+file, "--query", "Errors"); err != nil {
			return err
		}
		if len(refused) > 0 {
			return fmt.Errorf("%s: %s cannot be deleted: %s", bucket, refused[0].Key, refused[0].Code)
		}
	}
	return ctx.Err()
}

// deleteRepositories deletes the repositories that ECR's pull-through cache created.
func (a *app) deleteRepositories(ctx context.Context) error {
	var names []string
	if err := cli.AWS(&names, a.Record.Region, "ecr", "describe-repositories", "--query", "repositories[].repositoryName"); err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, a.Record.CopiesBucket()+"/") {
			if err := a.AWS(ctx, a.Record.Region, "ecr", "delete-repository", "--repository-name", name, "--force"); err != nil {
				return err
			}
		}
	}
	return nil
}

// deleteBackups deletes the final snapshots and retained backups of the run's databases.
func (a *app) deleteBackups(ctx context.Context) error {
	var snapshots, backups []struct{ ID, Database string }
	region, r := a.Record.Region, a.Record
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
			problems = append(problems, a.AWS(ctx, region, "rds", "delete-db-snapshot", "--db-snapshot-identifier", s.ID))
		}
	}
	for _, b := range backups {
		if slices.Contains(r.Databases, b.Database) && !account.Emulated() { // the emulator only lists backups
			problems = append(problems, a.AWS(ctx, region, "rds", "delete-db-instance-automated-backup", "--dbi-resource-id", b.ID))
		}
	}
	return errors.Join(problems...)
}
