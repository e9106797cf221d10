package migration

import (
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
)

const (
	// MinReplicationStorageGiB is the smallest storage of a replication instance, in GiB.
	MinReplicationStorageGiB = 5
	// MaxReplicationStorageGiB is the largest storage of a replication instance, in GiB.
	MaxReplicationStorageGiB = 6144
	// MinOriginBits is the prefix length of the largest accepted block at the origin.
	MinOriginBits = 16
)

// ReplicationInstanceArgs are the arguments of NewReplicationInstance.
type ReplicationInstanceArgs struct {
	// InstanceClass is the DMS instance class, such as dms.c6i.large.
	InstanceClass string
	// EngineVersion is the DMS engine version, such as 3.6.1. The default is AWS's
	// default. AWS upgrades an instance itself when its version reaches its end of life,
	// and never downgrades it.
	EngineVersion string
	// StorageGiB is the storage for logs and for changes that wait for the target, 5 to
	// 6144 GiB.
	StorageGiB int
	// MaintenanceWindow is the time of the week in which AWS may upgrade the instance, in
	// UTC: 30 minutes to a day, such as sun:19:00-sun:20:00.
	MaintenanceWindow string
	// NetworkCidrBlock is the network's IPv4 block. Its tiers contain the databases and
	// the interface endpoint of Secrets Manager.
	NetworkCidrBlock string
	// OriginCidrBlocks are the IPv4 blocks that contain the origin's databases, each /16
	// or smaller.
	OriginCidrBlocks []string
	// OriginPort is the TCP port of the origin's databases.
	OriginPort int
	// VpcID is the ID of the network's VPC.
	VpcID pulumi.StringInput
	// SubnetIDs are the IDs of private subnets in at least two zones.
	SubnetIDs pulumi.StringArrayInput
	// DataKeyARN is the KMS key that encrypts the storage.
	DataKeyARN pulumi.StringInput
	// LogsKeyARN is the KMS key that encrypts the logs of the tasks.
	LogsKeyARN pulumi.StringInput
	// AlarmTopicARN is the SNS topic that receives the alarms.
	AlarmTopicARN pulumi.StringInput
	// LogRetentionDays is how long the logs are kept, in days. LogRetentions lists the
	// accepted values.
	LogRetentionDays int
}

// ReplicationInstance is the AWS DMS replication instance of a site.
type ReplicationInstance struct {
	pulumi.ResourceState

	// ARN is the instance's ARN.
	ARN pulumi.StringOutput
	// Identifier is the name of the instance, which is a dimension of its metrics.
	Identifier pulumi.StringOutput
	// SecurityGroupID is the security group of the instance. Databases must admit it.
	SecurityGroupID pulumi.StringOutput
}

// ReplicationInstanceClass matches a DMS instance class, such as dms.c6i.large.
var ReplicationInstanceClass = regexp.MustCompile(`^dms\.[tcr]\d[a-z]*\.(micro|small|medium|large|\d*xlarge)$`)

