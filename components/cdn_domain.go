package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// SiteNameCertificate returns the name of the certificate of SiteName, which is also its tag
// Name.
func SiteNameCertificate(cdn string) string { return cdn + "-own" }

// alias returns the name that viewers use instead of CloudFront's, and the ARN of its issued
// certificate. The name is empty if there is none, or if its certificate is not issued. alias
// also requests the certificate of SiteName.
func (e edge) alias(a CdnArgs, c *Cdn) (string, pulumi.StringInput, error) {
	switch {
	case a.Domain != nil:
		certificate, err := e.certificate(a.Domain)
		if err != nil {
			return "", nil, err
		}
		return a.Domain.Name, certificate.CertificateArn, nil
	case a.SiteName != "":
		var err error
		c.Certificate, err = NewCertificate(e.Ctx, SiteNameCertificate(e.Name), &CertificateArgs{
			Names: []string{a.SiteName}, AlarmTopicARN: a.AlarmTopicARN,
		}, e.options(provision.Replaceable)...)
		if err != nil || !a.SiteNameIssued {
			return "", nil, err
		}
		return a.SiteName, c.Certificate.ARN, nil
	}
	return "", nil, nil
}

// certificate requests a certificate, creates the DNS record that proves control of the
// domain, and waits until AWS has issued the certificate.
func (e edge) certificate(domain *Domain) (*acm.CertificateValidation, error) {
	certificate, err := acm.NewCertificate(e.Ctx, e.Name, &acm.CertificateArgs{
		DomainName:       pulumi.String(domain.Name),
		ValidationMethod: pulumi.String("DNS"),
		Tags:             provision.NameTag(e.Name),
	}, e.options(provision.Replaceable)...)
	if err != nil {
		return nil, err
	}
	proof := certificate.DomainValidationOptions.Index(pulumi.Int(0))
	record, err := route53.NewRecord(e.Ctx, e.Child("certificate"), &route53.RecordArgs{
		ZoneId:  pulumi.String(domain.HostedZoneID),
		Name:    proof.ResourceRecordName().Elem(),
		Type:    proof.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{proof.ResourceRecordValue().Elem()},
		Ttl:     pulumi.Int(300), // seconds
	}, e.options(provision.Replaceable)...)
	if err != nil {
		return nil, err
	}
	return acm.NewCertificateValidation(e.Ctx, e.Name, &acm.CertificateValidationArgs{
		CertificateArn:        certificate.Arn,
		ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, e.options(provision.Replaceable)...)
}

// records creates the records that point the domain to the distribution, for IPv4 and
// IPv6.
func (e edge) records(domain *Domain, distribution *cloudfront.Distribution) error {
	for _, kind := range []string{"A", "AAAA"} {
		if _, err := route53.NewRecord(e.Ctx, e.Child(strings.ToLower(kind)), &route53.RecordArgs{
			ZoneId: pulumi.String(domain.HostedZoneID),
			Name:   pulumi.String(domain.Name),
			Type:   pulumi.String(kind),
			Aliases: route53.RecordAliasArray{route53.RecordAliasArgs{
				Name: distribution.DomainName, ZoneId: distribution.HostedZoneId, EvaluateTargetHealth: pulumi.Bool(false),
			}},
		}, e.options(provision.Replaceable)...); err != nil {
			return err
		}
	}
	return nil
}
