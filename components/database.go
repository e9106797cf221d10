package components

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/bounds"
)

const (
	// PostgresPort is the TCP port of databases.
	PostgresPort = 5432
	// MasterUser is the database user that owns a database. It is not one of the names
	// that attackers try first.
	MasterUser = "multisite"
	// certificateAuthority is the RDS authority that signs the server's certificate
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html).
	certificateAuthority = "rds-ca-rsa2048-g1"
)

// DatabaseArgs are the arguments of NewDatabase.
type DatabaseArgs struct {
	// DatabaseName is the name of the first database. The default is the component's name
	// with underscores in place of hyphens. With Restore or Standby, it is the name in the
	// database whose backup is restored.
	DatabaseName string
	// EngineVersion is the major version of PostgreSQL: 15, 16 or 17. A newer version
	// upgrades the database in place, at once. A downgrade is impossible.
	EngineVersion string
	// InstanceClass is the RDS instance class, such as db.m7g.large.
	InstanceClass string
	// ReadReplicas is the number of read replicas, 0 to 15.
	ReadReplicas int
	// BackupWindow is the time of the daily backup, in UTC: 30 minutes or more, such as
	// 18:00-18:30.
	BackupWindow string
	// MaintenanceWindow is the time of the week in which AWS may upgrade the servers, in
	// UTC: 30 minutes to a day, such as sun:19:00-sun:20:00. It must not overlap
	// BackupWindow.
	MaintenanceWindow string
	// StorageGiB is the initial storage, 20 to 65536 GiB.
	StorageGiB int
	// MaxStorageGiB is the size up to which RDS may grow the storage: at least a tenth
	// above StorageGiB, and at most 65536 GiB.
	MaxStorageGiB int
	// VpcID is the ID of the network's VPC.
	VpcID pulumi.StringInput
	// SubnetIDs are the IDs of data subnets in at least two zones.
	SubnetIDs pulumi.StringArrayInput
	// ClientSecurityGroupID is the security group of the clients. Only its members, and
	// the members of ReplicationSecurityGroupID, may connect.
	ClientSecurityGroupID pulumi.StringInput
	// ReplicationSecurityGroupID is the security group of the replication instance, which
	// may connect while data is replicated. If it is nil, only clients may connect.
	ReplicationSecurityGroupID pulumi.StringInput
	// LogicalReplication lets other systems read the database's changes, such as the
	// replication back to the origin. It takes effect in an existing database only after
	// a restart.
	LogicalReplication bool
	// DataKeyARN is the KMS key that encrypts storage, backups and performance data.
	DataKeyARN pulumi.StringInput
	// SecretsKeyARN is the KMS key that encrypts the secret with the credentials.
	SecretsKeyARN pulumi.StringInput
	// LogsKeyARN is the KMS key that encrypts the server's logs.
	LogsKeyARN pulumi.StringInput
	// PermissionsBoundaryARN is the IAM policy that is the permissions boundary of every
	// role of the database.
	PermissionsBoundaryARN string
	// AlarmTopicARN is the SNS topic that receives the alarms.
	AlarmTopicARN pulumi.StringInput
	// Standby leaves out the servers, their alarms and the version of the secret. Roles, keys
	// and groups exist before a recovery needs them.
	Standby bool
	// Restore is the backup from which the primary is created; nil for an empty database. It is
	// ignored once the primary exists. DatabaseName is required, and DataKeyARN is the key of
	// the backup.
	Restore *Restore
	// LogRetentionDays is how long the logs are kept, in days. LogRetentions lists the
	// accepted values.
	LogRetentionDays int
	// AllowDeletion turns off the protection against deletion, by Pulumi and by RDS. RDS
	// still takes a final snapshot before a deletion.
	AllowDeletion bool
}

// Database is a PostgreSQL database on RDS.
type Database struct {
	pulumi.ResourceState

	// Endpoint is the address of the primary server, as HOST:PORT; empty with Standby.
	Endpoint pulumi.StringOutput
	// ARN is the ARN of the primary server; empty with Standby.
	ARN pulumi.StringOutput
	// ReplicaEndpoints are the addresses of the read replicas, each as HOST:PORT.
	ReplicaEndpoints pulumi.StringArray
	// SecretARN is the Secrets Manager secret that holds the credentials.
	SecretARN pulumi.StringOutput
}

// DatabaseName matches the name of a PostgreSQL database.
var DatabaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// NewDatabase creates a Multi-AZ PostgreSQL instance with a security group, a subnet
// group, a parameter group that requires TLS, log groups, enhanced monitoring, alarms, a
// secret with its credentials, and the read replicas. A restored database has the data and
// the users of its backup, and a new password of the owner.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	if err := args.validateRestore(name); err != nil {
		return nil, err
	}
	a := args.withDefaults(name)
	if err := a.validate(name); err != nil {
		return nil, err
	}
	d := &Database{}
	if err := ctx.RegisterComponentResource("multisite:index:Database", name, d, provision.Protected(opts, a.AllowDeletion)...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, d)
	c, err := p.newCredentials(a)
	if err != nil {
		return nil, err
	}
	server, err := p.server(a)
	if err != nil {
		return nil, err
	}
	d.SecretARN = c.secret.Arn
	if a.Standby {
		return d, d.standBy(p, a, c)
	}
	instance, err := p.primary(a, c, server)
	if err != nil {
		return nil, err
	}
	if err := p.storeCredentials(a, c, instance); err != nil {
		return nil, err
	}
	for n := range a.ReadReplicas {
		replica, err := p.replica(a, c, server, instance, n+1)
		if err != nil {
			return nil, err
		}
		d.ReplicaEndpoints = append(d.ReplicaEndpoints, replica.Endpoint)
	}
	d.Endpoint, d.ARN = instance.Endpoint, instance.Arn
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"endpoint": d.Endpoint, "replicaEndpoints": d.ReplicaEndpoints, "secretArn": d.SecretARN,
		// The configured size, not the size to which RDS has grown the storage.
		"storageGiB": instance.AllocatedStorage.ApplyT(func(allocated int) int { return min(a.StorageGiB, allocated) }),
	})
}

