package components

import (
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// EntryArgs are the arguments of NewEntry.
type EntryArgs struct {
	// VpcID is the ID of the VPC.
	VpcID pulumi.StringInput
	// SubnetIDs are the IDs of public subnets of the VPC in at least two zones.
	SubnetIDs pulumi.StringArrayInput
	// SecurityGroupID is the security group of the load balancer. It must admit TCP ports 80
	// and 443.
	SecurityGroupID pulumi.StringInput
	// IPFamily controls which IP addresses the load balancer has.
	IPFamily IPFamily
	// LogBucket is the name of the bucket that receives the logs of all requests. AWS WAF
	// requires a name that begins with aws-waf-logs-.
	LogBucket pulumi.StringInput
	// AlarmTopicARN is the SNS topic that receives the alarms.
	AlarmTopicARN pulumi.StringInput
	// RateLimit is the number of requests that one client may send in five minutes, 10 to
	// 2000000000. A client is an IP address together with a TLS fingerprint.
	RateLimit int
	// RateLimitAction controls what happens to requests above RateLimit.
	RateLimitAction RateLimitAction
	// ManagedRulesAction controls what happens to requests that match AWS's managed rules.
	// These rules block uploads, for one: bodies of more than 8 KB.
	ManagedRulesAction RateLimitAction
	// HealthPath is the path that Route 53's health checks request, such as /health, at most
	// 50 characters. AWS's managed rules do not apply to these requests.
	HealthPath string
	// Services are the services behind the load balancer, by name, at most 100.
	Services map[string]EntryService
	// Claims are the claims of a recovery site; nil for other sites.
	Claims *EntryClaims
	// Standby leaves out the alarm on the load balancer's own errors: without workloads, it
	// answers each health check with status 503.
	Standby bool
	// AllowDeletion turns off the protection against deletion, Pulumi's and AWS's.
	AllowDeletion bool
}

// EntryService is a service behind an Entry.
type EntryService struct {
	// Hostnames are the DNS names of the service, 1 to 5. Its certificate has them. The first
	// has at most 64 characters.
	Hostnames []string
	// Issued reports whether ACM has issued the service's certificate. Until then the entry
	// does not answer the service's names over HTTPS.
	Issued bool
	// Port is the TCP port of the targets. A change of Port or Protocol replaces the target
	// group, so that workloads must register again.
	Port int
	// Protocol is the protocol between the load balancer and the targets.
	Protocol TargetProtocol
	// LivePath is the path of the targets' health check, at most 50 characters. It must report
	// only whether the process answers: if it fails, orchestrators restart the target.
	LivePath string
}

// TargetProtocol is the protocol between a load balancer and its targets.
type TargetProtocol string

const (
	// TargetHTTPS encrypts requests to targets. The load balancer accepts any certificate.
	TargetHTTPS TargetProtocol = "https"
	// TargetHTTP does not encrypt requests within the network.
	TargetHTTP TargetProtocol = "http"
)

// Defaults of an EntryService.
const (
	DefaultTargetPort = 8443
	DefaultLivePath   = "/live"
)

// TargetProtocols lists the accepted values.
var TargetProtocols = []TargetProtocol{TargetHTTPS, TargetHTTP}

const (
	// maxEntryServices is the quota of target groups per load balancer, which AWS does not
	// raise. More than 25 services need a higher quota of certificates per load balancer,
	// which AWS raises on request
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html).
	maxEntryServices = 100
	// maxRuleHostnames is the quota of values in the conditions of a rule, which AWS does not
	// raise, and maxRuleHostname the maximum length of a host name in a condition
	// (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RuleCondition.html).
	maxRuleHostnames = 5
	maxRuleHostname  = 128
	// maxEntryNames is the length of the entry's and a service's name together that leaves
	// room for the names of alarms: NAME-SERVICE-unhealthy and eight random characters are at
	// most 63, the provider's limit.
	maxEntryNames = 63 - 8 - len("--unhealthy")
	// maxRequestPath is the maximum length of a string for which a rule of AWS WAF searches
	// (https://www.pulumi.com/registry/packages/aws/api-docs/wafv2/webacl/).
	maxRequestPath = 50
)

