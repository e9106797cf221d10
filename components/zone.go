package components

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ZoneArgs describe a Zone.
type ZoneArgs struct {
	// DomainName is the zone's, such as example.com.
	DomainName string
	// AccountID is the 12-digit AWS account whose IAM policies govern the signing key.
	AccountID string
	// AlarmTopicARN is the SNS topic, in us-east-1, that alarms tell.
	AlarmTopicARN pulumi.StringInput
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// Zone is a public hosted zone whose answers are signed (DNSSEC).
type Zone struct {
	pulumi.ResourceState

	// ID is the zone's.
	ID pulumi.IDOutput
	// NameServers are those that the parent zone delegates to.
	NameServers pulumi.StringArrayOutput
	// DSRecord is what the parent zone publishes. Until it does, nobody checks the signatures.
	DSRecord pulumi.StringOutput
}

// NewZone creates a public hosted zone in us-east-1, where Route 53 has its signing
// keys and its metrics, and signs it. The parent zone's DS record has to be gone for
// two days before the zone is deleted, or its names stop resolving.
func NewZone(ctx *pulumi.Context, name string, args *ZoneArgs, opts ...pulumi.ResourceOption) (*Zone, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	z := &Zone{}
	if err := ctx.RegisterComponentResource("multisite:index:Zone", name, z, protected(opts, args.AllowDeletion)...); err != nil {
		return nil, err
	}
	p := provisioner{ctx, name, z}
	zone, err := route53.NewZone(ctx, name, &route53.ZoneArgs{
		Name: pulumi.String(args.DomainName), Comment: pulumi.String(""), Tags: nameTag(name),
	}, pulumi.Parent(z))
	if err != nil {
		return nil, err
	}
	key, err := p.signingKey(args.AccountID, zone)
	if err != nil {
		return nil, err
	}
	signing, err := route53.NewHostedZoneDnsSec(ctx, name, &route53.HostedZoneDnsSecArgs{
		HostedZoneId: zone.ZoneId,
	}, pulumi.Parent(z), pulumi.DependsOn([]pulumi.Resource{key}))
	if err != nil {
		return nil, err
	}
	for suffix, a := range map[string]alarm{
		"signing":     {description: "Answers of the zone are not signed", metric: "DNSSECInternalFailure"},
		"signing-key": {description: "The zone's signing key is of no use, or going to be", metric: "DNSSECKeySigningKeysNeedingAction"},
	} {
		a.suffix, a.namespace, a.statistic, a.minutes, a.topic = suffix, "AWS/Route53", "Maximum", 15, args.AlarmTopicARN
		a.dimensions = pulumi.StringMap{"HostedZoneId": zone.ZoneId}
		if err := p.alarm(a, pulumi.DependsOn([]pulumi.Resource{signing})); err != nil {
			return nil, err
		}
	}
	z.ID, z.NameServers, z.DSRecord = zone.ID(), zone.NameServers, key.DsRecord
	return z, ctx.RegisterResourceOutputs(z, pulumi.Map{"id": z.ID, "nameServers": z.NameServers, "dsRecord": z.DSRecord})
}

// signingKey creates the key that signs the zone's own keys, of the one kind that
// Route 53 takes.
func (p provisioner) signingKey(account string, zone *route53.Zone) (*route53.KeySigningKey, error) {
	const dnssec = "dnssec-route53.amazonaws.com"
	own := condition("StringEquals", "aws:SourceAccount", pulumi.String(account))
	own["ArnEquals"] = pulumi.Map{"aws:SourceArn": zone.Arn}
	key, err := kms.NewKey(p.ctx, p.child("signing"), &kms.KeyArgs{
		Description:           pulumi.String("Signs the key that signs " + p.name),
		CustomerMasterKeySpec: pulumi.String("ECC_NIST_P256"),
		KeyUsage:              pulumi.String("SIGN_VERIFY"),
		DeletionWindowInDays:  pulumi.Int(30),
		Policy: policyDocument(
			accountPrincipal(account),
			grant("DNSSEC", dnssec, []string{"kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"}, pulumi.String("*"), own),
			grant("DNSSECGrants", dnssec, []string{"kms:CreateGrant"}, pulumi.String("*"), condition("Bool", "kms:GrantIsForAWSResource", pulumi.String("true"))),
		),
		Tags: nameTag(p.child("signing")),
	}, pulumi.Parent(p.parent))
	if err != nil {
		return nil, err
	}
	return route53.NewKeySigningKey(p.ctx, p.name, &route53.KeySigningKeyArgs{
		HostedZoneId:            zone.ZoneId,
		KeyManagementServiceArn: key.Arn,
		Name:                    pulumi.String("multisite"),
	}, pulumi.Parent(p.parent))
}

func (args ZoneArgs) validate(name string) error {
	var p problems
	p.check(Hostname.MatchString(args.DomainName), "DomainName: found %q, allowed is a DNS name such as example.com", args.DomainName)
	p.check(accountID.MatchString(args.AccountID), "AccountID: found %q, allowed are 12 digits", args.AccountID)
	p.check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none, allowed is the ARN of an SNS topic in us-east-1")
	return p.err("Zone", name)
}
