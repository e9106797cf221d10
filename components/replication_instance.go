package components

import (
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	// MinReplicationStorageGiB is the least storage of a replication instance.
	MinReplicationStorageGiB = 5
	// MaxReplicationStorageGiB is the most.
	MaxReplicationStorageGiB = 6144
	// MinOriginBits is the prefix length of the largest block at the origin.
	MinOriginBits = 16
)

// ReplicationInstanceArgs describe a ReplicationInstance.
type ReplicationInstanceArgs struct {
	// InstanceClass is the DMS instance class, such as dms.c6i.large.
	InstanceClass string
	// EngineVersion is the DMS engine's, such as 3.6.1, by default AWS's own default. AWS
	// upgrades an instance by itself at the end of its version's life, and never
	// downgrades one.
	EngineVersion string
	// StorageGiB is room for logs and for changes that wait, 5 to 6144 GiB.
	StorageGiB int
	// MaintenanceWindow is when AWS may upgrade, in UTC: 30 minutes to a day, such as
	// sun:19:00-sun:20:00.
	MaintenanceWindow string
	// NetworkCidrBlock is the network's IPv4 block, whose tiers hold the databases and
	// the interface endpoint of Secrets Manager.
	NetworkCidrBlock string
	// OriginCidrBlocks are the IPv4 blocks in which the origin's databases answer.
	OriginCidrBlocks []string
	// OriginPort is the TCP port that they answer on.
	OriginPort int
	// VpcID is the network's VPC.
	VpcID pulumi.StringInput
	// SubnetIDs are private subnets in at least two zones.
	SubnetIDs pulumi.StringArrayInput
	// DataKeyARN is the KMS key for storage.
	DataKeyARN pulumi.StringInput
	// LogsKeyARN is the KMS key for the tasks' logs.
	LogsKeyARN pulumi.StringInput
	// AlarmTopicARN is the SNS topic that alarms tell.
	AlarmTopicARN pulumi.StringInput
	// LogRetentionDays is how long the logs are kept, in days; the values of LogRetentions.
	LogRetentionDays int
}

// ReplicationInstance is the AWS DMS replication instance of a site.
type ReplicationInstance struct {
	pulumi.ResourceState

	// ARN is the instance's ARN.
	ARN pulumi.StringOutput
	// Identifier is its name, by which metrics are told apart.
	Identifier pulumi.StringOutput
	// SecurityGroupID is the group that databases have to admit.
	SecurityGroupID pulumi.StringOutput
}

// ReplicationInstanceClass is the form of a DMS instance class, such as dms.c6i.large.
var ReplicationInstanceClass = regexp.MustCompile(`^dms\.[tcr]\d[a-z]*\.(micro|small|medium|large|\d*xlarge)$`)

