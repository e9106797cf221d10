package migration

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
)

// TransferLogArgs are the arguments of NewTransferLog.
type TransferLogArgs struct {
	// AccountID is the 12-digit AWS account whose transfers write to the log.
	AccountID string
	// LogsKeyARN is the KMS key that encrypts the log.
	LogsKeyARN pulumi.StringInput
	// AlarmTopicARN is the SNS topic that receives the alarms on transfers that fail or
	// cannot run.
	AlarmTopicARN pulumi.StringInput
	// LogRetentionDays is how long the log is kept, in days. LogRetentions lists the
	// accepted values.
	LogRetentionDays int
}

// TransferLog is the log of a site's object transfers.
type TransferLog struct {
	pulumi.ResourceState

	// GroupARN is the log group's ARN.
	GroupARN pulumi.StringOutput
}

// transferEvents are the events that report that objects cannot be transferred
// (https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-datasync.html,
// https://docs.aws.amazon.com/datasync/latest/userguide/monitor-datasync.html). A
// transfer that exceeds the quotas of DataSync fails. After several failures of one kind
// in a row, DataSync turns the schedule off, and sends no more of these events
// (https://docs.aws.amazon.com/datasync/latest/userguide/API_TaskSchedule.html).
var transferEvents = []provision.EventAlarmArgs{
	{Suffix: "failures", Description: "A transfer of objects has failed",
		DetailType: "DataSync Task Execution State Change", Detail: pulumi.Map{"State": pulumi.ToStringArray([]string{"ERROR"})}},
	{Suffix: "unavailable", Description: "A transfer of objects cannot run: an agent is offline, or a location is not reached",
		DetailType: "DataSync Task State Change", Detail: pulumi.Map{"State": pulumi.ToStringArray([]string{"UNAVAILABLE"})}},
	{Suffix: "offline", Description: "A DataSync agent is offline: no object is transferred",
		DetailType: "DataSync Agent State Change", Detail: pulumi.Map{"State": pulumi.ToStringArray([]string{"OFFLINE"})}},
}

// NewTransferLog creates an encrypted log group to which AWS DataSync writes on behalf of
// the account, and alarms on transfers that fail or cannot run, and on agents that are
// offline. All transfers of a site share the log, because CloudWatch Logs supports only
// ten resource policies per region.
func NewTransferLog(ctx *pulumi.Context, name string, args *TransferLogArgs, opts ...pulumi.ResourceOption) (*TransferLog, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	l := &TransferLog{}
	if err := ctx.RegisterComponentResource("multisite:index:TransferLog", name, l, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, l)
	group, err := p.NewLogGroup(name, nil, a.LogsKeyARN, a.LogRetentionDays)
	if err != nil {
		return nil, err
	}
	policy, err := cloudwatch.NewLogResourcePolicy(ctx, name, &cloudwatch.LogResourcePolicyArgs{
		PolicyName: pulumi.String(name),
		PolicyDocument: provision.PolicyDocument(provision.Grant("DataSync", "datasync.amazonaws.com", []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			pulumi.Sprintf("%s:*", group.Arn), provision.OfAccount(pulumi.String(a.AccountID)))),
	}, pulumi.Parent(l))
	if err != nil {
		return nil, err
	}
	for _, event := range transferEvents {
		event.Source, event.Topic = "aws.datasync", a.AlarmTopicARN
		if err := p.NewEventAlarm(event); err != nil {
			return nil, err
		}
	}
	// The ARN is available only after the policy exists, so that a transfer that uses the
	// ARN can write to the log.
	l.GroupARN = pulumi.All(group.Arn, policy.ID()).ApplyT(func(all []any) string { return all[0].(string) }).(pulumi.StringOutput)
	return l, ctx.RegisterResourceOutputs(l, pulumi.Map{"groupArn": l.GroupARN})
}

func (args TransferLogArgs) withDefaults() TransferLogArgs {
	if args.LogRetentionDays == 0 {
		args.LogRetentionDays = components.DefaultLogRetention
	}
	return args
}

func (args TransferLogArgs) validate(name string) error {
	var p provision.Problems
	p.Check(components.AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(args.LogsKeyARN != nil, "LogsKeyARN: found none; allowed: the ARN of a KMS key")
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	p.Check(slices.Contains(components.LogRetentions, args.LogRetentionDays), "LogRetentionDays: found %d; allowed: one of %d", args.LogRetentionDays, components.LogRetentions)
	return p.Err("TransferLog", name)
}
