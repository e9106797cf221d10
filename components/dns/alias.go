package dns

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
)

// AliasArgs are the arguments of NewAlias.
type AliasArgs struct {
	// ZoneID is the ID of the Route 53 zone in which the records are created.
	ZoneID pulumi.StringInput
	// Hostname is the DNS name of the endpoint. It must be within the zone.
	Hostname string
	// Host is the host name of the load balancer or distribution, and HostZoneID the Route 53
	// zone of that name. Without HostZoneID, as for hosts outside of AWS, the record is a
	// CNAME record.
	Host, HostZoneID string
	// DualStack reports whether the host has IPv6 addresses too.
	DualStack bool
}

// Alias is the DNS name of one endpoint of a site.
type Alias struct {
	pulumi.ResourceState

	// Records are the records of the name.
	Records []pulumi.Resource
}

// NewAlias creates an A record, and an AAAA record if the host has IPv6 addresses, which
// Route 53 answers with the addresses of the host.
func NewAlias(ctx *pulumi.Context, name string, args *AliasArgs, opts ...pulumi.ResourceOption) (*Alias, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	a := &Alias{}
	if err := ctx.RegisterComponentResource("multisite:index:Alias", name, a, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, a)
	kinds := map[string]string{"A": "ipv4"}
	if args.DualStack {
		kinds["AAAA"] = "ipv6"
	}
	if args.HostZoneID == "" {
		kinds = map[string]string{"CNAME": "cname"}
	}
	for _, kind := range []string{"A", "AAAA", "CNAME"} {
		if kinds[kind] == "" {
			continue
		}
		record := &route53.RecordArgs{ZoneId: args.ZoneID, Name: pulumi.String(args.Hostname), Type: pulumi.String(kind)}
		if args.HostZoneID == "" {
			record.Records, record.Ttl = pulumi.ToStringArray([]string{args.Host}), pulumi.Int(RecordTTLSeconds)
		} else {
			record.Aliases = route53.RecordAliasArray{route53.RecordAliasArgs{
				Name: pulumi.String(args.Host), ZoneId: pulumi.String(args.HostZoneID),
				// A load balancer is unhealthy if the targets of any service are.
				EvaluateTargetHealth: pulumi.Bool(false),
			}}
		}
		created, err := route53.NewRecord(ctx, p.Child(kinds[kind]), record, pulumi.Parent(a))
		if err != nil {
			return nil, err
		}
		a.Records = append(a.Records, created)
	}
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{})
}

func (args AliasArgs) validate(name string) error {
	var p provision.Problems
	p.Check(args.ZoneID != nil, "ZoneID: found none; allowed: the ID of a Route 53 zone")
	p.Check(components.Hostname.MatchString(args.Hostname), "Hostname: found %q; allowed: a DNS name such as www.example.com", args.Hostname)
	p.Check(components.Hostname.MatchString(args.Host), "Host: found %q; allowed: a DNS name such as www.example.com", args.Host)
	p.Check(args.HostZoneID == "" || components.HostedZoneID.MatchString(args.HostZoneID), "HostZoneID: found %q; allowed: the ID of a Route 53 zone", args.HostZoneID)
	return p.Err("Alias", name)
}
