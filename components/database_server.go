package components

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// From 400 GiB on, RDS stripes gp3 storage over four volumes, and requires at least these
// values (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html).
const (
	stripedGiB        = 400
	stripedIops       = 12000
	stripedThroughput = 500 // MiB/s
)

// server holds the resources that a database's primary and its replicas share.
type server struct {
	securityGroup *ec2.SecurityGroup
	subnets       *rds.SubnetGroup
	parameters    *rds.ParameterGroup // of the primary; replicas inherit it
	role          *iam.Role
	rights        pulumi.Resource // the policy attachment of the role
}

func (p provisioner) server(a DatabaseArgs) (*server, error) {
	group, err := p.databaseSecurityGroup(a)
	if err != nil {
		return nil, err
	}
	subnets, err := rds.NewSubnetGroup(p.Ctx, p.Name, &rds.SubnetGroupArgs{
		Description: pulumi.String("Data subnets"),
		SubnetIds:   a.SubnetIDs,
		Tags:        provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent), provision.Replaceable)
	if err != nil {
		return nil, err
	}
	parameterGroup, err := p.parameterGroup(a)
	if err != nil {
		return nil, err
	}
	role, rights, err := p.monitoringRole(a.PermissionsBoundaryARN, group.OwnerId)
	return &server{group, subnets, parameterGroup, role, rights}, err
}

// primary creates the server that accepts writes.
func (p provisioner) primary(a DatabaseArgs, c *credentials, s *server) (*rds.Instance, error) {
	args := s.instance(a, c.identifier, p.Name)
	args.Engine = pulumi.String("postgres")
	args.EngineVersion = pulumi.String(a.EngineVersion)
	args.AllowMajorVersionUpgrade = pulumi.Bool(true) // has an effect only when EngineVersion changes
	args.ParameterGroupName = s.parameters.Name
	args.DbSubnetGroupName = s.subnets.Name
	args.AllocatedStorage = pulumi.Int(a.StorageGiB)
	if a.StorageGiB >= stripedGiB {
		args.Iops, args.StorageThroughput = pulumi.Int(stripedIops), pulumi.Int(stripedThroughput)
	}
	args.KmsKeyId = a.DataKeyARN
	args.Username = pulumi.String(MasterUser)
	args.Password = c.password.Result
	if a.Restore == nil {
		args.DbName = pulumi.String(a.DatabaseName)
	} else {
		// RDS refuses a database name when it restores a PostgreSQL database ("DBName must be
		// null when Restoring for this Engine"). The provider sets the password once the
		// instance exists (https://github.com/hashicorp/terraform-provider-aws/pull/35589).
		// Settings of the backup that the provider does not pass on, such as the backup
		// window, are a difference that the next update removes.
		args.RestoreToPointInTime = a.Restore.pointInTime()
	}
	setBackups(args, a, c.identifier)
	logs, err := p.databaseLogs(a, c.identifier)
	if err != nil {
		return nil, err
	}
	instance, err := rds.NewInstance(p.Ctx, p.Name, args, pulumi.Parent(p.Parent), pulumi.DependsOn(append(logs, s.rights)), longestCopy,
		// Another point in time, or none, must not replace a restored server.
		pulumi.IgnoreChanges([]string{"restoreToPointInTime"}))
	if err != nil {
		return nil, err
	}
	if err := p.events(a, s, instance); err != nil {
		return nil, err
	}
	return instance, p.databaseAlarms(a, instance)
}

// replica creates the nth read replica. It has no final snapshot, because its data comes
// from the primary, as does its encryption.
func (p provisioner) replica(a DatabaseArgs, c *credentials, s *server, primary *rds.Instance, n int) (*rds.Instance, error) {
	p.Name = p.Child(fmt.Sprintf("replica-%d", n))
	identifier := pulumi.Sprintf("%s-replica-%d", c.identifier, n)
	args := s.instance(a, identifier, p.Name)
	args.ReplicateSourceDb = primary.Identifier
	args.SkipFinalSnapshot = pulumi.Bool(true)
	logs, err := p.databaseLogs(a, identifier)
	if err != nil {
		return nil, err
	}
	replica, err := rds.NewInstance(p.Ctx, p.Name, args, pulumi.Parent(p.Parent),
		pulumi.DependsOn(append(logs, s.rights)),
		// RDS cannot move a replica to another primary.
		pulumi.ReplaceOnChanges([]string{"replicateSourceDb"}))
	if err != nil {
		return nil, err
	}
	if err := p.databaseAlarms(a, replica); err != nil {
		return nil, err
	}
	return replica, p.replicaAlarm(a, replica)
}

// instance returns the arguments that the primary and its replicas share.
func (s *server) instance(a DatabaseArgs, identifier pulumi.StringOutput, name string) *rds.InstanceArgs {
	return &rds.InstanceArgs{
		Identifier:                       identifier,
		ApplyImmediately:                 pulumi.Bool(true), // so that the state matches the server when pulumi up ends
		InstanceClass:                    pulumi.String(a.InstanceClass),
		MultiAz:                          pulumi.Bool(true),
		VpcSecurityGroupIds:              pulumi.StringArray{s.securityGroup.ID()},
		PubliclyAccessible:               pulumi.Bool(false),
		StorageType:                      pulumi.String("gp3"),
		StorageEncrypted:                 pulumi.Bool(true),
		MaxAllocatedStorage:              pulumi.Int(a.MaxStorageGiB),
		CaCertIdentifier:                 pulumi.String(certificateAuthority),
		AutoMinorVersionUpgrade:          pulumi.Bool(true),
		MaintenanceWindow:                pulumi.String(a.MaintenanceWindow),
		EnabledCloudwatchLogsExports:     pulumi.ToStringArray(exportedLogs),
		MonitoringInterval:               pulumi.Int(60), // seconds
		MonitoringRoleArn:                s.role.Arn,
		PerformanceInsightsEnabled:       pulumi.Bool(true),
		PerformanceInsightsKmsKeyId:      a.DataKeyARN,
		IamDatabaseAuthenticationEnabled: pulumi.Bool(true),
		CopyTagsToSnapshot:               pulumi.Bool(true),
		DeletionProtection:               pulumi.Bool(!a.AllowDeletion),
		Tags:                             provision.NameTag(name),
	}
}

// databaseSecurityGroup creates a security group that admits the clients' group, and the
// replication instance's group if there is one, to the database's port. It allows no
// outgoing connections.
func (p provisioner) databaseSecurityGroup(a DatabaseArgs) (*ec2.SecurityGroup, error) {
	var ingress ec2.SecurityGroupIngressArray
	for _, client := range []struct {
		description string
		group       pulumi.StringInput
	}{{"PostgreSQL", a.ClientSecurityGroupID}, {"PostgreSQL, for replication", a.ReplicationSecurityGroupID}} {
		if client.group != nil {
			ingress = append(ingress, ec2.SecurityGroupIngressArgs{
				Description: pulumi.String(client.description),
				Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(PostgresPort), ToPort: pulumi.Int(PostgresPort),
				SecurityGroups: pulumi.StringArray{client.group},
			})
		}
	}
	return ec2.NewSecurityGroup(p.Ctx, p.Name, &ec2.SecurityGroupArgs{
		VpcId:       a.VpcID,
		Description: pulumi.String("PostgreSQL from workloads"),
		Ingress:     ingress,
		Egress:      ec2.SecurityGroupEgressArray{},
		Tags:        provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent), provision.Replaceable)
}
