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
	for _, al := range []alarm{
		{suffix: "cpu", metric: "CPUUtilization", threshold: 80, description: "Over 80 % of the CPU is busy"},
		// RDS enlarges the storage by itself when a tenth is free.
		{suffix: "storage", metric: "FreeStorageSpace", threshold: float64(a.StorageGiB) * (1 << 30) / 20, comparison: "LessThanThreshold",
			description: "Less storage is free than a twentieth of what the database began with: it cannot grow"},
		{suffix: "connections", metric: "DatabaseConnections", threshold: maxConnections(a.InstanceClass) * 8 / 10,
			description: "Over 80 % of the connections that the server takes are in use"},
	} {
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
		suffix: "lag", description: "The replica is over a minute behind",
		namespace: "AWS/RDS", metric: "ReplicaLag", statistic: "Maximum", threshold: 60, minutes: 15,
		dimensions: pulumi.StringMap{"DBInstanceIdentifier": replica.Identifier}, topic: a.AlarmTopicARN,
	})
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
