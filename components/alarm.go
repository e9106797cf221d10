package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm is a bound that a CloudWatch metric may not cross for a time.
type alarm struct {
	suffix, description string
	namespace, metric   string
	dimensions          pulumi.StringMap
	statistic           string
	comparison          string // GreaterThanThreshold unless given
	threshold           float64
	minutes             int    // three periods, so that one odd value is none
	silence             string // what no data means: notBreaching unless given
	topic               pulumi.StringInput
}

// alarm creates an alarm that tells its topic when it begins and when it is over.
func (p provisioner) alarm(a alarm, options ...pulumi.ResourceOption) error {
	if a.comparison == "" {
		a.comparison = "GreaterThanThreshold"
	}
	if a.silence == "" {
		a.silence = "notBreaching" // no traffic, no trouble
	}
	const periods = 3
	_, err := cloudwatch.NewMetricAlarm(p.ctx, p.child(a.suffix), &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(a.description),
		Namespace:          pulumi.String(a.namespace),
		MetricName:         pulumi.String(a.metric),
		Dimensions:         a.dimensions,
		Statistic:          pulumi.String(a.statistic),
		ComparisonOperator: pulumi.String(a.comparison),
		Threshold:          pulumi.Float64(a.threshold),
		Period:             pulumi.Int(a.minutes * 60 / periods),
		EvaluationPeriods:  pulumi.Int(periods),
		TreatMissingData:   pulumi.String(a.silence),
		AlarmActions:       pulumi.Array{a.topic},
		OkActions:          pulumi.Array{a.topic},
		Tags:               nameTag(p.child(a.suffix)),
	}, append(options, pulumi.Parent(p.parent), replaceable)...)
	return err
}
