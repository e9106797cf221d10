package provision

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/ordered"
)

// AlarmArgs is a threshold that a CloudWatch metric, or an expression, must not cross for a
// time.
type AlarmArgs struct {
	Suffix, Description string
	Namespace, Metric   string
	Dimensions          pulumi.StringMap
	Statistic           string             // such as Average, or a percentile such as p99
	Expression          pulumi.StringInput // instead of a metric
	// Operands are the metrics that Expression names, by their IDs in it. They share the
	// namespace, the dimensions and the statistic.
	Operands   map[string]string
	Comparison string // GreaterThanThreshold if empty
	Threshold  float64
	Minutes    int    // length of all periods together
	Periods    int    // 3 if zero, so that a single outlier raises no alarm
	Silence    string // how CloudWatch treats missing data: notBreaching if empty
	Topic      pulumi.StringInput
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
		args.MetricQueries = a.queries(period)
	} else {
		args.Namespace, args.MetricName, args.Dimensions = pulumi.String(a.Namespace), pulumi.String(a.Metric), a.Dimensions
		args.Period = period
		if strings.HasPrefix(a.Statistic, "p") {
			// With too few samples for a percentile, the alarm keeps its state.
			args.ExtendedStatistic, args.EvaluateLowSampleCountPercentiles = pulumi.String(a.Statistic), pulumi.String("ignore")
		} else {
			args.Statistic = pulumi.String(a.Statistic)
		}
	}
	_, err := cloudwatch.NewMetricAlarm(p.Ctx, p.Child(a.Suffix), args, append(options, pulumi.Parent(p.Parent), Replaceable)...)
	return err
}

// queries returns the expression, and the metrics that it names.
func (a AlarmArgs) queries(period pulumi.IntInput) cloudwatch.MetricAlarmMetricQueryArray {
	value := cloudwatch.MetricAlarmMetricQueryArgs{Id: pulumi.String("value"), Expression: a.Expression, ReturnData: pulumi.Bool(true)}
	if len(a.Operands) == 0 { // otherwise the operands have the period
		value.Period = period
	}
	queries := cloudwatch.MetricAlarmMetricQueryArray{value}
	for _, id := range ordered.Keys(a.Operands) {
		queries = append(queries, cloudwatch.MetricAlarmMetricQueryArgs{
			Id: pulumi.String(id),
			Metric: cloudwatch.MetricAlarmMetricQueryMetricArgs{
				Namespace: pulumi.String(a.Namespace), MetricName: pulumi.String(a.Operands[id]), Dimensions: a.Dimensions,
				Stat: pulumi.String(a.Statistic), Period: period,
			},
		})
	}
	return queries
}
