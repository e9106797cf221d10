package components

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudfront"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

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
