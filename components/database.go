package components

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// MinStorageGiB is the least storage of PostgreSQL on RDS.
	MinStorageGiB = 20
	// MaxStorageGiB is the most.
	MaxStorageGiB = 65536

	postgresPort = 5432
	// postgresVersion is a major version: AWS chooses the minor one and upgrades
	// it, which makes no difference to Pulumi.
	postgresVersion = "16"
	// masterUser is not one of the names that attackers try first.
	masterUser = "multisite"
	// backupDays is the longest that RDS keeps automated backups.
	backupDays = 35
	// certificateAuthority signs the server's certificate
	// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html).
	certificateAuthority = "rds-ca-rsa2048-g1"
)

// DatabaseArgs describe a Database.
type DatabaseArgs struct {
	// DatabaseName is the name of the first database, by default the component's with underscores.
	DatabaseName string
	// InstanceClass is the RDS instance class, such as db.m7g.large.
	InstanceClass string
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
	// DataKeyARN is the KMS key for storage, backups and performance data.
	DataKeyARN pulumi.StringInput
	// SecretsKeyARN is the KMS key for the credentials.
	SecretsKeyARN pulumi.StringInput
	// LogsKeyARN is the KMS key for the server's logs.
	LogsKeyARN pulumi.StringInput
	// LogRetentionDays is how long the logs are kept, by default 365 days; see LogRetentions.
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
	// SecretARN is the Secrets Manager secret that holds the credentials.
	SecretARN pulumi.StringOutput
}

// InstanceClass is the form of an RDS instance class, such as db.m7g.large.
var InstanceClass = regexp.MustCompile(`^db\.[a-z0-9]+\.[a-z0-9]+$`)

var databaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// CanGrow reports whether storage may grow from one size to another: RDS demands a tenth of room.
func CanGrow(storageGiB, maxStorageGiB int) bool { return 10*maxStorageGiB >= 11*storageGiB }

// NewDatabase creates a Multi-AZ PostgreSQL instance with a security group, a
// subnet group, a parameter group that forces TLS, log groups, enhanced
// monitoring, and its credentials.
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
	instance, err := p.instance(a, c)
	if err != nil {
		return nil, err
	}
	if err := p.storeCredentials(a, c, instance); err != nil {
		return nil, err
	}
	d.Endpoint, d.SecretARN = instance.Endpoint, c.secret.Arn
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"endpoint": d.Endpoint, "secretArn": d.SecretARN})
}

func (args DatabaseArgs) withDefaults(name string) DatabaseArgs {
	if args.DatabaseName == "" {
		args.DatabaseName = strings.ReplaceAll(name, "-", "_")
	}
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = defaultLogRetention
	}
	return args
}

func (args DatabaseArgs) validate(name string) error {
	var p problems
	p.check(databaseName.MatchString(args.DatabaseName), "DatabaseName: found %q, allowed are lower-case letters, digits and underscores, a letter first", args.DatabaseName)
	p.check(InstanceClass.MatchString(args.InstanceClass), "InstanceClass: found %q, allowed is an RDS instance class such as db.m7g.large", args.InstanceClass)
	p.check(args.StorageGiB >= MinStorageGiB && args.StorageGiB <= MaxStorageGiB,
		"StorageGiB: found %d, allowed are %d to %d", args.StorageGiB, MinStorageGiB, MaxStorageGiB)
	p.check(CanGrow(args.StorageGiB, args.MaxStorageGiB) && args.MaxStorageGiB <= MaxStorageGiB,
		"MaxStorageGiB: found %d, allowed is from a tenth above StorageGiB (%d) to %d", args.MaxStorageGiB, args.StorageGiB, MaxStorageGiB)
	p.check(args.VpcID != nil, "VpcID: found none, a value is required")
	p.check(args.SubnetIDs != nil, "SubnetIDs: found none, a value is required")
	p.check(args.ClientSecurityGroupID != nil, "ClientSecurityGroupID: found none, a value is required")
	p.check(args.DataKeyARN != nil, "DataKeyARN: found none, a value is required")
	p.check(args.SecretsKeyARN != nil, "SecretsKeyARN: found none, a value is required")
	p.check(args.LogsKeyARN != nil, "LogsKeyARN: found none, a value is required")
	p.check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d, allowed are %d", args.LogRetentionDays, LogRetentions)
	return p.err("Database", name)
}

