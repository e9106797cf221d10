package dns

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// RoutesArgs are the arguments of NewRoutes.
type RoutesArgs struct {
	// ZoneID is the ID of the Route 53 zone in which the records are created.
	ZoneID pulumi.StringInput
	// Hostname is the DNS name that users request. It must be within the zone.
	Hostname string
	// Sites are the endpoints of the sites, by name of the site.
	Sites map[string]SiteEndpoint
	// Markets are the routes of countries, by ISO 3166 code, and of components.RestOfWorld,
	// ZZ: all other countries, and addresses that Route 53 cannot place. Without ZZ, Route 53
	// does not answer these users.
	Markets map[string]MarketRoute
	// China is the host name, outside of all sites, for users in mainland China. They are
	// never routed to a site: if China is empty, the name has no address for them.
	China string
	// After lists the records of the sites' names. The records of Hostname are created once
	// these exist: until then resolvers would store that a name does not exist.
	After []pulumi.Resource
}

// SiteEndpoint is the endpoint of a site.
type SiteEndpoint struct {
	// Host is the host name of the site for the service, such as the name of its load
	// balancer or CDN.
	Host string
	// HealthCheckID is the ID of the Route 53 health check of Host.
	HealthCheckID pulumi.StringInput
}

// MarketRoute is the route of the users in one country. If Home and Origin are empty, the
// name has no address for them; they are not routed as the rest of the world is.
type MarketRoute struct {
	// Home is the site to which users are routed: the market's home, or its stand-in.
	Home string
	// Failover is the site that serves the market while Home is unhealthy.
	Failover string
	// Origin is the host name, outside of all sites, of the service from which the market
	// moves. It gets the requests that Home does not get.
	Origin string
	// HomePercent is the share of the requests that Home gets, 0 to 100. Ignored when
	// Origin is empty.
	HomePercent int
}

// Routes are the DNS records that route the users of one name to sites.
type Routes struct {
	pulumi.ResourceState
}

// RecordTTLSeconds is how long resolvers cache an answer, in seconds. A change of route takes
// this time, in addition to the time that the health check needs.
const RecordTTLSeconds = 60

