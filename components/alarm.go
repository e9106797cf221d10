package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm is a threshold that a CloudWatch metric, or an expression, must not cross for a
// time.
type alarm struct {
	suffix, description string
	namespace, metric   string
	dimensions          pulumi.StringMap
	statistic           string
	expression          pulumi.StringInput // instead of namespace, metric, dimensions and statistic
	comparison          string             // GreaterThanThreshold if empty
	threshold           float64
	minutes             int    // length of all periods together
	periods             int    // 3 if zero, so that a single outlier raises no alarm
	silence             string // how CloudWatch treats missing data: notBreaching if empty
	topic               pulumi.StringInput
}

// alarm creates a CloudWatch alarm that notifies its topic when it starts and when it
// ends.
func (p provisioner) alarm(a alarm, options ...pulumi.ResourceOption) error {
	if a.comparison == "" {
		a.comparison = "GreaterThanThreshold"
	}
	if a.silence == "" {
		a.silence = "notBreaching" // many metrics have no data without traffic
	}
	if a.periods == 0 {
		a.periods = 3
	}
	period := pulumi.Int(a.minutes * 60 / a.periods) // seconds
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(a.description),
		ComparisonOperator: pulumi.String(a.comparison),
		Threshold:          pulumi.Float64(a.threshold),
		EvaluationPeriods:  pulumi.Int(a.periods),
		TreatMissingData:   pulumi.String(a.silence),
		AlarmActions:       pulumi.Array{a.topic},
		OkActions:          pulumi.Array{a.topic},
		Tags:               nameTag(p.child(a.suffix)),
	}
	if a.expression != nil {
		args.MetricQueries = cloudwatch.MetricAlarmMetricQueryArray{cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String("value"), Expression: a.expression, Period: period, ReturnData: pulumi.Bool(true),
		}}
	} else {
		args.Namespace, args.MetricName, args.Dimensions = pulumi.String(a.namespace), pulumi.String(a.metric), a.dimensions
		args.Statistic, args.Period = pulumi.String(a.statistic), period
	}
	_, err := cloudwatch.NewMetricAlarm(p.ctx, p.child(a.suffix), args, append(options, pulumi.Parent(p.parent), replaceable)...)
	return err
}
