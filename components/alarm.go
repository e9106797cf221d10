package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// alarm is a bound that a CloudWatch metric, or an expression, may not cross for a time.
type alarm struct {
	suffix, description string
	namespace, metric   string
	dimensions          pulumi.StringMap
	statistic           string
	expression          pulumi.StringInput // instead of the four above
	comparison          string             // GreaterThanThreshold unless given
	threshold           float64
	minutes             int    // in all periods together
	periods             int    // 3 unless given, so that one odd value raises no alarm
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