// NewReplicationInstance creates a Multi-AZ replication instance without a public
// address, with a subnet group, a security group that allows connections only to
// databases, Secrets Manager and the origin, a log group for all its tasks, and alarms.
// All replication to and from a site shares the instance. The account needs the roles
// dms-vpc-role and dms-cloudwatch-logs-role, which state/account creates.
func NewReplicationInstance(ctx *pulumi.Context, name string, args *ReplicationInstanceArgs, opts ...pulumi.ResourceOption) (*ReplicationInstance, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	r := &ReplicationInstance{}
	if err := ctx.RegisterComponentResource("multisite:index:ReplicationInstance", name, r, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, r)
	group, err := p.replicationSecurityGroup(a)
	if err != nil {
		return nil, err
	}
	subnets, err := dms.NewReplicationSubnetGroup(ctx, name, &dms.ReplicationSubnetGroupArgs{
		ReplicationSubnetGroupId:          pulumi.String(name),
		ReplicationSubnetGroupDescription: pulumi.String("Private subnets"),
		SubnetIds:                         a.SubnetIDs,
		Tags:                              provision.NameTag(name),
	}, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, err
	}
	// Otherwise DMS would create the log group itself, without the KMS key and without an
	// expiry.
	logs, err := p.NewLogGroup(name, pulumi.String("dms-tasks-"+name), a.LogsKeyARN, a.LogRetentionDays)
	if err != nil {
		return nil, err
	}
	instanceArgs := &dms.ReplicationInstanceArgs{
		ReplicationInstanceId:      pulumi.String(name),
		ReplicationInstanceClass:   pulumi.String(a.InstanceClass),
		AllocatedStorage:           pulumi.Int(a.StorageGiB),
		ApplyImmediately:           pulumi.Bool(true), // so that the state matches the instance when pulumi up ends
		MultiAz:                    pulumi.Bool(true),
		PubliclyAccessible:         pulumi.Bool(false),
		KmsKeyArn:                  a.DataKeyARN,
		AutoMinorVersionUpgrade:    pulumi.Bool(true),
		PreferredMaintenanceWindow: pulumi.String(a.MaintenanceWindow),
		ReplicationSubnetGroupId:   subnets.ReplicationSubnetGroupId,
		VpcSecurityGroupIds:        pulumi.StringArray{group.ID()},
		Tags:                       provision.NameTag(name),
	}
	if a.EngineVersion != "" { // AWS treats 3.5 and 3.6 as different major versions
		instanceArgs.EngineVersion, instanceArgs.AllowMajorVersionUpgrade = pulumi.String(a.EngineVersion), pulumi.Bool(true)
	}
	instance, err := dms.NewReplicationInstance(ctx, name, instanceArgs, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true), pulumi.DependsOn([]pulumi.Resource{logs}))
	if err != nil {
		return nil, err
	}
	if err := p.replicationAlarms(a, instance); err != nil {
		return nil, err
	}
	r.ARN, r.Identifier, r.SecurityGroupID = instance.ReplicationInstanceArn, instance.ReplicationInstanceId, group.ID().ToStringOutput()
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"arn": r.ARN, "identifier": r.Identifier, "securityGroupId": r.SecurityGroupID})
}

// replicationSecurityGroup creates a security group that allows no incoming connections.
// Its rules identify databases and Secrets Manager by the blocks of their tiers, because
// the rules of their security groups name this group.
func (p provisioner) replicationSecurityGroup(a ReplicationInstanceArgs) (*ec2.SecurityGroup, error) {
	network := netip.MustParsePrefix(a.NetworkCidrBlock)
	var egress ec2.SecurityGroupEgressArray
	for _, to := range []struct {
		description string
		port        int
		blocks      []string
	}{
		{"Databases", components.PostgresPort, []string{components.TierBlock(network, components.Data).String()}},
		{"Secrets Manager", 443, []string{components.TierBlock(network, components.Private).String()}},
		{"The origin", a.OriginPort, a.OriginCidrBlocks},
	} {
		egress = append(egress, ec2.SecurityGroupEgressArgs{
			Description: pulumi.String(to.description),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(to.port), ToPort: pulumi.Int(to.port),
			CidrBlocks: pulumi.ToStringArray(to.blocks),
		})
	}
	return ec2.NewSecurityGroup(p.Ctx, p.Name, &ec2.SecurityGroupArgs{
		VpcId:       a.VpcID,
		Description: pulumi.String("Replication: databases here and at the origin"),
		Ingress:     ec2.SecurityGroupIngressArray{},
		Egress:      egress,
		Tags:        provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent))
}

