package components

import (
	"regexp"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// Restore is a replicated backup, and the point in time to which a database is restored from it.
type Restore struct {
	// BackupARN is the ARN of the replicated backup (BackupReplication.BackupARN).
	BackupARN pulumi.StringInput
	// At is the point in time, in RFC 3339 and UTC. An empty At is the latest restorable time.
	At string
}

// BackupReplicationArgs are the arguments of NewBackupReplication.
type BackupReplicationArgs struct {
	// DatabaseARN is the database in another region whose automated backups are replicated to the
	// provider's region.
	DatabaseARN string
	// KeyARN is the KMS key of the provider's region that encrypts the copies. A restored database
	// has this key: its DataKeyARN must be the same.
	KeyARN pulumi.StringInput
	// AllowDeletion turns off Pulumi's protection against deletion. RDS keeps the copies after a
	// deletion until they expire.
	AllowDeletion bool
}

// BackupReplication replicates the automated backups of a database to another region.
type BackupReplication struct {
	pulumi.ResourceState

	// BackupARN is the ARN of the replicated backup.
	BackupARN pulumi.StringOutput
}

// DatabaseARN matches the ARN of an RDS instance outside of China.
var DatabaseARN = regexp.MustCompile(`^arn:aws:rds:[a-z]{2}(-[a-z]+)+-\d:\d{12}:db:[a-z][a-z0-9-]{0,62}$`)

// longestCopy is the time for which Pulumi waits for a restored database, or for the first copy of a
// backup. The provider's defaults, 40 and 75 minutes, are too short for large databases. After 40
// minutes, the provider forgets the database that RDS still restores
// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/rds/instance.go).
var longestCopy = pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "12h"})

// NewBackupReplication replicates the automated backups of a database to the provider's region, and
// keeps each for 35 days. RDS publishes no metric and no event of the replication
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html), so it has no
// alarm.
func NewBackupReplication(ctx *pulumi.Context, name string, args *BackupReplicationArgs, opts ...pulumi.ResourceOption) (*BackupReplication, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	b := &BackupReplication{}
	if err := ctx.RegisterComponentResource("multisite:index:BackupReplication", name, b, provision.Protected(opts, args.AllowDeletion)...); err != nil {
		return nil, err
	}
	replication, err := rds.NewInstanceAutomatedBackupsReplication(ctx, name, &rds.InstanceAutomatedBackupsReplicationArgs{
		SourceDbInstanceArn: pulumi.String(args.DatabaseARN),
		KmsKeyId:            args.KeyARN,
		RetentionPeriod:     pulumi.Int(backupDays),
	}, pulumi.Parent(b), longestCopy)
	if err != nil {
		return nil, err
	}
	b.BackupARN = replication.ID().ToStringOutput()
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"backupArn": b.BackupARN})
}

func (args BackupReplicationArgs) validate(name string) error {
	var p provision.Problems
	p.Check(DatabaseARN.MatchString(args.DatabaseARN), "DatabaseARN: found %q; allowed: the ARN of a database outside of China, arn:aws:rds:REGION:ACCOUNT:db:NAME", args.DatabaseARN)
	p.Check(args.KeyARN != nil, "KeyARN: found none; allowed: the ARN of a KMS key")
	return p.Err("BackupReplication", name)
}

// inUTC reports whether a text is a time in RFC 3339, in UTC and without fractions of a second.
func inUTC(text string) bool {
	at, err := time.Parse(time.RFC3339, text)
	return err == nil && at.UTC().Format(time.RFC3339) == text
}

// pointInTime returns the argument of the instance that RDS restores.
func (r *Restore) pointInTime() rds.InstanceRestoreToPointInTimePtrInput {
	args := rds.InstanceRestoreToPointInTimeArgs{SourceDbInstanceAutomatedBackupsArn: r.BackupARN.ToStringOutput().ToStringPtrOutput()}
	if r.At == "" {
		args.UseLatestRestorableTime = pulumi.Bool(true)
	} else {
		args.RestoreTime = pulumi.String(r.At)
	}
	return args
}
