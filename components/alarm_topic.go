package components

import (
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sns"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// AlarmTopicArgs are the arguments of NewAlarmTopic.
type AlarmTopicArgs struct {
	// AccountID is the 12-digit AWS account whose alarms may be published to the topic.
	AccountID string
	// KeyARN is the KMS key that encrypts the messages. Its policy must let the services
	// that publish alarms use it, as the policy of a Key with the Service alarms does.
	KeyARN pulumi.StringInput
	// Emails are the addresses that receive the messages. AWS sends to an address only
	// after its owner has confirmed the subscription.
	Emails []string
}

// AlarmTopic is an encrypted SNS topic that receives the alarms of one region.
type AlarmTopic struct {
	pulumi.ResourceState

	// ARN is the topic's ARN.
	ARN pulumi.StringOutput
}

// Email matches an e-mail address.
var Email = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// alarmSenders lists the services that publish alarms, each with the condition under
// which it may.
var alarmSenders = []struct {
	name, service string
	condition     func(account string) pulumi.Map
}{
	{"CloudWatchAlarms", "cloudwatch.amazonaws.com", ofOwnAccount},
	{"DatabaseEvents", "events.rds.amazonaws.com", ofOwnAccount},
	// AWS documents EventBridge's statement without a condition
	// (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions).
	{"Events", "events.amazonaws.com", func(string) pulumi.Map { return nil }},
}

func ofOwnAccount(account string) pulumi.Map { return provision.OfAccount(pulumi.String(account)) }

// NewAlarmTopic creates a topic to which only CloudWatch, RDS and EventBridge can
// publish, and only over TLS. CloudWatch and RDS can publish only for the account.
func NewAlarmTopic(ctx *pulumi.Context, name string, args *AlarmTopicArgs, opts ...pulumi.ResourceOption) (*AlarmTopic, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	t := &AlarmTopic{}
	if err := ctx.RegisterComponentResource("multisite:index:AlarmTopic", name, t, opts...); err != nil {
		return nil, err
	}
	topic, err := sns.NewTopic(ctx, name, &sns.TopicArgs{
		KmsMasterKeyId: args.KeyARN,
		Tags:           provision.NameTag(name),
	}, pulumi.Parent(t))
	if err != nil {
		return nil, err
	}
	statements := []pulumi.Map{provision.Deny("DenyInsecureTransport", "sns:Publish", topic.Arn, provision.Insecure)}
	for _, sender := range alarmSenders {
		statements = append(statements, provision.Grant(sender.name, sender.service, []string{"sns:Publish"}, topic.Arn, sender.condition(args.AccountID)))
	}
	if _, err := sns.NewTopicPolicy(ctx, name, &sns.TopicPolicyArgs{
		Arn: topic.Arn, Policy: provision.PolicyDocument(statements...),
	}, pulumi.Parent(t)); err != nil {
		return nil, err
	}
	for _, email := range args.Emails {
		if _, err := sns.NewTopicSubscription(ctx, name+"-"+email, &sns.TopicSubscriptionArgs{
			Topic:    topic.Arn,
			Protocol: pulumi.String("email"),
			Endpoint: pulumi.String(email),
		}, pulumi.Parent(t)); err != nil {
			return nil, err
		}
	}
	t.ARN = topic.Arn
	return t, ctx.RegisterResourceOutputs(t, pulumi.Map{"arn": t.ARN})
}

func (args AlarmTopicArgs) validate(name string) error {
	var p provision.Problems
	p.Check(AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(args.KeyARN != nil, "KeyARN: found none; allowed: the ARN of a KMS key")
	for _, email := range args.Emails {
		p.Check(Email.MatchString(email), "Emails: found %q; allowed: e-mail addresses", email)
	}
	p.Check(len(slices.Compact(slices.Sorted(slices.Values(args.Emails)))) == len(args.Emails), "Emails: found %q; allowed: each address once", args.Emails)
	return p.Err("AlarmTopic", name)
}
