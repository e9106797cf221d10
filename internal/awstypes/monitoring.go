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
		Declared:      paths("kmsKeyId"), // the site's key, for the log group of an application
		IDs:           paths("arn name"),
		Plain:         paths("name retentionInDays"),
	},
	LogResourcePolicy: {
		Policies: paths("policyDocument"),
		Plain:    paths("policyName"),
	},
	LogDelivery: {
		EdgeRegion: true,
		Import:     byARN(`:logs:.*:delivery:(.*)$`),
		Refs:       []Ref{{"deliverySourceName", LogDeliverySource}, {"deliveryDestinationArn", LogDeliveryDestination}},
		Plain:      paths("s3DeliveryConfigurations[].enableHiveCompatiblePath s3DeliveryConfigurations[].suffixPath"),
	},
	LogDeliveryDestination: {
		EdgeRegion: true,
		Import:     byARN(`:logs:.*:delivery-destination:(.*)$`),
		Names:      []Ref{{"deliveryDestinationConfiguration.destinationResourceArn", Bucket}},
		Plain:      paths("name outputFormat"),
	},
	LogDeliverySource: {
		EdgeRegion: true,
		Import:     byARN(`:logs:.*:delivery-source:(.*)$`),
		Refs:       []Ref{{"resourceArn", Distribution}},
		IDs:        paths("arn name"),
		Fixed:      []Setting{{Path: "logType", Allowed: []any{"ACCESS_LOGS"}}},
		Plain:      paths("name"),
	},
	MetricAlarm: {
		EdgeRegion: true,
		Import:     byARN(`:cloudwatch:.*:alarm:(.*)$`),
		Refs:       []Ref{{"alarmActions[]", Topic}, {"okActions[]", Topic}},
		Names:      []Ref{{"dimensions.CertificateArn", Certificate}},
		Plain: paths(`
			alarmDescription comparisonOperator dimensions.* evaluateLowSampleCountPercentiles evaluationPeriods
			extendedStatistic metricName metricQueries[].expression metricQueries[].id metricQueries[].metric.dimensions.*
			metricQueries[].metric.metricName metricQueries[].metric.namespace metricQueries[].metric.period
			metricQueries[].metric.stat metricQueries[].period metricQueries[].returnData name namespace period statistic
			threshold treatMissingData
		`),
	},
	EventRule: {
		Import: byARN(`:events:.*:rule/(.*)$`),
		IDs:    paths("arn name"),
		Plain:  paths("description eventPattern name"),
	},
	EventTarget: {
		Refs:  []Ref{{"rule", EventRule}, {"arn", Topic}, {"roleArn", Role}},
		Plain: paths("targetId"),
	},
	Topic: {
		EdgeRegion:    true,
		KeyProperties: []KeyProperty{{Path: "kmsMasterKeyId"}},
		Import:        byARN(`^(arn:[^:]*:sns:.*)$`),
		Refs:          []Ref{{"kmsMasterKeyId", Key}},
		Plain:         paths("name"),
	},
	TopicPolicy: {
		EdgeRegion: true,
		Refs:       []Ref{{"arn", Topic}},
		Policies:   paths("policy"),
	},
	TopicSubscription: {
		EdgeRegion: true,
		Refs:       []Ref{{"topic", Topic}},
		Declared:   paths("endpoint"),
		Fixed:      []Setting{{Path: "protocol", Allowed: []any{"email"}}},
	},
}
