package migration

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// maxLagSeconds is the lag of replication above which an alarm is raised, in seconds.
const maxLagSeconds = 300

// copyTask creates the task that replicates one market's schema, and its alarms. DMS
// refuses to start a task whose endpoints' connections were not tested
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Introduction.Components.html).
// It tests them itself while it creates the task; the provider's acceptance test
// startReplicationTask relies on that. If the test fails or takes too long, the update
// fails, and an operator must start the task: see docs/migration.md.
func (p provisioner) copyTask(a DatabaseCopyArgs, code string, path *copyPath) error {
	market, name := a.Markets[code], p.Child(strings.ToLower(code))
	migration := "full-load-and-cdc"
	if market.ChangesOnly || market.Direction == ToOrigin {
		migration = "cdc"
	}
	task, err := dms.NewReplicationTask(p.Ctx, name, &dms.ReplicationTaskArgs{
		ReplicationTaskId:       pulumi.String(name),
		ReplicationInstanceArn:  a.ReplicationInstance.ARN,
		SourceEndpointArn:       path.source.EndpointArn,
		TargetEndpointArn:       path.target.EndpointArn,
		MigrationType:           pulumi.String(migration),
		TableMappings:           schemaMapping(market.Schema),
		ReplicationTaskSettings: a.taskSettings(),
		StartReplicationTask:    pulumi.Bool(true),
		Tags:                    provision.NameTag(name),
		// Two tasks at once would each replicate the other's changes back. DMS cannot
		// change a task's migration type
		// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.Modifying.html).
	}, pulumi.Parent(p.Parent), pulumi.DeleteBeforeReplace(true), pulumi.ReplaceOnChanges([]string{"migrationType"}))
	if err != nil {
		return err
	}
	p.Name = name
	for _, al := range []provision.AlarmArgs{
		// MemoryUsage is the memory of the task's processes. A task has it only while it
		// runs, also during a load
		// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html). The
		// value is never below 0, so only missing data raises this alarm.
		{Suffix: "not-running", Metric: "MemoryUsage", Threshold: 0, Comparison: "LessThanThreshold", Silence: "breaching",
			Description: "The task does not run: nothing is copied"},
		// During a load, the metrics of changes do not exist; the metrics of validation
		// exist only after the load.
		{Suffix: "source-lag", Metric: "CDCLatencySource", Threshold: maxLagSeconds,
			Description: "Changes are read more than five minutes late"},
		{Suffix: "target-lag", Metric: "CDCLatencyTarget", Threshold: maxLagSeconds,
			Description: "Changes arrive more than five minutes late"},
		{Suffix: "differences", Metric: "ValidationFailedOverallCount", Threshold: 0,
			Description: "Rows differ between source and target"},
		{Suffix: "not-validated", Metric: "ValidationSuspendedOverallCount", Threshold: 0,
			Description: "Rows cannot be compared between source and target"},
	} {
		al.Namespace, al.Statistic, al.Minutes, al.Topic = "AWS/DMS", "Maximum", 15, a.AlarmTopicARN
		al.Dimensions = pulumi.StringMap{
			"ReplicationInstanceIdentifier": a.ReplicationInstance.Identifier,
			"ReplicationTaskIdentifier":     lastPart(task.ReplicationTaskArn), // not the task's name, despite the dimension's name
		}
		if err := p.NewAlarm(al); err != nil {
			return err
		}
	}
	return nil
}

// lastPart returns the text after the last colon of an ARN.
func lastPart(arn pulumi.StringOutput) pulumi.StringOutput {
	return arn.ApplyT(func(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }).(pulumi.StringOutput)
}

// schemaMapping returns the table mapping that selects all tables of a schema. In DMS, an
// underscore is a wildcard for any character
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Wildcards.html).
func schemaMapping(schema string) pulumi.StringOutput {
	return pulumi.JSONMarshal(pulumi.Map{"rules": pulumi.Array{pulumi.Map{
		"rule-type":   pulumi.String("selection"),
		"rule-id":     pulumi.String("1"),
		"rule-name":   pulumi.String("market"),
		"rule-action": pulumi.String("include"),
		"object-locator": pulumi.Map{
			"schema-name": pulumi.String(strings.ReplaceAll(schema, "_", "[_]")),
			"table-name":  pulumi.String("%"),
		},
	}}})
}

// taskSettings returns the settings of a task. The task stops where it would otherwise
// lose a row or a part of a row
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html).
func (args DatabaseCopyArgs) taskSettings() pulumi.StringOutput {
	stop := pulumi.String("STOP_TASK")
	var components pulumi.Array
	for _, id := range []string{"SOURCE_UNLOAD", "SOURCE_CAPTURE", "TARGET_LOAD", "TARGET_APPLY", "TASK_MANAGER", "VALIDATOR_EXT"} {
		components = append(components, pulumi.Map{"Id": pulumi.String(id), "Severity": pulumi.String("LOGGER_SEVERITY_DEFAULT")})
	}
	return pulumi.JSONMarshal(pulumi.Map{
		"TargetMetadata": pulumi.Map{
			"SupportLobs":        pulumi.Bool(true),
			"LimitedSizeLobMode": pulumi.Bool(true), // full LOB mode does not support NOT NULL columns
			"FullLobMode":        pulumi.Bool(false),
			"LobMaxSize":         pulumi.Int(args.MaxLargeObjectKiB),
		},
		// The services create the tables and their indexes. A load must not drop rows
		// that are already in the tables.
		"FullLoadSettings":   pulumi.Map{"TargetTablePrepMode": pulumi.String("DO_NOTHING")},
		"ValidationSettings": pulumi.Map{"EnableValidation": pulumi.Bool(true)},
		"Logging":            pulumi.Map{"EnableLogging": pulumi.Bool(true), "LogComponents": components},
		"ErrorBehavior": pulumi.Map{
			"DataErrorPolicy":                             stop,
			"DataTruncationErrorPolicy":                   stop,
			"TableErrorPolicy":                            stop,
			"ApplyErrorDeletePolicy":                      stop,
			"ApplyErrorInsertPolicy":                      stop,
			"ApplyErrorUpdatePolicy":                      stop,
			"ApplyErrorFailOnTruncationDdl":               pulumi.Bool(true),
			"FailOnNoTablesCaptured":                      pulumi.Bool(true),
			"FailOnTransactionConsistencyBreached":        pulumi.Bool(true),
			"RecoverableErrorCount":                       pulumi.Int(-1), // unlimited: the connection to the origin recovers
			"RecoverableErrorStopRetryAfterThrottlingMax": pulumi.Bool(false),
		},
	})
}
