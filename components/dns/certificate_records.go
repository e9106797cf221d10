package dns

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// CertificateRecordsArgs are the arguments of NewCertificateRecords.
type CertificateRecordsArgs struct {
	// ZoneID is the ID of the Route 53 zone in which the records are created.
	ZoneID pulumi.StringInput
	// Records are the values of the CNAME records by name, without final periods. All names
	// must be within the zone.
	Records map[string]string
}

// CertificateRecords are the DNS records that prove to certificate authorities who controls
// the zone's names.
type CertificateRecords struct {
	pulumi.ResourceState
}

// proofTTL is how long resolvers cache a record, in seconds.
const proofTTL = 300

// underscored matches a DNS name whose labels may begin with an underscore.
var underscored = regexp.MustCompile(`^(_?[a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`)

// NewCertificateRecords creates the records of all certificates of all sites. Certificate
// authorities ask for them again at each renewal.
func NewCertificateRecords(ctx *pulumi.Context, name string, args *CertificateRecordsArgs, opts ...pulumi.ResourceOption) (*CertificateRecords, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	r := &CertificateRecords{}
	if err := ctx.RegisterComponentResource("multisite:index:CertificateRecords", name, r, opts...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, r)
	for _, host := range ordered.Keys(args.Records) {
		if _, err := route53.NewRecord(ctx, p.Child(host), &route53.RecordArgs{
			ZoneId:  args.ZoneID,
			Name:    pulumi.String(host),
			Type:    pulumi.String("CNAME"),
			Records: pulumi.ToStringArray([]string{args.Records[host]}),
			Ttl:     pulumi.Int(proofTTL),
		}, pulumi.Parent(r)); err != nil {
			return nil, err
		}
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{})
}

func (args CertificateRecordsArgs) validate(name string) error {
	var p provision.Problems
	p.Check(args.ZoneID != nil, "ZoneID: found none; allowed: the ID of a Route 53 zone")
	for _, host := range ordered.Keys(args.Records) {
		p.Check(underscored.MatchString(host), "Records: found %q; allowed: DNS names such as _1a2b.www.example.com", host)
		p.Check(underscored.MatchString(args.Records[host]), "Records[%s]: found %q; allowed: a DNS name such as _1a2b.acm-validations.aws", host, args.Records[host])
	}
	return p.Err("CertificateRecords", name)
}
