package localdc

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// LoadBalancerArgs are the arguments of NewLoadBalancer.
type LoadBalancerArgs struct {
	// NetworkID is the ID of the network of the targets.
	NetworkID pulumi.StringInput
	// Services are the services behind the load balancer, at least one, sorted by Name.
	Services []ServedService
	// TLSMinVersion is the oldest accepted TLS version, 1.2 or 1.3.
	TLSMinVersion string
	// RateLimit is the number of requests that one client may send in five minutes, 10 to
	// 2000000000. A client is an IP address together with a TLS fingerprint.
	RateLimit int
	// RateLimitAction is what happens to requests above RateLimit: count or block.
	RateLimitAction string
	// CapacityGbps is the capacity, 1 to 1000 Gbit/s.
	CapacityGbps int
	// AllowDeletion turns off the protection against deletion.
	AllowDeletion bool
}

// ServedService is a service behind a load balancer.
type ServedService struct {
	// Name is the name of the service.
	Name string
	// Hostnames are the DNS names of the service, at least one. Its certificate has them.
	Hostnames []string
	// Port is the TCP port of the targets, 1 to 65535.
	Port int
	// Protocol is the protocol between the load balancer and the targets: https or http.
	Protocol string
	// LivePath is the path of the targets' health check, such as /live.
	LivePath string
}

// LoadBalancer is the load balancer of a site, which answers the names of all its services over
// HTTPS.
type LoadBalancer struct {
	pulumi.CustomResourceState

	// Endpoint, Status, Serving, Driver and Handle are the outputs of every Resource.
	Endpoint pulumi.StringOutput `pulumi:"endpoint"`
	Status   pulumi.StringOutput `pulumi:"status"`
	Serving  pulumi.BoolOutput   `pulumi:"serving"`
	Driver   pulumi.StringOutput `pulumi:"driver"`
	Handle   pulumi.StringOutput `pulumi:"handle"`
	// Ready are the services that the load balancer answers with a valid certificate, sorted.
	Ready pulumi.StringArrayOutput `pulumi:"ready"`
	// Records are the values of the CNAME records that prove control of the names to the
	// partner's certificate authority, by the name of the record.
	Records pulumi.StringMapOutput `pulumi:"records"`
	// TargetPoolIDs are the IDs of the pools with which workloads register, by service.
	TargetPoolIDs map[string]pulumi.StringOutput
}

// NewLoadBalancer declares a load balancer, which redirects HTTP to HTTPS.
func NewLoadBalancer(ctx *pulumi.Context, name string, args *LoadBalancerArgs, opts ...pulumi.ResourceOption) (*LoadBalancer, error) {
	l := &LoadBalancer{TargetPoolIDs: map[string]pulumi.StringOutput{}}
	services := pulumi.Array{}
	for _, s := range args.Services {
		services = append(services, pulumi.Map{
			"name":      pulumi.String(s.Name),
			"hostnames": pulumi.ToStringArray(s.Hostnames),
			"port":      pulumi.Int(s.Port),
			"protocol":  pulumi.String(s.Protocol),
			"livePath":  pulumi.String(s.LivePath),
		})
	}
	if err := registerAs(ctx, "LoadBalancer", name, pulumi.Map{
		"network":         args.NetworkID,
		"services":        services,
		"tlsMinVersion":   pulumi.String(args.TLSMinVersion),
		"redirectHttp":    pulumi.Bool(true),
		"rateLimit":       pulumi.Int(args.RateLimit),
		"rateLimitAction": pulumi.String(args.RateLimitAction),
		"capacityGbps":    pulumi.Int(args.CapacityGbps),
	}, args.AllowDeletion, opts, l); err != nil {
		return nil, err
	}
	for _, s := range args.Services {
		l.TargetPoolIDs[s.Name] = pulumi.Sprintf("%s/%s", l.ID(), s.Name)
	}
	return l, nil
}
