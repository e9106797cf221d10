package awstypes

// Types of Amazon CloudWatch, CloudWatch Logs, EventBridge and SNS.
const (
	LogGroup               = "aws:cloudwatch/logGroup:LogGroup"
	LogResourcePolicy      = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
	LogDelivery            = "aws:cloudwatch/logDelivery:LogDelivery"
	LogDeliveryDestination = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	LogDeliverySource      = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
	MetricAlarm            = "aws:cloudwatch/metricAlarm:MetricAlarm"
	EventRule              = "aws:cloudwatch/eventRule:EventRule"
	EventTarget            = "aws:cloudwatch/eventTarget:EventTarget"
	Topic                  = "aws:sns/topic:Topic"
	TopicPolicy            = "aws:sns/topicPolicy:TopicPolicy"
	TopicSubscription      = "aws:sns/topicSubscription:TopicSubscription"
)

var monitoring = map[string]Type{
	LogGroup: {
		KeyProperties: []KeyProperty{{Path: "kmsKeyId"}},
		Import:        byARN(`:logs:.*:log-group:(.*)$`),
		Refs:          []Ref{{"kmsKeyId", Key}},
	},
	LogResourcePolicy: {},
	LogDelivery: {
		EdgeRegion: true,
		Import:     byARN(`:logs:.*:delivery:(.*)$`),
		Refs:       []Ref{{"deliverySourceName", LogDeliverySource}, {"deliveryDestinationArn", LogDeliveryDestination}},
	},
	LogDeliveryDestination: {
		EdgeRegion: true,
		Import:     byARN(`:logs:.*:delivery-destination:(.*)$`),
	},
	LogDeliverySource: {
		EdgeRegion: true,
		Import:     byARN(`:logs:.*:delivery-source:(.*)$`),
		Refs:       []Ref{{"resourceArn", Distribution}},
	},
	MetricAlarm: {
		EdgeRegion: true,
		Import:     byARN(`:cloudwatch:.*:alarm:(.*)$`),
		Refs:       []Ref{{"alarmActions[]", Topic}, {"okActions[]", Topic}},
	},
	EventRule: {
		Import: byARN(`:events:.*:rule/(.*)$`),
	},
	EventTarget: {
		Refs: []Ref{{"rule", EventRule}, {"arn", Topic}, {"roleArn", Role}},
	},
	Topic: {
		EdgeRegion:    true,
		KeyProperties: []KeyProperty{{Path: "kmsMasterKeyId"}},
		Import:        byARN(`^(arn:[^:]*:sns:.*)$`),
		Refs:          []Ref{{"kmsMasterKeyId", Key}},
	},
	TopicPolicy: {
		EdgeRegion: true,
		Refs:       []Ref{{"arn", Topic}},
	},
	TopicSubscription: {
		EdgeRegion: true,
		Refs:       []Ref{{"topic", Topic}},
	},
}