var (
	// RequestPath matches the paths of health checks.
	RequestPath = regexp.MustCompile(`^/[\w./-]{0,49}$`)

	entryName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
)

// Entry is the load balancer of a site, which answers the names of all its services over
// HTTPS.
type Entry struct {
	pulumi.ResourceState

	// Host is the DNS name of the load balancer, and ZoneID the Route 53 zone of that name.
	Host, ZoneID pulumi.StringOutput
	// TargetGroupARNs are the target groups with which workloads register, by service.
	TargetGroupARNs map[string]pulumi.StringOutput
	// Certificates are the certificates of the services, and of the claims as ClaimsName.
	Certificates map[string]*Certificate
	// Listening lists what the entry must have before users are routed to a service, by
	// service. Services without an issued certificate have no entry in the map.
	Listening map[string]pulumi.Resource
	// ClaimsListening is what the entry must have before it answers requests for claims; nil
	// until the certificate of the claims is issued.
	ClaimsListening pulumi.Resource
	// Claims are the resources after which a site is claimed, by the claimed site.
	Claims map[string]pulumi.Resource
}

// NewEntry creates an Application Load Balancer with a firewall, and for each service a
// certificate and a target group. It answers the names of the services whose certificates
// are issued over HTTPS, and redirects HTTP to HTTPS. Names of no service get HTTP status
// 404.
func NewEntry(ctx *pulumi.Context, name string, args *EntryArgs, opts ...pulumi.ResourceOption) (*Entry, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	e := &Entry{TargetGroupARNs: map[string]pulumi.StringOutput{}, Certificates: map[string]*Certificate{}, Listening: map[string]pulumi.Resource{}, Claims: map[string]pulumi.Resource{}}
	if err := ctx.RegisterComponentResource("multisite:index:Entry", name, e, provision.Protected(opts, a.AllowDeletion)...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, e)
	balancer, err := p.loadBalancer(a)
	if err != nil {
		return nil, err
	}
	guarded, err := p.guard(a, balancer)
	if err != nil {
		return nil, err
	}
	if err := p.redirect(balancer); err != nil {
		return nil, err
	}
	if a.Claims != nil {
		if e.Certificates[ClaimsName], err = NewCertificate(ctx, p.Child(ClaimsName), &CertificateArgs{
			Names: []string{a.Claims.Hostname}, AlarmTopicARN: a.AlarmTopicARN,
		}, pulumi.Parent(e), provision.Replaceable); err != nil {
			return nil, err
		}
	}
	groups := map[string]*lb.TargetGroup{}
	for _, service := range ordered.Keys(a.Services) {
		if e.Certificates[service], err = NewCertificate(ctx, p.Child(service), &CertificateArgs{
			Names: a.Services[service].Hostnames, AlarmTopicARN: a.AlarmTopicARN,
		}, pulumi.Parent(e), provision.Replaceable); err != nil {
			return nil, err
		}
		if groups[service], err = p.targetGroup(a, service); err != nil {
			return nil, err
		}
		e.TargetGroupARNs[service] = groups[service].Arn
	}
	if err := p.listen(a, e, balancer, groups, guarded); err != nil {
		return nil, err
	}
	e.Host, e.ZoneID = balancer.DnsName, balancer.ZoneId
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{"host": e.Host, "zoneId": e.ZoneID})
}

func (args EntryArgs) withDefaults() EntryArgs {
	if args.IPFamily == "" {
		args.IPFamily = IPv4
	}
	if args.RateLimit == 0 {
		args.RateLimit = defaultRateLimit
	}
	if args.RateLimitAction == "" {
		args.RateLimitAction = CountRequests
	}
	if args.ManagedRulesAction == "" {
		args.ManagedRulesAction = CountRequests
	}
	services := map[string]EntryService{}
	for name, service := range args.Services {
		services[name] = service.withDefaults()
	}
	args.Services = services
	return args
}

