package simulation

import (
	"strings"

	"example.com/multisite/internal/awstypes"
)

const (
	logGroup            = "aws:cloudwatch/logGroup:LogGroup"
	deliverySource      = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
	deliveryDestination = "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination"
	logResourcePolicy   = "aws:cloudwatch/logResourcePolicy:LogResourcePolicy"
	eventRule           = "aws:cloudwatch/eventRule:EventRule"
)

const logsARN = "arn:aws:logs:{region}:{account}:"

func init() {
	model(map[string]*Type{
		logGroup: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ResourceAlreadyExistsException",
			Outputs: map[string]any{
				"arn": logsARN + "log-group:{id}", "namePrefix": "", "logGroupClass": "STANDARD",
				"retentionInDays": 0, "skipDestroy": false,
			},
			Replace: []string{"name", "logGroupClass"},
			Valid: map[string]Rule{
				"retentionInDays": oneOf("0", "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731",
					"1096", "1827", "2192", "2557", "2922", "3288", "3653"),
				"name": match(`^[\w./#-]{1,512}$`, "only letters, digits and _-/#. are allowed"),
			},
		},
		deliverySource: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ConflictException", InUse: "ConflictException",
			Outputs: map[string]any{"arn": logsARN + "delivery-source:{id}", "service": "cloudfront"},
			Replace: []string{"name", "resourceArn", "logType"},
			Put:     inVirginia,
		},
		deliveryDestination: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ConflictException", InUse: "ConflictException",
			Outputs: map[string]any{"arn": logsARN + "delivery-destination:{id}", "deliveryDestinationType": "S3"},
			Replace: []string{"name"},
			Valid:   map[string]Rule{"outputFormat": oneOf("json", "plain", "w3c", "raw", "parquet")},
		},
		"aws:cloudwatch/logDelivery:LogDelivery": {
			ID: "{lower16}", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ConflictException",
			Outputs: map[string]any{"id": "{id}", "arn": logsARN + "delivery:{id}", "recordFields": []any{}},
			Replace: []string{"deliverySourceName", "deliveryDestinationArn"},
			Unique:  []string{"deliverySourceName", "deliveryDestinationArn"},
			Put:     putLogDelivery,
		},
		logResourcePolicy: {
			ID: "{policyName}", Overwritten: true,
			Missing: "ResourceNotFoundException",
			Replace: []string{"policyName"},
			Valid:   map[string]Rule{"policyDocument": policy},
			Put: func(a *Account, r *Resource) error {
				if len(siblings(a, r)) >= 10 {
					return apiError("LimitExceededException", "Resource limit exceeded: a region has 10 policies")
				}
				return nil
			},
		},
		eventRule: {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ResourceAlreadyExistsException", InUse: "ValidationException",
			Outputs: map[string]any{"arn": "arn:aws:events:{region}:{account}:rule/{id}", "namePrefix": "", "eventBusName": "default", "forceDestroy": false, "state": "ENABLED"},
			Replace: []string{"name", "eventBusName"},
			Valid:   map[string]Rule{"eventPattern": jsonObject, "name": match(`^[0-9A-Za-z._-]{1,64}$`, "up to 64 letters, digits and ._- are allowed")},
		},
		"aws:cloudwatch/eventTarget:EventTarget": {
			ID: "{rule}-{targetId}", Overwritten: true,
			Missing: "ResourceNotFoundException", Taken: "ResourceAlreadyExistsException",
			Outputs: map[string]any{"eventBusName": "default", "forceDestroy": false},
			Replace: []string{"rule", "targetId", "eventBusName"},
			Put: func(a *Account, r *Resource) error {
				if taken := text(r.Properties, "roleArn"); taken != "" && !trusts(a.find(role, r.Region, taken), "events.amazonaws.com") {
					return apiError("ValidationException", "Provided role '%s' cannot be assumed by principal 'events.amazonaws.com'.", taken)
				}
				return nil
			},
		},
		"aws:cloudwatch/metricAlarm:MetricAlarm": {
			ID: "{name}", Name: "name", Tagged: true,
			Missing: "ResourceNotFound",
			Outputs: map[string]any{
				"arn": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}", "actionsEnabled": true, "datapointsToAlarm": 0,
				"evaluateLowSampleCountPercentiles": "", "extendedStatistic": "", "metricQueries": []any{},
				"thresholdMetricId": "", "unit": "", "treatMissingData": "missing",
				// Empty for an alarm on an expression.
				"namespace": "", "metricName": "", "statistic": "", "period": 0, "metricQueries[].accountId": "", "metricQueries[].label": "",
				"metricQueries[].expression": "", "metricQueries[].metric.unit": "", "metricQueries[].returnData": false,
			},
			Replace: []string{"name"},
			Valid: map[string]Rule{
				"comparisonOperator": oneOf("GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold",
					"LessThanLowerOrGreaterThanUpperThreshold", "LessThanLowerThreshold", "GreaterThanUpperThreshold"),
				"statistic":        oneOf("SampleCount", "Average", "Sum", "Minimum", "Maximum"),
				"treatMissingData": oneOf("breaching", "notBreaching", "ignore", "missing"),
			},
			Check: checkAlarm,
		},
	})
}

// checkAlarm requires a metric or an expression, and periods that are long enough for the
// metric to have a value. AWS accepts shorter periods, but such an alarm is never raised.
func checkAlarm(p Properties) (problems []Problem) {
	if (p["metricName"] == nil) == (p["metricQueries"] == nil) {
		problems = append(problems, Problem{"metricName", "one of `metric_name,metric_query` must be specified"})
	}
	if period, known := p["period"].(float64); known && strings.HasPrefix(text(p, "metricName"), "DNSSEC") && period < 4*60*60 {
		problems = append(problems, Problem{"period", "Route 53 publishes this metric every four hours"})
	}
	return problems
}

// inVirginia requires us-east-1, the region of CloudFront's log delivery.
func inVirginia(_ *Account, r *Resource) error {
	if r.Region != awstypes.EdgeRegion {
		return apiError("ValidationException", "CloudFront logs are delivered from us-east-1, not from %s", r.Region)
	}
	return nil
}