// NewRoutes creates the DNS records of one name. They choose the target by country, then
// by share if a country has an origin, then by health. All are CNAME records.
func NewRoutes(ctx *pulumi.Context, name string, args *RoutesArgs, opts ...pulumi.ResourceOption) (*Routes, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	r := &Routes{}
	if err := ctx.RegisterComponentResource("multisite:index:Routes", name, r, opts...); err != nil {
		return nil, err
	}
	p := routes{newProvisioner(ctx, name, r), args, map[string]*route53.Record{}}
	for _, code := range ordered.Keys(args.Markets) {
		target, err := p.market(code, args.Markets[code])
		if err != nil {
			return nil, err
		}
		if err := p.country(code, target); err != nil {
			return nil, err
		}
	}
	china := route{host: args.China}
	if args.China == "" {
		china = p.unserved()
	}
	if err := p.country("CN", china); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

// routes creates the records of one name.
type routes struct {
	provisioner
	args  *RoutesArgs
	sites map[string]*route53.Record // by name of the record
}

// route is the target of a record: another record, or a host name outside of these
// records.
type route struct {
	record *route53.Record
	host   string
}

func (p routes) unserved() route { return route{host: p.args.Unserved()} }

// Unserved returns the host name, without any address, to which users are routed who must not
// reach any site.
func (args *RoutesArgs) Unserved() string { return "unserved." + args.Hostname }

// country creates the record for the users in a country, or for components.RestOfWorld the
// record for the users without a record of their country. Route 53 answers from that record
// too if the record of a country is unhealthy; so these records have no health check, and
// their aliases do not evaluate their target.
func (p routes) country(code string, to route) error {
	suffix := strings.ToLower(code)
	if code == components.RestOfWorld {
		code, suffix = "*", "elsewhere"
	}
	_, err := p.record("from-"+suffix, p.args.Hostname, to, route53.RecordArgs{
		SetIdentifier: pulumi.String(suffix),
		GeolocationRoutingPolicies: route53.RecordGeolocationRoutingPolicyArray{
			route53.RecordGeolocationRoutingPolicyArgs{Country: pulumi.String(code)},
		},
	})
	return err
}

// site creates the record that points to a site and, with a failover, the record for the
// time while that site is unhealthy. Markets with the same two sites share these records.
func (p routes) site(name, failover string) (route, error) {
	suffix, host := "at-"+name, name+".site."+p.args.Hostname
	if failover != "" {
		suffix, host = suffix+"-or-"+failover, failover+"."+host
	}
	if record := p.sites[host]; record != nil {
		return route{record: record}, nil
	}
	primary := route53.RecordArgs{}
	if failover != "" {
		primary = p.failover("PRIMARY", name)
	}
	record, err := p.record(suffix, host, route{host: p.args.Sites[name].Host}, primary)
	if err == nil && failover != "" {
		_, err = p.record(suffix+"-failover", host, route{host: p.args.Sites[failover].Host}, p.failover("SECONDARY", failover))
	}
	p.sites[host] = record
	return route{record: record}, err
}

func (p routes) failover(role, site string) route53.RecordArgs {
	return route53.RecordArgs{
		SetIdentifier:           pulumi.String(strings.ToLower(role)),
		HealthCheckId:           p.args.Sites[site].HealthCheckID,
		FailoverRoutingPolicies: route53.RecordFailoverRoutingPolicyArray{route53.RecordFailoverRoutingPolicyArgs{Type: pulumi.String(role)}},
	}
}

// record creates a record with a routing policy.
func (p routes) record(suffix, host string, to route, policy route53.RecordArgs) (*route53.Record, error) {
	policy.ZoneId, policy.Name, policy.Type = p.args.ZoneID, pulumi.String(host), pulumi.String("CNAME")
	if to.record == nil {
		policy.Records, policy.Ttl = pulumi.StringArray{pulumi.String(to.host)}, pulumi.Int(RecordTTLSeconds)
	} else {
		policy.Aliases = route53.RecordAliasArray{route53.RecordAliasArgs{
			// The share of a target must not change when a target is unhealthy.
			Name: to.record.Fqdn, ZoneId: p.args.ZoneID, EvaluateTargetHealth: pulumi.Bool(false),
		}}
	}
	return route53.NewRecord(p.Ctx, p.Child(suffix), &policy, pulumi.Parent(p.Parent), pulumi.DependsOn(p.args.After))
}

func (args RoutesArgs) validate(name string) error {
	var p provision.Problems
	known := ordered.Keys(args.Sites)
	site := func(argument, site string) {
		p.Check(site == "" || slices.Contains(known, site), "%s: found %q; allowed: one of %q", argument, site, known)
	}
	host := func(argument, host string) {
		p.Check(host == "" || components.Hostname.MatchString(host), "%s: found %q; allowed: a DNS name such as www.example.com", argument, host)
	}
	p.Check(args.ZoneID != nil, "ZoneID: found none; allowed: the ID of a Route 53 zone")
	p.Check(components.Hostname.MatchString(args.Hostname), "Hostname: found %q; allowed: a DNS name such as www.example.com", args.Hostname)
	for _, name := range known {
		endpoint := args.Sites[name]
		p.Check(components.Hostname.MatchString(endpoint.Host), "Sites[%s].Host: found %q; allowed: a DNS name such as www.example.com", name, endpoint.Host)
		p.Check(endpoint.HealthCheckID != nil, "Sites[%s].HealthCheckID: found none; allowed: the ID of a health check", name)
	}
	for _, code := range ordered.Keys(args.Markets) {
		m, path := args.Markets[code], "Markets["+code+"]"
		p.Check(components.Country.MatchString(code) && code != "CN", "Markets: found %q; allowed: ISO 3166 codes other than CN, mainland China", code)
		site(path+".Home", m.Home)
		site(path+".Failover", m.Failover)
		p.Check(m.Failover == "" || m.Home != "" && m.Home != m.Failover, "%s.Failover: found %q; allowed: a site other than the home", path, m.Failover)
		host(path+".Origin", m.Origin)
		p.Check(m.HomePercent >= 0 && m.HomePercent <= 100, "%s.HomePercent: found %d; allowed: 0 to 100", path, m.HomePercent)
	}
	host("China", args.China)
	return p.Err("Routes", name)
}
