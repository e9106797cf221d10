package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// entryAlarm creates the alarm on responses with status 500 to 599 of the load balancer
// itself: it has no healthy target, or a target answers late, wrongly or not at all
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html).
func (p provisioner) entryAlarm(a EntryArgs, balancer *lb.LoadBalancer) error {
	return p.NewAlarm(provision.AlarmArgs{
		Suffix: "errors", Description: "The load balancer itself fails over 1 % of the requests",
		// RequestCount leaves out requests for which there is no target. A request that
		// reached a target and failed is in both metrics, so that the share is then up to
		// half as large.
		Expression: pulumi.String("100 * FILL(errors, 0) / (FILL(requests, 0) + FILL(errors, 0))"),
		Operands:   map[string]string{"errors": "HTTPCode_ELB_5XX_Count", "requests": "RequestCount"},
		Namespace:  "AWS/ApplicationELB", Statistic: "Sum", Threshold: 1, Minutes: 15,
		Dimensions: pulumi.StringMap{"LoadBalancer": balancer.ArnSuffix}, Topic: a.AlarmTopicARN,
	})
}

// serviceAlarms creates the alarms on a service. Route 53's health checkers together request
// its health path every few seconds, so that a share or percentile is never that of a few
// requests
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html).
func (p provisioner) serviceAlarms(a EntryArgs, service string, balancer *lb.LoadBalancer, group *lb.TargetGroup) error {
	for _, alarm := range []provision.AlarmArgs{
		{Suffix: "errors", Description: "Over 1 % of the responses of " + service + " have a status of 500 to 599", Statistic: "Sum",
			Expression: pulumi.String("100 * FILL(errors, 0) / requests"),
			Operands:   map[string]string{"errors": "HTTPCode_Target_5XX_Count", "requests": "RequestCount"},
			Threshold:  1, Minutes: 15},
		// A user's flow of thought stays uninterrupted for about one second
		// (https://www.nngroup.com/articles/response-times-3-important-limits/).
		{Suffix: "latency", Description: "One of a hundred responses of " + service + " takes longer than a second",
			Metric: "TargetResponseTime", Statistic: "p99", Threshold: 1, Minutes: 15},
		// A deployment replaces targets, and takes less than 15 minutes.
		{Suffix: "unhealthy", Description: "A target of " + service + " has been unhealthy for 15 minutes",
			Metric: "UnHealthyHostCount", Statistic: "Maximum", Threshold: 0, Minutes: 15},
		// There is no data before a first target is registered.
		{Suffix: "targets", Description: service + " has no healthy target",
			Metric: "HealthyHostCount", Statistic: "Maximum", Comparison: "LessThanThreshold", Threshold: 1, Minutes: 3},
	} {
		alarm.Suffix, alarm.Namespace, alarm.Topic = service+"-"+alarm.Suffix, "AWS/ApplicationELB", a.AlarmTopicARN
		alarm.Dimensions = pulumi.StringMap{"LoadBalancer": balancer.ArnSuffix, "TargetGroup": group.ArnSuffix}
		if err := p.NewAlarm(alarm); err != nil {
			return err
		}
	}
	return nil
}