// instance creates the database server and the groups that it needs.
func (p provisioner) instance(a DatabaseArgs, c *credentials) (*rds.Instance, error) {
	group, err := p.databaseSecurityGroup(a)
	if err != nil {
		return nil, err
	}
	subnets, err := rds.NewSubnetGroup(p.ctx, p.name, &rds.SubnetGroupArgs{
		Description: pulumi.String("Data subnets"),
		SubnetIds:   a.SubnetIDs,
		Tags:        nameTag(p.name),
	}, pulumi.Parent(p.parent), replaceable)
	if err != nil {
		return nil, err
	}
	parameters, err := rds.NewParameterGroup(p.ctx, p.name, &rds.ParameterGroupArgs{
		Description: pulumi.String("TLS only"),
		Family:      pulumi.String("postgres" + postgresVersion),
		Parameters: rds.ParameterGroupParameterArray{rds.ParameterGroupParameterArgs{
			Name: pulumi.String("rds.force_ssl"), Value: pulumi.String("1"),
		}},
		Tags: nameTag(p.name),
	}, pulumi.Parent(p.parent), replaceable)
	if err != nil {
		return nil, err
	}
	logs, err := p.databaseLogs(a, c)
	if err != nil {
		return nil, err
	}
	role, rights, err := p.monitoringRole(group.OwnerId)
	if err != nil {
		return nil, err
	}
	return rds.NewInstance(p.ctx, p.name, &rds.InstanceArgs{
		Identifier:                       c.identifier,
		Engine:                           pulumi.String("postgres"),
		EngineVersion:                    pulumi.String(postgresVersion),
		AutoMinorVersionUpgrade:          pulumi.Bool(true),
		AllowMajorVersionUpgrade:         pulumi.Bool(true), // when postgresVersion changes, and then only
		InstanceClass:                    pulumi.String(a.InstanceClass),
		MultiAz:                          pulumi.Bool(true),
		DbSubnetGroupName:                subnets.Name,
		VpcSecurityGroupIds:              pulumi.StringArray{group.ID()},
		PubliclyAccessible:               pulumi.Bool(false),
		ParameterGroupName:               parameters.Name,
		StorageType:                      pulumi.String("gp3"),
		AllocatedStorage:                 pulumi.Int(a.StorageGiB),
		MaxAllocatedStorage:              pulumi.Int(a.MaxStorageGiB),
		CaCertIdentifier:                 pulumi.String(certificateAuthority),
		EnabledCloudwatchLogsExports:     pulumi.ToStringArray(exportedLogs),
		MonitoringInterval:               pulumi.Int(60), // seconds
		MonitoringRoleArn:                role.Arn,
		StorageEncrypted:                 pulumi.Bool(true),
		KmsKeyId:                         a.DataKeyARN,
		PerformanceInsightsEnabled:       pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:      a.DataKeyARN,
		DbName:                           pulumi.String(a.DatabaseName),
		Username:                         pulumi.String(masterUser),
		Password:                         c.password.Result,
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		BackupRetentionPeriod:            pulumi.Int(backupDays),
		DeleteAutomatedBackups:           pulumi.Bool(false),
		CopyTagsToSnapshot:               pulumi.Bool(true),
		DeletionProtection:               pulumi.Bool(!a.AllowDeletion),
		FinalSnapshotIdentifier:          pulumi.Sprintf("%s-final", c.identifier),
		Tags:                             nameTag(p.name),
	}, pulumi.Parent(p.parent), pulumi.DependsOn(append(logs, rights)))
}

// databaseSecurityGroup admits the clients' group to the database's port, and
// lets nothing out.
func (p provisioner) databaseSecurityGroup(a DatabaseArgs) (*ec2.SecurityGroup, error) {
	return ec2.NewSecurityGroup(p.ctx, p.name, &ec2.SecurityGroupArgs{
		VpcId:       a.VpcID,
		Description: pulumi.String("PostgreSQL from workloads"),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("PostgreSQL"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(postgresPort), ToPort: pulumi.Int(postgresPort),
			SecurityGroups: pulumi.StringArray{a.ClientSecurityGroupID},
		}},
		Egress: ec2.SecurityGroupEgressArray{},
		Tags:   nameTag(p.name),
	}, pulumi.Parent(p.parent), replaceable)
}