// standBy creates the log groups of the primary, which does not exist, and registers the outputs.
func (d *Database) standBy(p provisioner, a DatabaseArgs, c *credentials) error {
	if _, err := p.databaseLogs(a, c.identifier); err != nil {
		return err
	}
	d.Endpoint, d.ARN = pulumi.String("").ToStringOutput(), pulumi.String("").ToStringOutput()
	return p.Ctx.RegisterResourceOutputs(d, pulumi.Map{"endpoint": d.Endpoint, "replicaEndpoints": d.ReplicaEndpoints, "secretArn": d.SecretARN})
}

func (args DatabaseArgs) withDefaults(name string) DatabaseArgs {
	if args.DatabaseName == "" {
		args.DatabaseName = strings.ReplaceAll(name, "-", "_")
	}
	if args.EngineVersion == "" {
		args.EngineVersion = bounds.DefaultEngineVersion
	}
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = DefaultLogRetention
	}
	return args
}

// validateRestore checks the arguments of a restore, before DatabaseName has its default.
func (args DatabaseArgs) validateRestore(name string) error {
	var p provision.Problems
	restores := args.Standby || args.Restore != nil
	p.Check(!restores || args.DatabaseName != "", "DatabaseName: found none; allowed: with Standby or Restore, the name in the database whose backup is restored")
	p.Check(!args.Standby || args.Restore == nil, "Restore: found a backup; allowed: none with Standby")
	if r := args.Restore; r != nil {
		p.Check(r.BackupARN != nil, "Restore.BackupARN: found none; allowed: the ARN of a replicated backup")
		p.Check(r.At == "" || inUTC(r.At), "Restore.At: found %q; allowed: a time in UTC such as 2026-11-30T12:00:00Z, or none for the latest restorable time", r.At)
	}
	return p.Err("Database", name)
}

func (args DatabaseArgs) validate(name string) error {
	var p provision.Problems
	p.Check(DatabaseName.MatchString(args.DatabaseName), "DatabaseName: found %q; allowed: 1 to 63 lower-case letters, digits and underscores, beginning with a letter", args.DatabaseName)
	p.Check(slices.Contains(bounds.EngineVersions, args.EngineVersion), "EngineVersion: found %q; allowed: one of %q", args.EngineVersion, bounds.EngineVersions)
	p.Check(args.ReadReplicas >= 0 && args.ReadReplicas <= bounds.MaxReadReplicas, "ReadReplicas: found %d; allowed: 0 to %d", args.ReadReplicas, bounds.MaxReadReplicas)
	err := CheckBackupWindow(args.BackupWindow)
	p.Check(err == nil, "BackupWindow: %v", err)
	err = CheckMaintenanceWindow(args.MaintenanceWindow, args.BackupWindow)
	p.Check(err == nil, "MaintenanceWindow: %v", err)
	p.Check(InstanceClass.MatchString(args.InstanceClass), "InstanceClass: found %q; allowed: an RDS instance class of the families t, m, r and x, such as db.m7g.large", args.InstanceClass)
	p.Check(args.StorageGiB >= bounds.MinStorageGiB && args.StorageGiB <= bounds.MaxStorageGiB,
		"StorageGiB: found %d; allowed: %d to %d", args.StorageGiB, bounds.MinStorageGiB, bounds.MaxStorageGiB)
	p.Check(args.MaxStorageGiB >= bounds.MinStorageGiB && bounds.CanGrow(args.StorageGiB, args.MaxStorageGiB) && args.MaxStorageGiB <= bounds.MaxStorageGiB,
		"MaxStorageGiB: found %d; allowed: from a tenth above StorageGiB (%d) to %d", args.MaxStorageGiB, args.StorageGiB, bounds.MaxStorageGiB)
	p.Check(args.VpcID != nil, "VpcID: found none; allowed: the ID of a VPC")
	p.Check(args.SubnetIDs != nil, "SubnetIDs: found none; allowed: the IDs of subnets in at least two zones")
	p.Check(args.ClientSecurityGroupID != nil, "ClientSecurityGroupID: found none; allowed: the ID of a security group")
	p.Check(args.DataKeyARN != nil, "DataKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.SecretsKeyARN != nil, "SecretsKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.LogsKeyARN != nil, "LogsKeyARN: found none; allowed: the ARN of a KMS key")
	p.CheckBoundary(args.PermissionsBoundaryARN)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	p.Check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d; allowed: one of %d", args.LogRetentionDays, LogRetentions)
	return p.Err("Database", name)
}
