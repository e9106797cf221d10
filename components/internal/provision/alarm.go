package provision

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// AlarmArgs is a threshold that a CloudWatch metric, or an expression, must not cross for a
// time.
type AlarmArgs struct {
	Suffix, Description string
	Namespace, Metric   string
	Dimensions          pulumi.StringMap
	Statistic           string
	Expression          pulumi.StringInput // instead of namespace, metric, dimensions and statistic
	Comparison          string             // GreaterThanThreshold if empty
	Threshold           float64
	Minutes             int    // length of all periods together
	Periods             int    // 3 if zero, so that a single outlier raises no alarm
	Silence             string // how CloudWatch treats missing data: notBreaching if empty
	Topic               pulumi.StringInput
}

// NewAlarm creates a CloudWatch alarm that notifies its topic when it starts and when it
// ends.
func (p Component) NewAlarm(a AlarmArgs, options ...pulumi.ResourceOption) error {
	if a.Comparison == "" {
		a.Comparison = "GreaterThanThreshold"
	}
	if a.Silence == "" {
		a.Silence = "notBreaching" // many metrics have no data without traffic
	}
	if a.Periods == 0 {
		a.Periods = 3
	}
	period := pulumi.Int(a.Minutes * 60 / a.Periods) // seconds
	args := &cloudwatch.MetricAlarmArgs{
		AlarmDescription:   pulumi.String(a.Description),
		ComparisonOperator: pulumi.String(a.Comparison),
		Threshold:          pulumi.Float64(a.Threshold),
		EvaluationPeriods:  pulumi.Int(a.Periods),
		TreatMissingData:   pulumi.String(a.Silence),
		AlarmActions:       pulumi.Array{a.Topic},
		OkActions:          pulumi.Array{a.Topic},
		Tags:               NameTag(p.Child(a.Suffix)),
	}
	if a.Expression != nil {
		args.MetricQueries = cloudwatch.MetricAlarmMetricQueryArray{cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String("value"), Expression: a.Expression, Period: period, ReturnData: pulumi.Bool(true),
		}}
	} else {
		args.Namespace, args.MetricName, args.Dimensions = pulumi.String(a.Namespace), pulumi.String(a.Metric), a.Dimensions
		args.Statistic, args.Period = pulumi.String(a.Statistic), period
	}
	_, err := cloudwatch.NewMetricAlarm(p.Ctx, p.Child(a.Suffix), args, append(options, pulumi.Parent(p.Parent), Replaceable)...)
	return err
}
