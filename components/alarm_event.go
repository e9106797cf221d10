package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// eventAlarm is an alarm on an event, not on a metric that crosses a threshold.
type eventAlarm struct {
	suffix, description string
	source, detailType  string
	detail              pulumi.Map
	topic               pulumi.StringInput
}

// eventAlarm creates a rule that publishes matching events to a topic. The target has no
// role: EventBridge may fail to deliver to an encrypted topic with a role, and without a
// role uses the policies of the topic and of the topic's key
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
func (p provisioner) eventAlarm(e eventAlarm) error {
	name := p.child(e.suffix)
	rule, err := cloudwatch.NewEventRule(p.ctx, name, &cloudwatch.EventRuleArgs{
		Description: pulumi.String(e.description),
		EventPattern: pulumi.JSONMarshal(pulumi.Map{
			"source":      pulumi.ToStringArray([]string{e.source}),
			"detail-type": pulumi.ToStringArray([]string{e.detailType}),
			"detail":      e.detail,
		}),
		Tags: nameTag(name),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return err
	}
	_, err = cloudwatch.NewEventTarget(p.ctx, name, &cloudwatch.EventTargetArgs{
		Rule:     rule.Name,
		TargetId: pulumi.String("alarms"),
		Arn:      e.topic,
	}, pulumi.Parent(p.parent))
	return err
}
