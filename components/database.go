package components

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// PostgresPort is where databases listen.
	PostgresPort = 5432

	// postgresVersion is a major version: AWS chooses the minor one and upgrades
	// it, which makes no difference to Pulumi.
	postgresVersion = "16"
	// masterUser is not one of the names that attackers try first.
	masterUser = "multisite"
	// backupDays is the longest that RDS keeps automated backups.
	backupDays = 35
)

// DatabaseArgs describe a Database.
type DatabaseArgs struct {
	// DatabaseName is the name of the first database, by default the component's with underscores.
	DatabaseName string
	// InstanceClass is the RDS instance class, such as db.m7g.large.
	InstanceClass string
	// StorageGiB is what the database starts with, at least 20 GiB.
	StorageGiB int
	// MaxStorageGiB is how far its storage may grow by itself, up to 65536 GiB:
	// at least a tenth above StorageGiB, as RDS demands.
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

var (
	instanceClass = regexp.MustCompile(`^db\.[a-z0-9]+\.[a-z0-9]+$`)
	databaseName  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
)

// NewDatabase creates a Multi-AZ PostgreSQL instance with a security group, a
// subnet group, a parameter group that forces TLS, and its credentials.
func NewDatabase(ctx *pulumi.Context, name string, args *DatabaseArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	a := args.withDefaults(name)
	if err := a.validate(name); err != nil {
		return nil, err
	}
	d := &Database{}
	if err := ctx.RegisterComponentResource("multisite:index:Database", name, d, opts...); err != nil {
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
	return args
}

func (args DatabaseArgs) validate(name string) error {
	var p problems
	p.check(databaseName.MatchString(args.DatabaseName), "DatabaseName: found %q, allowed are lower-case letters, digits and underscores, a letter first", args.DatabaseName)
	p.check(instanceClass.MatchString(args.InstanceClass), "InstanceClass: found %q, allowed is an RDS instance class such as db.m7g.large", args.InstanceClass)
	p.check(args.StorageGiB >= 20 && args.StorageGiB <= 65536, "StorageGiB: found %d, allowed are 20 to 65536", args.StorageGiB)
	p.check(10*args.MaxStorageGiB >= 11*args.StorageGiB && args.MaxStorageGiB <= 65536,
		"MaxStorageGiB: found %d, allowed is from a tenth above StorageGiB (%d) to 65536", args.MaxStorageGiB, args.StorageGiB)
	for argument, value := range map[string]pulumi.Input{
		"VpcID": args.VpcID, "SubnetIDs": args.SubnetIDs, "ClientSecurityGroupID": args.ClientSecurityGroupID,
		"DataKeyARN": args.DataKeyARN, "SecretsKeyARN": args.SecretsKeyARN,
	} {
		p.check(value != nil, "%s: found none, a value is required", argument)
	}
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
		Tags:        p.tags(p.name),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	parameters, err := rds.NewParameterGroup(p.ctx, p.name, &rds.ParameterGroupArgs{
		Description: pulumi.String("TLS only"),
		Family:      pulumi.String("postgres" + postgresVersion),
		Parameters: rds.ParameterGroupParameterArray{rds.ParameterGroupParameterArgs{
			Name: pulumi.String("rds.force_ssl"), Value: pulumi.String("1"),
		}},
		Tags: p.tags(p.name),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	return rds.NewInstance(p.ctx, p.name, &rds.InstanceArgs{
		Engine:                           pulumi.String("postgres"),
		EngineVersion:                    pulumi.String(postgresVersion),
		AutoMinorVersionUpgrade:          pulumi.Bool(true),
		InstanceClass:                    pulumi.String(a.InstanceClass),
		MultiAz:                          pulumi.Bool(true),
		DbSubnetGroupName:                subnets.Name,
		VpcSecurityGroupIds:              pulumi.StringArray{group.ID()},
		PubliclyAccessible:               pulumi.Bool(false),
		ParameterGroupName:               parameters.Name,
		StorageType:                      pulumi.String("gp3"),
		AllocatedStorage:                 pulumi.Int(a.StorageGiB),
		MaxAllocatedStorage:              pulumi.Int(a.MaxStorageGiB),
		StorageEncrypted:                 pulumi.Bool(true),
		KmsKeyId:                         a.DataKeyARN,
		PerformanceInsightsEnabled:       pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:      a.DataKeyARN,
		DbName:                           pulumi.String(a.DatabaseName),
		Username:                         pulumi.String(masterUser),
		Password:                         c.password.Result,
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		BackupRetentionPeriod:            pulumi.Int(backupDays),
		CopyTagsToSnapshot:               pulumi.Bool(true),
		DeletionProtection:               pulumi.Bool(!a.AllowDeletion),
		FinalSnapshotIdentifier:          pulumi.Sprintf("%s-final-%s", p.name, c.suffix.Hex),
		Tags:                             p.tags(p.name),
	}, pulumi.Parent(p.parent), pulumi.Protect(!a.AllowDeletion))
}

// databaseSecurityGroup admits the clients' group to the database's port, and
// lets nothing out.
func (p provisioner) databaseSecurityGroup(a DatabaseArgs) (*ec2.SecurityGroup, error) {
	return ec2.NewSecurityGroup(p.ctx, p.name, &ec2.SecurityGroupArgs{
		VpcId:       a.VpcID,
		Description: pulumi.String("PostgreSQL from workloads"),
		Ingress: ec2.SecurityGroupIngressArray{ec2.SecurityGroupIngressArgs{
			Description: pulumi.String("PostgreSQL"),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(PostgresPort), ToPort: pulumi.Int(PostgresPort),
			SecurityGroups: pulumi.StringArray{a.ClientSecurityGroupID},
		}},
		Egress: ec2.SecurityGroupEgressArray{},
		Tags:   p.tags(p.name),
	}, pulumi.Parent(p.parent))
}
