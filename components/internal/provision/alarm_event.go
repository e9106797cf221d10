package provision

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// EventAlarmArgs is an alarm on an event, not on a metric that crosses a threshold.
type EventAlarmArgs struct {
	Suffix, Description string
	Source, DetailType  string
	Detail              pulumi.Map
	Topic               pulumi.StringInput
}

// NewEventAlarm creates a rule that publishes matching events to a topic. The target has no
// role: EventBridge may fail to deliver to an encrypted topic with a role, and without a
// role uses the policies of the topic and of the topic's key
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
func (p Component) NewEventAlarm(e EventAlarmArgs) error {
	name := p.Child(e.Suffix)
	rule, err := cloudwatch.NewEventRule(p.Ctx, name, &cloudwatch.EventRuleArgs{
		Description: pulumi.String(e.Description),
		EventPattern: pulumi.JSONMarshal(pulumi.Map{
			"source":      pulumi.ToStringArray([]string{e.Source}),
			"detail-type": pulumi.ToStringArray([]string{e.DetailType}),
			"detail":      e.Detail,
		}),
		Tags: NameTag(name),
	}, pulumi.Parent(p.Parent))
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(p.Ctx, name, &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String("alarms"),
		Arn:      e.Topic,
	}, pulumi.Parent(p.Parent))
	return err
}
