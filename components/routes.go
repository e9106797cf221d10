package components

import (
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RoutesArgs describe Routes.
type RoutesArgs struct {
	// ZoneID is the Route 53 zone that the records go into.
	ZoneID pulumi.StringInput
	// Hostname is the name whose users are routed, within the zone.
	Hostname string
	// Sites are those that users are routed to, by name.
	Sites map[string]SiteEndpoint
	// Markets are the routes of countries, by ISO 3166 code.
	Markets map[string]MarketRoute
	// China is the host name outside of all sites that users in mainland China get. They
	// never get to a site; without it, they get no answer.
	China string
	// Elsewhere is the site for users of all other countries.
	Elsewhere string
}

// SiteEndpoint is what users are routed to.
type SiteEndpoint struct {
	// Host is the site's own name, such as that of its CDN.
	Host string
	// HealthCheckID is the Route 53 health check of the host.
	HealthCheckID pulumi.StringInput
}

// MarketRoute is where the users of one country get to. Without a home or an origin
// they get no answer, rather than the one for elsewhere.
type MarketRoute struct {
	// Home is a site.
	Home string
	// Failover is the site while the home is unhealthy.
	Failover string
	// Origin is the host name that users came from, and get what the home does not.
	Origin string
	// HomePercent is the share of the requests that the home gets: 0 to 100. It is of
	// no account without an origin.
	HomePercent int
}

// Routes are the DNS records that lead the users of one name to sites.
type Routes struct {
	pulumi.ResourceState
}

// recordTTL is how long resolvers keep an answer, in seconds, and so the time that a
// change of route takes beside the one that the health check needs.
const recordTTL = 60

// NewRoutes creates the records of one name: by country, then by share where a country
// is moving, then by health. All are CNAME records.
func NewRoutes(ctx *pulumi.Context, name string, args *RoutesArgs, opts ...pulumi.ResourceOption) (*Routes, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	r := &Routes{}
	if err := ctx.RegisterComponentResource("multisite:index:Routes", name, r, opts...); err != nil {
		return nil, err
	}
	p := routes{provisioner{ctx, name, r}, args, map[string]*route53.Record{}}
	for _, code := range slices.Sorted(maps.Keys(args.Markets)) {
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
	elsewhere := p.unserved()
	if args.Elsewhere != "" {
		var err error
		if elsewhere, err = p.site(args.Elsewhere, ""); err != nil {
			return nil, err
		}
	}
	if err := p.country("*", elsewhere); err != nil {
		return nil, err
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

// routes creates the records of one name.
type routes struct {
	provisioner
	args  *RoutesArgs
	sites map[string]*route53.Record // by name
}

// route is where a record leads: to another record, or to a host elsewhere.
type route struct {
	record *route53.Record
	host   string
}

// unserved is a name that is never given an address: users who get it get nowhere.
func (p routes) unserved() route { return route{host: "unserved." + p.args.Hostname} }

// country routes the users of a country, or * for all that are not named.
func (p routes) country(code string, to route) error {
	suffix := strings.ToLower(code)
	if code == "*" {
		suffix = "elsewhere"
	}
	_, err := p.record("from-"+suffix, p.args.Hostname, to, route53.RecordArgs{
		SetIdentifier: pulumi.String(suffix),
		GeolocationRoutingPolicies: route53.RecordGeolocationRoutingPolicyArray{
			route53.RecordGeolocationRoutingPolicyArgs{Country: pulumi.String(code)},
		},
	})
	return err
}

// market shares the requests of a market between its home and the origin.
func (p routes) market(code string, m MarketRoute) (route, error) {
	code = strings.ToLower(code)
	home := p.unserved()
	if m.Home != "" {
		var err error
		if home, err = p.site(m.Home, m.Failover); err != nil {
			return route{}, err
		}
	}
	percent := m.HomePercent
	if m.Origin == "" {
		percent = 100
	}
	var shared route
	for _, share := range []struct {
		to      string
		percent int
		route   route
	}{{"home", percent, home}, {"origin", 100 - percent, route{host: m.Origin}}} {
		if share.percent == 0 && (share.to == "home" || m.Origin == "") {
			continue
		}
		record, err := p.record(code+"-"+share.to, code+".market."+p.args.Hostname, share.route, route53.RecordArgs{
			SetIdentifier:           pulumi.String(share.to),
			WeightedRoutingPolicies: route53.RecordWeightedRoutingPolicyArray{route53.RecordWeightedRoutingPolicyArgs{Weight: pulumi.Int(share.percent)}},
		})
		if err != nil {
			return route{}, err
		}
		shared.record = record
	}
	return shared, nil
}

// site leads to a site, and to another one while that is unhealthy. Markets share
// these records.
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

// record creates a record under a routing policy.
func (p routes) record(suffix, host string, to route, policy route53.RecordArgs) (*route53.Record, error) {
	policy.ZoneId, policy.Name, policy.Type = p.args.ZoneID, pulumi.String(host), pulumi.String("CNAME")
	if to.record == nil {
		policy.Records, policy.Ttl = pulumi.StringArray{pulumi.String(to.host)}, pulumi.Int(recordTTL)
	} else {
		policy.Aliases = route53.RecordAliasArray{route53.RecordAliasArgs{
			// A share stays what it is, whatever is unhealthy.
			Name: to.record.Fqdn, ZoneId: p.args.ZoneID, EvaluateTargetHealth: pulumi.Bool(false),
		}}
	}
	return route53.NewRecord(p.ctx, p.child(suffix), &policy, pulumi.Parent(p.parent))
}

func (args RoutesArgs) validate(name string) error {
	var p problems
	known := slices.Sorted(maps.Keys(args.Sites))
	site := func(argument, site string) {
		p.check(site == "" || slices.Contains(known, site), "%s: found %q, allowed are %q", argument, site, known)
	}
	host := func(argument, host string) {
		p.check(host == "" || Hostname.MatchString(host), "%s: found %q, allowed is a DNS name such as www.example.com", argument, host)
	}
	p.check(args.ZoneID != nil, "ZoneID: found none, allowed is the ID of a Route 53 zone")
	p.check(Hostname.MatchString(args.Hostname), "Hostname: found %q, allowed is a DNS name such as www.example.com", args.Hostname)
	for _, name := range known {
		endpoint := args.Sites[name]
		p.check(Hostname.MatchString(endpoint.Host), "Sites[%s].Host: found %q, allowed is a DNS name such as www.example.com", name, endpoint.Host)
		p.check(endpoint.HealthCheckID != nil, "Sites[%s].HealthCheckID: found none, allowed is the ID of a health check", name)
	}
	for _, code := range slices.Sorted(maps.Keys(args.Markets)) {
		m, path := args.Markets[code], "Markets["+code+"]"
		p.check(Country.MatchString(code) && code != "CN", "Markets: found %q, allowed are ISO 3166 codes other than that of mainland China", code)
		site(path+".Home", m.Home)
		site(path+".Failover", m.Failover)
		p.check(m.Failover == "" || m.Home != "" && m.Home != m.Failover, "%s.Failover: found %q, allowed is a site other than the home", path, m.Failover)
		host(path+".Origin", m.Origin)
		p.check(m.HomePercent >= 0 && m.HomePercent <= 100, "%s.HomePercent: found %d, allowed are 0 to 100", path, m.HomePercent)
	}
	host("China", args.China)
	site("Elsewhere", args.Elsewhere)
	return p.err("Routes", name)
}
