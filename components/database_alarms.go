package components

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// databaseAlarms watch one server.
func (p provisioner) databaseAlarms(a DatabaseArgs, instance *rds.Instance) error {
	alarms := []alarm{
		{suffix: "cpu", metric: "CPUUtilization", threshold: 80, description: "Over 80 % of the CPU is busy"},
		// RDS enlarges the storage when 10 % is free. FreeStorageSpace counts bytes, of which
		// 5 % is ten times as many once the storage has grown tenfold; this one is a share
		// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_alarm_database_performance_insights.html).
		{suffix: "storage", expression: pulumi.Sprintf("DB_PERF_INSIGHTS('RDS', '%s', 'os.fileSys.usedPercent.avg')", instance.ResourceId),
			threshold: 95, description: "Over 95 % of the storage is in use: it has not grown by itself"},
		{suffix: "connections", metric: "DatabaseConnections", threshold: maxConnections(a.InstanceClass) * 8 / 10,
			description: "Over 80 % of the connections that the server takes are in use"},
		// Whoever left a slot behind: it keeps all changes until it is dropped, and works
		// until the server restarts, even if LogicalReplication is off again
		// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-cloudwatch-metrics.html).
		{suffix: "followers", metric: "OldestReplicationSlotLag", threshold: float64(a.StorageGiB) * (1 << 30) / 10,
			description: "Changes that a follower has not read fill more than a tenth of what the database began with"},
	}
	for _, al := range alarms {
		al.namespace, al.statistic, al.minutes = "AWS/RDS", "Average", 15
		al.dimensions, al.topic = pulumi.StringMap{"DBInstanceIdentifier": instance.Identifier}, a.AlarmTopicARN
		if err := p.alarm(al); err != nil {
			return err
		}
	}
	return nil
}

// replicaAlarm watches how far behind a replica is.
func (p provisioner) replicaAlarm(a DatabaseArgs, replica *rds.Instance) error {
	return p.alarm(alarm{
		// Up to five minutes are told while nobody writes.
		suffix: "lag", description: "The replica is over ten minutes behind",
		namespace: "AWS/RDS", metric: "ReplicaLag", statistic: "Maximum", threshold: 600, minutes: 15,
		dimensions: pulumi.StringMap{"DBInstanceIdentifier": replica.Identifier}, topic: a.AlarmTopicARN,
	})
}

// events tell the alarms' topic what RDS does to the server and its parameters.
func (p provisioner) events(a DatabaseArgs, s *server, instance *rds.Instance) error {
	for kind, source := range map[string]pulumi.StringInput{"db-instance": instance.Identifier, "db-parameter-group": s.parameters.Name} {
		if _, err := rds.NewEventSubscription(p.ctx, p.child(kind), &rds.EventSubscriptionArgs{
			SnsTopic:   a.AlarmTopicARN,
			SourceType: pulumi.String(kind),
			SourceIds:  pulumi.StringArray{source},
			EventCategories: pulumi.ToStringArray(map[string][]string{
				"db-instance":        {"availability", "deletion", "failover", "failure", "low storage", "maintenance", "notification", "recovery"},
				"db-parameter-group": {"configuration change"},
			}[kind]),
			Tags: nameTag(p.child(kind)),
		}, pulumi.Parent(p.parent), replaceable); err != nil {
			return err
		}
	}
	return nil
}

// InstanceClass is the form of an RDS instance class, such as db.m7g.large, of
// the families that are burstable, general or rich in memory.
var InstanceClass = regexp.MustCompile(`^db\.([tmrx])\d[a-z]*\.(micro|small|medium|large|\d*xlarge)$`)

// maxConnections is RDS's default for PostgreSQL, by an instance class's memory
// (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html,
// https://aws.amazon.com/rds/instance-types).
func maxConnections(class string) float64 {
	match := InstanceClass.FindStringSubmatch(class)
	large := map[string]float64{"t": 8, "m": 8, "r": 16, "x": 32}[match[1]] // GiB
	sizes := map[string]float64{"micro": 1. / 8, "small": 1. / 4, "medium": 1. / 2, "large": 1, "xlarge": 2}
	factor, known := sizes[match[2]]
	if !known {
		n, _ := strconv.Atoi(strings.TrimSuffix(match[2], "xlarge")) // digits, by the form
		factor = 2 * float64(n)
	}
	return min(5000, large*factor*(1<<30)/9531392)
}
