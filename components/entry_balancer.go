package components

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// loadBalancer creates the load balancer. It is the only child that keeps the component's
// protection: DNS records refer to its name.
func (p provisioner) loadBalancer(a EntryArgs) (*lb.LoadBalancer, error) {
	return lb.NewLoadBalancer(p.Ctx, p.Name, &lb.LoadBalancerArgs{
		Name:             pulumi.String(physicalName(p.Name)),
		LoadBalancerType: pulumi.String("application"),
		Internal:         pulumi.Bool(false),
		IpAddressType:    pulumi.String(map[IPFamily]string{IPv4: "ipv4", DualStack: "dualstack"}[a.IPFamily]),
		Subnets:          a.SubnetIDs,
		SecurityGroups:   pulumi.StringArray{a.SecurityGroupID},
		AccessLogs:       lb.LoadBalancerAccessLogsArgs{Bucket: a.LogBucket, Enabled: pulumi.Bool(true)},

		EnableDeletionProtection: pulumi.Bool(!a.AllowDeletion),
		EnableHttp2:              pulumi.Bool(true),
		DropInvalidHeaderFields:  pulumi.Bool(true),
		// Defensive blocks what can smuggle a request. Strictest also blocks requests of old
		// clients that are only unusual
		// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#desync-mitigation-mode).
		DesyncMitigationMode: pulumi.String("defensive"),
		// Targets get the name that the client requested, and the client's address.
		PreserveHostHeader:      pulumi.Bool(true),
		XffHeaderProcessingMode: pulumi.String("append"),
		// The load balancer answers 503 if it does not reach the firewall: the firewall may
		// block. Health checks of Route 53 then fail too, so that users are moved to another
		// site if one may serve them.
		EnableWafFailOpen: pulumi.Bool(false),
		// Lets operators move users out of a failing zone. By itself it changes nothing
		// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/zonal-shift.html).
		EnableZonalShift: pulumi.Bool(true),
		IdleTimeout:      pulumi.Int(60), // seconds; targets must keep idle connections for longer
		Tags:             provision.NameTag(p.Name),
	}, pulumi.Parent(p.Parent))
}

// targetGroup creates a service's target group. Workloads register with it by IP address.
func (p provisioner) targetGroup(a EntryArgs, name string) (*lb.TargetGroup, error) {
	service := a.Services[name]
	protocol := pulumi.String(strings.ToUpper(string(service.Protocol)))
	return lb.NewTargetGroup(p.Ctx, p.Child(name), &lb.TargetGroupArgs{
		Name:       pulumi.String(physicalName(p.Child(name), service.Port, service.Protocol)),
		VpcId:      a.VpcID,
		TargetType: pulumi.String("ip"),
		Port:       pulumi.Int(service.Port),
		Protocol:   protocol,
		// A target is out of service 30 seconds after it stops answering, and in service 20
		// seconds after it answers again.
		HealthCheck: lb.TargetGroupHealthCheckArgs{
			Path: pulumi.String(service.LivePath), Protocol: protocol, Matcher: pulumi.String("200"),
			Interval: pulumi.Int(10), Timeout: pulumi.Int(5), // seconds
			HealthyThreshold: pulumi.Int(2), UnhealthyThreshold: pulumi.Int(3),
		},
		Stickiness: lb.TargetGroupStickinessArgs{Enabled: pulumi.Bool(false), Type: pulumi.String("lb_cookie")},
		// Slow start needs this algorithm
		// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html).
		LoadBalancingAlgorithmType: pulumi.String("round_robin"),
		SlowStart:                  pulumi.Int(30), // seconds, the minimum
		// Time for requests in progress. The default of 300 seconds delays every deployment.
		DeregistrationDelay: pulumi.Int(30), // seconds
		Tags:                provision.NameTag(p.Child(name)),
	}, pulumi.Parent(p.Parent), provision.Replaceable)
}

// maxPhysicalName is the maximum length of the names of load balancers and target groups
// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html).
const maxPhysicalName = 32

// physicalName returns the name in AWS of a load balancer or target group: the beginning of
// its logical name, and a hash of the whole name and of the values whose change replaces the
// resource. AWS requires distinct names, and Pulumi creates the new resource before it
// deletes the old one.
func physicalName(name string, replacing ...any) string {
	hash := fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, name, replacing)))[:8]
	return strings.TrimRight(name[:min(len(name), maxPhysicalName-len(hash)-1)], "-") + "-" + hash
}
