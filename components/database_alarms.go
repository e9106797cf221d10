package components

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// databaseAlarms creates the alarms on one server.
func (p provisioner) databaseAlarms(a DatabaseArgs, instance *rds.Instance) error {
	alarms := []provision.AlarmArgs{
		{Suffix: "cpu", Metric: "CPUUtilization", Threshold: 80, Description: "Over 80 % of the CPU is busy"},
		// RDS enlarges the storage when 10 % of it is free. A threshold on
		// FreeStorageSpace, which counts bytes, would have to grow with the storage: 5 %
		// of a tenfold storage is ten times as many bytes. This metric is a percentage
		// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_alarm_database_performance_insights.html).
		{Suffix: "storage", Expression: pulumi.Sprintf("DB_PERF_INSIGHTS('RDS', '%s', 'os.fileSys.usedPercent.avg')", instance.ResourceId),
			Threshold: 95, Description: "Over 95 % of the storage is in use: it has not grown by itself"},
		{Suffix: "connections", Metric: "DatabaseConnections", Threshold: maxConnections(a.InstanceClass) * 8 / 10,
			Description: "Over 80 % of the connections that the server takes are in use"},
		// An abandoned replication slot retains all changes until it is dropped. It stays
		// usable until the server restarts, even after LogicalReplication is turned off,
		// so every server has this alarm
		// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloudwatch-metrics.html).
		{Suffix: "followers", Metric: "OldestReplicationSlotLag", Threshold: float64(a.StorageGiB) * (1 << 30) / 10,
			Description: "Changes that a follower has not read fill more than a tenth of what the database began with"},
	}
	for _, al := range alarms {
		al.Namespace, al.Statistic, al.Minutes = "AWS/RDS", "Average", 15
		al.Dimensions, al.Topic = pulumi.StringMap{"DBInstanceIdentifier": instance.Identifier}, a.AlarmTopicARN
		if err := p.NewAlarm(al); err != nil {
			return err
		}
	}
	return nil
}

// replicaAlarm creates the alarm on a replica's lag.
func (p provisioner) replicaAlarm(a DatabaseArgs, replica *rds.Instance) error {
	return p.NewAlarm(provision.AlarmArgs{
		// RDS reports a lag of up to five minutes while no client writes.
		Suffix: "lag", Description: "The replica is over ten minutes behind",
		Namespace: "AWS/RDS", Metric: "ReplicaLag", Statistic: "Maximum", Threshold: 600, Minutes: 15,
		Dimensions: pulumi.StringMap{"DBInstanceIdentifier": replica.Identifier}, Topic: a.AlarmTopicARN,
	})
}

// events sends the RDS events of the server and of its parameter group to the alarm
// topic.
func (p provisioner) events(a DatabaseArgs, s *server, instance *rds.Instance) error {
	for kind, source := range map[string]pulumi.StringInput{"db-instance": instance.Identifier, "db-parameter-group": s.parameters.Name} {
		if _, err := rds.NewEventSubscription(p.Ctx, p.Child(kind), &rds.EventSubscriptionArgs{
			SnsTopic:   a.AlarmTopicARN,
			SourceType: pulumi.String(kind),
			SourceIds:  pulumi.StringArray{source},
			EventCategories: pulumi.ToStringArray(map[string][]string{
				"db-instance":        {"availability", "deletion", "failover", "failure", "low storage", "maintenance", "notification", "recovery"},
				"db-parameter-group": {"configuration change"},
			}[kind]),
			Tags: provision.NameTag(p.Child(kind)),
		}, pulumi.Parent(p.Parent), provision.Replaceable); err != nil {
			return err
		}
	}
	return nil
}

// InstanceClass matches an RDS instance class, such as db.m7g.large, of the burstable
// (t), general purpose (m) and memory optimized (r, x) families.
var InstanceClass = regexp.MustCompile(`^db\.([tmrx])\d[a-z]*\.(micro|small|medium|large|\d*xlarge)$`)

// maxConnections returns the default of RDS for the PostgreSQL parameter max_connections,
// calculated from the memory of an instance class
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html,
// https://aws.amazon.com/rds/instance-types).
func maxConnections(class string) float64 {
	match := InstanceClass.FindStringSubmatch(class)
	large := map[string]float64{"t": 8, "m": 8, "r": 16, "x": 32}[match[1]] // GiB
	sizes := map[string]float64{"micro": 1. / 8, "small": 1. / 4, "medium": 1. / 2, "large": 1, "xlarge": 2}
	factor, known := sizes[match[2]]
	if !known {
		n, _ := strconv.Atoi(strings.TrimSuffix(match[2], "xlarge")) // InstanceClass matches only digits here
		factor = 2 * float64(n)
	}
	return min(5000, large*factor*(1<<30)/9531392)
}