// replicationAlarms creates the alarms on the instance, and on tasks that fail or stop. A
// task that works never ends by itself.
func (p provisioner) replicationAlarms(a ReplicationInstanceArgs, instance *dms.ReplicationInstance) error {
	for _, al := range []provision.AlarmArgs{
		{Suffix: "cpu", Metric: "CPUUtilization", Threshold: 80, Description: "Over 80 % of the CPU is busy"},
		{Suffix: "storage", Metric: "FreeStorageSpace", Threshold: float64(a.StorageGiB) * (1 << 30) / 5, Comparison: "LessThanThreshold",
			Description: "Less than a fifth of the storage is free: changes that wait, or logs, fill it"},
	} {
		al.Namespace, al.Statistic, al.Minutes = "AWS/DMS", "Average", 15
		al.Dimensions, al.Topic = pulumi.StringMap{"ReplicationInstanceIdentifier": instance.ReplicationInstanceId}, a.AlarmTopicARN
		if err := p.NewAlarm(al); err != nil {
			return err
		}
	}
	return p.NewEventAlarm(provision.EventAlarmArgs{
		Suffix: "failures", Description: "A replication task has failed or was stopped",
		Source: "aws.dms", DetailType: "DMS Replication Task State Change",
		Detail: pulumi.Map{"eventType": pulumi.ToStringArray([]string{"REPLICATION_TASK_FAILED", "REPLICATION_TASK_STOPPED"})},
		Topic:  a.AlarmTopicARN,
	})
}

func (args ReplicationInstanceArgs) withDefaults() ReplicationInstanceArgs {
	if args.StorageGiB == 0 {
		args.StorageGiB = 50
	}
	if args.OriginPort == 0 {
		args.OriginPort = components.PostgresPort
	}
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = components.DefaultLogRetention
	}
	return args
}

func (args ReplicationInstanceArgs) validate(name string) error {
	var p provision.Problems
	p.Check(replicationName.MatchString(name) && len(name) <= 63, "name: found %q; allowed: 1 to 63 letters, digits and single hyphens, beginning with a letter", name)
	p.Check(ReplicationInstanceClass.MatchString(args.InstanceClass), "InstanceClass: found %q; allowed: a DMS instance class of the families t, c and r, such as dms.c6i.large", args.InstanceClass)
	p.Check(args.EngineVersion == "" || ReplicationEngine.MatchString(args.EngineVersion), "EngineVersion: found %q; allowed: none, or a version such as 3.6.1", args.EngineVersion)
	p.Check(args.StorageGiB >= MinReplicationStorageGiB && args.StorageGiB <= MaxReplicationStorageGiB,
		"StorageGiB: found %d; allowed: %d to %d", args.StorageGiB, MinReplicationStorageGiB, MaxReplicationStorageGiB)
	err := components.CheckMaintenanceWindow(args.MaintenanceWindow, "")
	p.Check(err == nil, "MaintenanceWindow: %v", err)
	network, err := netip.ParsePrefix(args.NetworkCidrBlock)
	p.Check(err == nil, "NetworkCidrBlock: found %q; allowed: an IPv4 block such as 10.16.0.0/16", args.NetworkCidrBlock)
	if err == nil {
		err = components.CheckBlock(network)
		p.Check(err == nil, "NetworkCidrBlock: %v", err)
	}
	p.Check(len(args.OriginCidrBlocks) > 0, "OriginCidrBlocks: found none; allowed: at least one IPv4 block")
	for _, text := range args.OriginCidrBlocks {
		block, err := netip.ParsePrefix(text)
		p.Check(err == nil && block.Addr().Is4() && block == block.Masked() && block.Bits() >= MinOriginBits,
			"OriginCidrBlocks: found %q; allowed: IPv4 blocks of /%d or smaller, such as 203.0.113.0/28", text, MinOriginBits)
	}
	p.Check(args.OriginPort >= 1 && args.OriginPort <= 65535, "OriginPort: found %d; allowed: 1 to 65535", args.OriginPort)
	p.Check(args.VpcID != nil, "VpcID: found none; allowed: the ID of a VPC")
	p.Check(args.SubnetIDs != nil, "SubnetIDs: found none; allowed: the IDs of subnets in at least two zones")
	p.Check(args.DataKeyARN != nil, "DataKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.LogsKeyARN != nil, "LogsKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	p.Check(slices.Contains(components.LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d; allowed: one of %d", args.LogRetentionDays, components.LogRetentions)
	return p.Err("ReplicationInstance", name)
}

// replicationName matches a name in DMS.
var replicationName = regexp.MustCompile(`^[a-zA-Z]([0-9a-zA-Z]|-[0-9a-zA-Z])*$`)
