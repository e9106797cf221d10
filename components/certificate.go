package components

import (
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// CertificateArgs are the arguments of NewCertificate.
type CertificateArgs struct {
	// Names are the DNS names of the certificate, such as www.example.com: 1 to 10. The first
	// has at most 64 characters.
	Names []string
	// AlarmTopicARN is the SNS topic that receives the alarms. It must be in the region of
	// the certificate.
	AlarmTopicARN pulumi.StringInput
}

// Certificate is a public certificate of AWS Certificate Manager (ACM). ACM issues it, and
// renews it, while the DNS records in Records exist.
type Certificate struct {
	pulumi.ResourceState

	// ARN is the ARN of the certificate, which ACM may not have issued yet.
	ARN pulumi.StringOutput
	// Records are the values of the CNAME records that prove control of Names, by the name
	// of the record. The record of a DNS name is the same in all regions of an account.
	Records pulumi.StringMapOutput
}

const (
	// maxCertificateNames is the default quota of ACM
	// (https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html).
	maxCertificateNames = 10
	// maxFirstName is the maximum length of a certificate's first name
	// (https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html).
	maxFirstName = 64
)

// NewCertificate requests a certificate. It does not wait until ACM issues the certificate.
func NewCertificate(ctx *pulumi.Context, name string, args *CertificateArgs, opts ...pulumi.ResourceOption) (*Certificate, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	c := &Certificate{}
	if err := ctx.RegisterComponentResource("multisite:index:Certificate", name, c, opts...); err != nil {
		return nil, err
	}
	request := &acm.CertificateArgs{
		DomainName:       pulumi.String(args.Names[0]),
		ValidationMethod: pulumi.String("DNS"),
		Tags:             provision.NameTag(name),
	}
	if others := args.Names[1:]; len(others) > 0 {
		// ACM and the provider add DomainName to the alternative names, so that it need not
		// be listed
		// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/acm/certificate.go).
		request.SubjectAlternativeNames = pulumi.ToStringArray(others)
	}
	certificate, err := acm.NewCertificate(ctx, name, request, pulumi.Parent(c), provision.Replaceable)
	if err != nil {
		return nil, err
	}
	if err := newProvisioner(ctx, name, c).NewAlarm(provision.AlarmArgs{
		// ACM renews a certificate that is valid for 198 days 45 days before it expires,
		// and one that is valid for 395 days 60 days before
		// (https://aws.amazon.com/about-aws/whats-new/2026/02/aws-certificate-manager-updates-default/),
		// so at 30 days renewal has failed for two weeks or more. ACM publishes the metric
		// twice a day, and not at all before the certificate is issued and after it has
		// expired: without data, the alarm keeps its state
		// (https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html).
		Suffix: "expiry", Description: "The certificate of " + args.Names[0] + " expires in less than 30 days: ACM has not renewed it",
		Namespace: "AWS/CertificateManager", Metric: "DaysToExpiry", Statistic: "Minimum", Comparison: "LessThanThreshold",
		Threshold: 30, Minutes: 24 * 60, Periods: 1, Silence: "ignore",
		Dimensions: pulumi.StringMap{"CertificateArn": certificate.Arn}, Topic: args.AlarmTopicARN,
	}); err != nil {
		return nil, err
	}
	c.ARN, c.Records = certificate.Arn, records(certificate)
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arn": c.ARN, "records": c.Records})
}

// records returns the values of a certificate's CNAME records by their names.
func records(certificate *acm.Certificate) pulumi.StringMapOutput {
	return certificate.DomainValidationOptions.ApplyT(func(options []acm.CertificateDomainValidationOption) map[string]string {
		records := map[string]string{}
		for _, o := range options {
			if o.ResourceRecordName != nil && o.ResourceRecordValue != nil {
				records[*o.ResourceRecordName] = *o.ResourceRecordValue
			}
		}
		return records
	}).(pulumi.StringMapOutput)
}

func (args CertificateArgs) validate(name string) error {
	var p provision.Problems
	p.Check(len(args.Names) > 0 && len(args.Names) <= maxCertificateNames, "Names: found %d names; allowed: 1 to %d", len(args.Names), maxCertificateNames)
	p.Check(!slices.ContainsFunc(args.Names, func(name string) bool { return !Hostname.MatchString(name) }), "Names: found %q; allowed: DNS names such as www.example.com", args.Names)
	p.Check(len(args.Names) == 0 || len(args.Names[0]) <= maxFirstName, "Names: found %q first; allowed: at most %d characters in the first name", args.Names, maxFirstName)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic")
	return p.Err("Certificate", name)
}