func (s EntryService) withDefaults() EntryService {
	if s.Port == 0 {
		s.Port = DefaultTargetPort
	}
	if s.Protocol == "" {
		s.Protocol = TargetHTTPS
	}
	if s.LivePath == "" {
		s.LivePath = DefaultLivePath
	}
	return s
}

func (args EntryArgs) validate(name string) error {
	var p provision.Problems
	p.Check(entryName.MatchString(name) && !strings.HasPrefix(name, "internal-"), "name: found %q; allowed: lower-case letters, digits and hyphens, not beginning with internal-", name)
	p.Check(args.VpcID != nil, "VpcID: found none; allowed: the ID of a VPC")
	p.Check(args.SubnetIDs != nil, "SubnetIDs: found none; allowed: the IDs of public subnets in at least two zones")
	p.Check(args.SecurityGroupID != nil, "SecurityGroupID: found none; allowed: the ID of a security group")
	p.Check(slices.Contains(IPFamilies, args.IPFamily), "IPFamily: found %q; allowed: one of %q", args.IPFamily, IPFamilies)
	p.Check(args.LogBucket != nil, "LogBucket: found none; allowed: the name of a bucket")
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	p.Check(args.RateLimit >= MinRateLimit && args.RateLimit <= MaxRateLimit, "RateLimit: found %d; allowed: %d to %d", args.RateLimit, MinRateLimit, MaxRateLimit)
	p.Check(slices.Contains(RateLimitActions, args.RateLimitAction), "RateLimitAction: found %q; allowed: one of %q", args.RateLimitAction, RateLimitActions)
	p.Check(slices.Contains(RateLimitActions, args.ManagedRulesAction), "ManagedRulesAction: found %q; allowed: one of %q", args.ManagedRulesAction, RateLimitActions)
	p.Check(RequestPath.MatchString(args.HealthPath), "HealthPath: found %q; allowed: a path such as /health, at most %d characters", args.HealthPath, maxRequestPath)
	p.Check(len(args.Services) <= maxEntryServices, "Services: found %d services; allowed: at most %d", len(args.Services), maxEntryServices)
	serviceOf := map[string]string{}
	for _, service := range ordered.Keys(args.Services) {
		p.Check(entryName.MatchString(service), "Services: found %q; allowed: lower-case letters, digits and hyphens", service)
		p.Check(len(name)+len(service) <= maxEntryNames, "Services: found %q; allowed: at most %d characters together with the entry's name", service, maxEntryNames)
		args.Services[service].validate(&p, "Services["+service+"].")
		for _, host := range args.Services[service].Hostnames {
			other, taken := serviceOf[host]
			p.Check(!taken, "Services[%s].Hostnames: found %s, as in Services[%s]; allowed: each name once", service, host, other)
			serviceOf[host] = service
		}
	}
	if args.Claims != nil {
		args.Claims.validate(&p, args.Services)
	}
	return p.Err("Entry", name)
}

func (s EntryService) validate(p *provision.Problems, key string) {
	p.Check(len(s.Hostnames) > 0 && len(s.Hostnames) <= maxRuleHostnames, "%sHostnames: found %d names; allowed: 1 to %d", key, len(s.Hostnames), maxRuleHostnames)
	for i, host := range s.Hostnames {
		limit := maxRuleHostname
		if i == 0 {
			limit = maxFirstName
		}
		p.Check(Hostname.MatchString(host) && len(host) <= limit, "%sHostnames: found %q; allowed: a DNS name such as www.example.com, at most %d characters", key, host, limit)
	}
	p.Check(s.Port >= 1 && s.Port <= 65535, "%sPort: found %d; allowed: 1 to 65535", key, s.Port)
	p.Check(slices.Contains(TargetProtocols, s.Protocol), "%sProtocol: found %q; allowed: one of %q", key, s.Protocol, TargetProtocols)
	p.Check(RequestPath.MatchString(s.LivePath), "%sLivePath: found %q; allowed: a path such as /live, at most %d characters", key, s.LivePath, maxRequestPath)
}