// NewReplicationInstance creates a Multi-AZ replication instance without a public
// address, with a subnet group, a security group that lets out to databases, Secrets
// Manager and the origin alone, a log group for all its tasks, and alarms. Everything
// that is copied to or from a site shares it. The account needs the
// roles dms-vpc-role and dms-cloudwatch-logs-role, which state/account makes.
func NewReplicationInstance(ctx *pulumi.Context, name string, args *ReplicationInstanceArgs, opts ...pulumi.ResourceOption) (*ReplicationInstance, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	r := &ReplicationInstance{}
	if err := ctx.RegisterComponentResource("multisite:index:ReplicationInstance", name, r, opts...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, r}
	group, err := p.replicationSecurityGroup(a)
	if err != nil {
		return nil, err
	}
	subnets, err := dms.NewReplicationSubnetGroup(ctx, name, &dms.ReplicationSubnetGroupArgs{
		ReplicationSubnetGroupId:          pulumi.String(name),
		ReplicationSubnetGroupDescription: pulumi.String("Private subnets"),
		SubnetIds:                         a.SubnetIDs,
		Tags:                              nameTag(name),
	}, pulumi.Parent(r), pulumi.DeleteBeforeReplace(true))
	if err != nil {
		return nil, err
	}
	// DMS would make the group itself: unencrypted, and kept for ever.
	logs, err := p.logGroup(name, pulumi.String("dms-tasks-"+name), a.LogsKeyARN, a.LogRetentionDays)
	if err != nil {
		return nil, err
	}
	instanceArgs := &dms.ReplicationInstanceArgs{
		ReplicationInstanceId:      pulumi.String(name),
		ReplicationInstanceClass:   pulumi.String(a.InstanceClass),
		AllocatedStorage:           pulumi.Int(a.StorageGiB),
		ApplyImmediately:           pulumi.Bool(true), // so that the state is true when an up ends
		MultiAz:                    pulumi.Bool(true),
		PubliclyAccessible:         pulumi.Bool(false),
		KmsKeyArn:                  a.DataKeyARN,
		AutoMinorVersionUpgrade:    pulumi.Bool(true),
		PreferredMaintenanceWindow: pulumi.String(a.MaintenanceWindow),
		ReplicationSubnetGroupId:   subnets.ReplicationSubnetGroupId,
		VpcSecurityGroupIds:        pulumi.StringArray{group.ID()},
		Tags:                       nameTag(name),
	}
	if a.EngineVersion != "" { // of which AWS takes 3.5 and 3.6 for two major versions
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

// replicationSecurityGroup lets nothing in. Databases and Secrets Manager are named by
// the tiers they are in, since their groups name this one.
func (p provisioner) replicationSecurityGroup(a ReplicationInstanceArgs) (*ec2.SecurityGroup, error) {
	network := netip.MustParsePrefix(a.NetworkCidrBlock)
	var egress ec2.SecurityGroupEgressArray
	for _, to := range []struct {
		description string
		port        int
		blocks      []string
	}{
		{"Databases", PostgresPort, []string{TierBlock(network, Data).String()}},
		{"Secrets Manager", 443, []string{TierBlock(network, Private).String()}},
		{"The origin", a.OriginPort, a.OriginCidrBlocks},
	} {
		egress = append(egress, ec2.SecurityGroupEgressArgs{
			Description: pulumi.String(to.description),
			Protocol:    pulumi.String("tcp"), FromPort: pulumi.Int(to.port), ToPort: pulumi.Int(to.port),
			CidrBlocks: pulumi.ToStringArray(to.blocks),
		})
	}
	return ec2.NewSecurityGroup(p.ctx, p.name, &ec2.SecurityGroupArgs{
		VpcId:       a.VpcID,
		Description: pulumi.String("Replication: databases here and at the origin"),
		Ingress:     ec2.SecurityGroupIngressArray{},
		Egress:      egress,
		Tags:        nameTag(p.name),
	}, pulumi.Parent(p.parent))
}

// replicationAlarms watch the instance, and tasks that end: they never do so by themselves.
func (p provisioner) replicationAlarms(a ReplicationInstanceArgs, instance *dms.ReplicationInstance) error {
	for _, al := range []alarm{
		{suffix: "cpu", metric: "CPUUtilization", threshold: 80, description: "Over 80 % of the CPU is busy"},
		{suffix: "storage", metric: "FreeStorageSpace", threshold: float64(a.StorageGiB) * (1 << 30) / 5, comparison: "LessThanThreshold",
			description: "Less than a fifth of the storage is free: changes that wait, or logs, fill it"},
	} {
		al.namespace, al.statistic, al.minutes = "AWS/DMS", "Average", 15
		al.dimensions, al.topic = pulumi.StringMap{"ReplicationInstanceIdentifier": instance.ReplicationInstanceId}, a.AlarmTopicARN
		if err := p.alarm(al); err != nil {
			return err
		}
	}
	return p.eventAlarm(eventAlarm{
		suffix: "failures", description: "A replication task has failed or was stopped",
		source: "aws.dms", detailType: "DMS Replication Task State Change",
		detail: pulumi.Map{"eventType": pulumi.ToStringArray([]string{"REPLICATION_TASK_FAILED", "REPLICATION_TASK_STOPPED"})},
		topic:  a.AlarmTopicARN,
	})
}

func (args ReplicationInstanceArgs) withDefaults() ReplicationInstanceArgs {
	if args.StorageGiB == 0 {
		args.StorageGiB = 50
	}
	if args.OriginPort == 0 {
		args.OriginPort = PostgresPort
	}
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = DefaultLogRetention
	}
	return args
}

func (args ReplicationInstanceArgs) validate(name string) error {
	var p problems
	p.check(replicationName.MatchString(name) && len(name) <= 63, "name: found %q, allowed are up to 63 letters, digits and single hyphens, a letter first", name)
	p.check(ReplicationInstanceClass.MatchString(args.InstanceClass), "InstanceClass: found %q, allowed is a DMS instance class of the families t, c and r, such as dms.c6i.large", args.InstanceClass)
	p.check(args.EngineVersion == "" || ReplicationEngine.MatchString(args.EngineVersion), "EngineVersion: found %q, allowed are none and a version such as 3.6.1", args.EngineVersion)
	p.check(args.StorageGiB >= MinReplicationStorageGiB && args.StorageGiB <= MaxReplicationStorageGiB,
		"StorageGiB: found %d, allowed are %d to %d", args.StorageGiB, MinReplicationStorageGiB, MaxReplicationStorageGiB)
	err := CheckMaintenanceWindow(args.MaintenanceWindow, "")
	p.check(err == nil, "MaintenanceWindow: %v", err)
	network, _ := netip.ParsePrefix(args.NetworkCidrBlock) // the zero block is refused too
	err = CheckBlock(network)
	p.check(err == nil, "NetworkCidrBlock: %v", err)
	p.check(len(args.OriginCidrBlocks) > 0, "OriginCidrBlocks: found none, allowed is at least one IPv4 block")
	for _, text := range args.OriginCidrBlocks {
		block, err := netip.ParsePrefix(text)
		p.check(err == nil && block.Addr().Is4() && block == block.Masked() && block.Bits() >= MinOriginBits,
			"OriginCidrBlocks: found %q, allowed are IPv4 blocks of at most /%d, such as 203.0.113.0/28", text, MinOriginBits)
	}
	p.check(args.OriginPort >= 1 && args.OriginPort <= 65535, "OriginPort: found %d, allowed are 1 to 65535", args.OriginPort)
	p.check(args.VpcID != nil, "VpcID: found none, a value is required")
	p.check(args.SubnetIDs != nil, "SubnetIDs: found none, a value is required")
	p.check(args.DataKeyARN != nil, "DataKeyARN: found none, a value is required")
	p.check(args.LogsKeyARN != nil, "LogsKeyARN: found none, a value is required")
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, a value is required")
	p.check(slices.Contains(LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d, allowed are %d", args.LogRetentionDays, LogRetentions)
	return p.err("ReplicationInstance", name)
}

// replicationName is the form of names in DMS.
var replicationName = regexp.MustCompile(`^[a-zA-Z]([0-9a-zA-Z]|-[0-9a-zA-Z])*$`)
