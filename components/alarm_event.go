package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// eventAlarm is something that happens, rather than a metric that crosses a bound.
type eventAlarm struct {
	suffix, description string
	source, detailType  string
	detail              pulumi.Map
	account             pulumi.StringInput
	topic, topicKey     pulumi.StringInput
}

// eventAlarm tells a topic of events. It does so under a role: EventBridge gives a
// topic's policy nothing to tell accounts apart by
// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-troubleshooting.html).
func (p provisioner) eventAlarm(e eventAlarm) error {
	name := p.child(e.suffix)
	role, err := p.serviceRole(name, "events.amazonaws.com", "Tells the alarms' topic of events of "+p.name, e.account)
	if err != nil {
		return err
	}
	policy, err := iam.NewRolePolicy(p.ctx, name, &iam.RolePolicyArgs{
		Role: role.ID(),
		Policy: policyDocument(
			allow([]string{"sns:Publish"}, e.topic, nil),
			allow([]string{"kms:Decrypt", "kms:GenerateDataKey"}, e.topicKey, nil),
		),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return err
	}
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
		RoleArn:  role.Arn,
	}, pulumi.Parent(p.parent), pulumi.DependsOn([]pulumi.Resource{policy}))
	return err
}
