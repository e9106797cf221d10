package components

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// MinStorageGiB is the least storage of PostgreSQL on RDS.
	MinStorageGiB = 20
	// MaxStorageGiB is the most.
	MaxStorageGiB = 65536

	// MaxReadReplicas is the most that RDS gives one PostgreSQL server.
	MaxReadReplicas = 15

	// PostgresPort is where databases answer.
	PostgresPort = 5432
	// MasterUser owns databases. It is not one of the names that attackers try first.
	MasterUser = "multisite"
	// BackupDays is the longest that RDS keeps automated backups.
	BackupDays = 35
	// certificateAuthority signs the server's certificate
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html).
	certificateAuthority = "rds-ca-rsa2048-g1"
)

// EngineVersions are the accepted major versions of PostgreSQL. AWS chooses the
// minor one and upgrades it, which makes no difference to Pulumi.
var EngineVersions = []string{"15", "16", "17"}

// DefaultEngineVersion is one that every client library in use knows.
const DefaultEngineVersion = "16"

// DatabaseArgs describe a Database.
type DatabaseArgs struct {
	// DatabaseName is the name of the first database, by default the component's
	// with underscores.
	DatabaseName string
	// EngineVersion is the major version of PostgreSQL: 15, 16 or 17. A newer one
	// upgrades the database in place, at once; there is no way back.
	EngineVersion string
	// InstanceClass is the RDS instance class, such as db.m7g.large.
	InstanceClass string
	// ReadReplicas is how many copies answer reads: 0 to 15.
	ReadReplicas int
	// BackupWindow is when the daily backup is taken, in UTC: 30 minutes or more,
	// such as 18:00-18:30.
	BackupWindow string
	// MaintenanceWindow is when AWS may upgrade, in UTC: 30 minutes to a day, apart
	// from the backup window, such as sun:19:00-sun:20:00.
	MaintenanceWindow string
	// StorageGiB is what the database starts with, at least 20 GiB.
	StorageGiB int
	// MaxStorageGiB is how far its storage may grow by itself, up to 65536 GiB and
	// at least a tenth above StorageGiB.
	MaxStorageGiB int
	// VpcID is the network's VPC.
	VpcID pulumi.StringInput
	// SubnetIDs are data subnets in at least two zones.
	SubnetIDs pulumi.StringArrayInput
	// ClientSecurityGroupID is the only security group that may connect.
	ClientSecurityGroupID pulumi.StringInput
	// ReplicationSecurityGroupID is the security group of the replication instance, which
	// may connect too while data is being copied.
	ReplicationSecurityGroupID pulumi.StringInput
	// LogicalReplication lets others follow the database's changes, as a copy back to the
	// origin does. A database that is there already has to be restarted for it.
	LogicalReplication bool
	// DataKeyARN is the KMS key for storage, backups and performance data.
	DataKeyARN pulumi.StringInput
	// SecretsKeyARN is the KMS key for the credentials.
	SecretsKeyARN pulumi.StringInput
	// LogsKeyARN is the KMS key for the server's logs.
	LogsKeyARN pulumi.StringInput
	// PermissionsBoundaryARN is the IAM policy beyond which no role of the database has rights.
	PermissionsBoundaryARN string
	// AlarmTopicARN is the SNS topic that alarms tell.
	AlarmTopicARN pulumi.StringInput
	// LogRetentionDays is how long the logs are kept, in days; the values of LogRetentions.
	LogRetentionDays int
	// AllowDeletion lifts the protection against deletion. A final snapshot is
	// taken all the same.
	AllowDeletion bool
}

// Database is a PostgreSQL database on RDS.
type Database struct {
	pulumi.ResourceState

	// Endpoint is HOST:PORT.
	Endpoint pulumi.StringOutput
	// ReplicaEndpoints are those of the read replicas, HOST:PORT.
	ReplicaEndpoints pulumi.StringArray
	// SecretARN is the Secrets Manager secret that holds the credentials.
	SecretARN pulumi.StringOutput
}

var databaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// CanGrow reports whether storage may grow from one size to another: RDS demands a tenth of room.
func CanGrow(storageGiB, maxStorageGiB int) bool { return 10*maxStorageGiB >= 11*storageGiB }

// NewDatabase creates a Multi-AZ PostgreSQL instance with a security group, a
// subnet group, a parameter group that forces TLS, log groups, enhanced
// monitoring, alarms, its credentials, and read replicas if there are to be any.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	a := args.withDefaults(name)
	if err := a.validate(name); err != nil {
		return nil, err
	}
	d := &Database{}
	if err := ctx.RegisterComponentResource("multisite:index:Database", name, d, protected(opts, a.AllowDeletion)...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, d}
	c, err := p.newCredentials(a)
	if err != nil {
		return nil, err
	}
	server, err := p.server(a)
	if err != nil {
		return nil, err
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
	d.Endpoint, d.SecretARN = instance.Endpoint, c.secret.Arn
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"endpoint": d.Endpoint, "replicaEndpoints": d.ReplicaEndpoints, "secretArn": d.SecretARN,
		// What was asked for last: RDS may have added to it.
		"storageGiB": instance.AllocatedStorage.ApplyT(func(allocated int) int { return min(a.StorageGiB, allocated) }),
	})
}

func (args DatabaseArgs) withDefaults(name string) DatabaseArgs {
	if args.DatabaseName == "" {
		args.DatabaseName = strings.ReplaceAll(name, "-", "_")
	}
	if args.EngineVersion == "" {
		args.EngineVersion = DefaultEngineVersion
	}
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = DefaultLogRetention
	}
	return args
}

func (args DatabaseArgs) validate(name string) error {
	var p problems
	p.check(databaseName.MatchString(args.DatabaseName), "DatabaseName: found %q, allowed are lower-case letters, digits and underscores, a letter first", args.DatabaseName)
	p.check(slices.Contains(EngineVersions, args.EngineVersion), "EngineVersion: found %q, allowed are %q", args.EngineVersion, EngineVersions)
	p.check(args.ReadReplicas >= 0 && args.ReadReplicas <= MaxReadReplicas, "ReadReplicas: found %d, allowed are 0 to %d", args.ReadReplicas, MaxReadReplicas)
	err := CheckBackupWindow(args.BackupWindow)
	p.check(err == nil, "BackupWindow: %v", err)
	err = CheckMaintenanceWindow(args.MaintenanceWindow, args.BackupWindow)
	p.check(err == nil, "MaintenanceWindow: %v", err)
	p.check(InstanceClass.MatchString(args.InstanceClass), "InstanceClass: found %q, allowed is an RDS instance class of the families t, m, r and x, such as db.m7g.large", args.InstanceClass)
	p.check(args.StorageGiB >= MinStorageGiB && args.StorageGiB <= MaxStorageGiB,
		"StorageGiB: found %d, allowed are %d to %d", args.StorageGiB, MinStorageGiB, MaxStorageGiB)
	p.check(args.MaxStorageGiB >= MinStorageGiB && CanGrow(args.StorageGiB, args.MaxStorageGiB) && args.MaxStorageGiB <= MaxStorageGiB,
		"MaxStorageGiB: found %d, allowed is from a tenth above StorageGiB (%d) to %d", args.MaxStorageGiB, args.StorageGiB, MaxStorageGiB)
	p.check(args.VpcID != nil, "VpcID: found none, a value is required")
	p.check(args.SubnetIDs != nil, "SubnetIDs: found none, a value is required")
	p.check(args.ClientSecurityGroupID != nil, "ClientSecurityGroupID: found none, a value is required")
	p.check(args.DataKeyARN != nil, "DataKeyARN: found none, a value is required")
	p.check(args.SecretsKeyARN != nil, "SecretsKeyARN: found none, a value is required")
	p.check(args.LogsKeyARN != nil, "LogsKeyARN: found none, a value is required")
	p.checkBoundary(args.PermissionsBoundaryARN)
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, a value is required")
	p.check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d, allowed are %d", args.LogRetentionDays, LogRetentions)
	return p.err("Database", name)
}
