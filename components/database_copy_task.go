package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// maxLagSeconds is how far behind a copy may be.
const maxLagSeconds = 300

// copyTask copies one market's schema, and watches that it does. DMS refuses to start a
// task whose endpoints' connections were not tested
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Introduction.Components.html).
// It tests them itself while it creates the task, as the provider's acceptance test
// startReplicationTask relies on; where the test fails or takes too long, the update
// fails, and the task has to be started by hand: docs/migration.md.
func (p provisioner) copyTask(a DatabaseCopyArgs, code string, path *copyPath) error {
	market, name := a.Markets[code], p.child(strings.ToLower(code))
	migration := "full-load-and-cdc"
	if market.ChangesOnly || market.Direction == ToOrigin {
		migration = "cdc"
	}
	task, err := dms.NewReplicationTask(p.ctx, name, &dms.ReplicationTaskArgs{
		ReplicationTaskId:       pulumi.String(name),
		ReplicationInstanceArn:  a.ReplicationInstance.ARN,
		SourceEndpointArn:       path.source.EndpointArn,
		TargetEndpointArn:       path.target.EndpointArn,
		MigrationType:           pulumi.String(migration),
		TableMappings:           schemaMapping(market.Schema),
		ReplicationTaskSettings: a.taskSettings(),
		StartReplicationTask:    pulumi.Bool(true),
		Tags:                    nameTag(name),
		// With two tasks at once, each would carry back what the other brought. DMS changes
		// no task's migration type
		// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.Modifying.html).
	}, pulumi.Parent(p.parent), pulumi.DeleteBeforeReplace(true), pulumi.ReplaceOnChanges([]string{"migrationType"}))
	if err != nil {
		return err
	}
	p.name = name
	for _, al := range []alarm{
		// The memory of the task's processes, which it has while it runs, in a load too
		// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Monitoring.html). Only its
		// absence is below 0.
		{suffix: "not-running", metric: "MemoryUsage", threshold: 0, comparison: "LessThanThreshold", silence: "breaching",
			description: "The task does not run: nothing is copied"},
		// A load has none of the metrics of changes, nor of comparisons before it is through.
		{suffix: "source-lag", metric: "CDCLatencySource", threshold: maxLagSeconds,
			description: "Changes are read more than five minutes late"},
		{suffix: "target-lag", metric: "CDCLatencyTarget", threshold: maxLagSeconds,
			description: "Changes arrive more than five minutes late"},
		{suffix: "differences", metric: "ValidationFailedOverallCount", threshold: 0,
			description: "Rows differ between source and target"},
		{suffix: "not-validated", metric: "ValidationSuspendedOverallCount", threshold: 0,
			description: "Rows cannot be compared between source and target"},
	} {
		al.namespace, al.statistic, al.minutes, al.topic = "AWS/DMS", "Maximum", 15, a.AlarmTopicARN
		al.dimensions = pulumi.StringMap{
			"ReplicationInstanceIdentifier": a.ReplicationInstance.Identifier,
			"ReplicationTaskIdentifier":     lastPart(task.ReplicationTaskArn), // not the name, in spite of its own
		}
		if err := p.alarm(al); err != nil {
			return err
		}
	}
	return nil
}

// lastPart is what an ARN ends with.
func lastPart(arn pulumi.StringOutput) pulumi.StringOutput {
	return arn.ApplyT(func(arn string) string { return arn[strings.LastIndex(arn, ":")+1:] }).(pulumi.StringOutput)
}

// schemaMapping selects all tables of a schema. DMS takes an underscore for any character
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

// taskSettings let a task stop where it would otherwise lose a row or a part of one
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
			"LimitedSizeLobMode": pulumi.Bool(true), // the other one takes no columns that are NOT NULL
			"FullLobMode":        pulumi.Bool(false),
			"LobMaxSize":         pulumi.Int(args.MaxLargeObjectKiB),
		},
		// The tables are the services' own, with their indexes. What is in them already
		// is not for a load to drop.
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
			"RecoverableErrorCount":                       pulumi.Int(-1), // a line that is down comes back
			"RecoverableErrorStopRetryAfterThrottlingMax": pulumi.Bool(false),
		},
	})
}
