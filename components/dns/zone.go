// Package dns holds the component resources of the stack global, which route users to sites:
// the zone, the health checks and the records.
package dns

import (
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/internal/provision"
	"example.com/multisite/internal/ordered"
)

// ZoneArgs are the arguments of NewZone.
type ZoneArgs struct {
	// DomainName is the domain name of the zone, such as example.com.
	DomainName string
	// AccountID is the 12-digit AWS account whose IAM policies govern the signing key.
	AccountID string
	// AlarmTopicARN is the SNS topic that receives the alarms. It must be in us-east-1.
	AlarmTopicARN pulumi.StringInput
	// SigningKeys are the zone's key-signing keys by name: one key, or two keys while one
	// replaces the other. The default is one key, named multisite.
	SigningKeys map[string]SigningKey
	// AllowDeletion turns off Pulumi's protection against deletion.
	AllowDeletion bool
}

// SigningKey is a key-signing key (KSK) of a Zone.
type SigningKey struct {
	// AllowDeletion turns off Pulumi's protection of the key, and of its KMS key, against
	// deletion.
	AllowDeletion bool
}

// DefaultSigningKey is the name of a zone's first key-signing key.
const DefaultSigningKey = "multisite"

// MaxSigningKeys is the largest number of key-signing keys that Route 53 supports in a
// zone (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html).
const MaxSigningKeys = 2

// SigningKeyName matches the name of a key-signing key: 3 to 128 letters, digits and
// underscores.
var SigningKeyName = regexp.MustCompile(`^[A-Za-z0-9_]{3,128}$`)

// Zone is a public hosted zone that is signed with DNSSEC.
type Zone struct {
	pulumi.ResourceState

	// ID is the ID of the zone.
	ID pulumi.IDOutput
	// NameServers are the name servers to which the parent zone must delegate.
	NameServers pulumi.StringArrayOutput
	// DSRecord is the DS record that the parent zone must publish, one line for each
	// signing key. Until the parent zone publishes it, resolvers do not check the
	// signatures.
	DSRecord pulumi.StringOutput
}

// NewZone creates a public hosted zone in us-east-1, where Route 53 keeps its signing
// keys and its metrics, and signs the zone. The DS record must be removed from the parent
// zone two days before the zone is deleted, or the zone's names stop resolving.
func NewZone(ctx *pulumi.Context, name string, args *ZoneArgs, opts ...pulumi.ResourceOption) (*Zone, error) {
	a := args.withDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	z := &Zone{}
	if err := ctx.RegisterComponentResource("multisite:index:Zone", name, z, provision.Protected(opts, a.AllowDeletion)...); err != nil {
		return nil, err
	}
	p := newProvisioner(ctx, name, z)
	zone, err := route53.NewZone(ctx, name, &route53.ZoneArgs{
		Name: pulumi.String(a.DomainName), Comment: pulumi.String(""), Tags: provision.NameTag(name),
	}, pulumi.Parent(z))
	if err != nil {
		return nil, err
	}
	var keys []pulumi.Resource
	var records pulumi.StringArray
	for _, keyName := range ordered.Keys(a.SigningKeys) {
		key, err := p.signingKey(a, keyName, zone)
		if err != nil {
			return nil, err
		}
		keys, records = append(keys, key), append(records, key.DsRecord)
	}
	signing, err := route53.NewHostedZoneDnsSec(ctx, name, &route53.HostedZoneDnsSecArgs{
		HostedZoneId: zone.ZoneId,
	}, pulumi.Parent(z), pulumi.DependsOn(keys))
	if err != nil {
		return nil, err
	}
	for suffix, al := range map[string]provision.AlarmArgs{
		"signing":     {Description: "Answers of the zone are not signed", Metric: "DNSSECInternalFailure"},
		"signing-key": {Description: "The zone's signing key is of no use, or going to be", Metric: "DNSSECKeySigningKeysNeedingAction"},
	} {
		al.Suffix, al.Namespace, al.Statistic, al.Topic = suffix, "AWS/Route53", "Maximum", a.AlarmTopicARN
		al.Minutes, al.Periods = dnssecMinutes, 1
		al.Dimensions = pulumi.StringMap{"HostedZoneId": zone.ZoneId}
		if err := p.NewAlarm(al, pulumi.DependsOn([]pulumi.Resource{signing})); err != nil {
			return nil, err
		}
	}
	z.ID, z.NameServers = zone.ID(), zone.NameServers
	z.DSRecord = records.ToStringArrayOutput().ApplyT(func(lines []string) string { return strings.Join(lines, "\n") }).(pulumi.StringOutput)
	return z, ctx.RegisterResourceOutputs(z, pulumi.Map{"id": z.ID, "nameServers": z.NameServers, "dsRecord": z.DSRecord})
}

// dnssecMinutes is the time between two values of the DNSSEC metrics of Route 53, in
// minutes
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-hosted-zones-with-cloudwatch.html).
const dnssecMinutes = 4 * 60

// signingKey creates a key-signing key, which signs the zone's keys, and its KMS key, of
// the only type that Route 53 accepts. A new name creates a new key in addition to the
// old key, which is how keys are replaced: in Route 53, a name is unique, and a signed
// zone always has a key
// (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-ksk.html).
func (p provisioner) signingKey(a ZoneArgs, keyName string, zone *route53.Zone) (*route53.KeySigningKey, error) {
	account := a.AccountID
	name, keyResource := signingKeyNames(p.Name, keyName)
	options := []pulumi.ResourceOption{pulumi.Parent(p.Parent)}
	if a.SigningKeys[keyName].AllowDeletion {
		options = append(options, pulumi.Protect(false))
	}
	const dnssec = "dnssec-route53.amazonaws.com"
	own := provision.Condition("StringEquals", "aws:SourceAccount", pulumi.String(account))
	own["ArnEquals"] = pulumi.Map{"aws:SourceArn": zone.Arn}
	key, err := kms.NewKey(p.Ctx, keyResource, &kms.KeyArgs{
		Description:           pulumi.String("Signs the key that signs " + p.Name),
		CustomerMasterKeySpec: pulumi.String("ECC_NIST_P256"),
		KeyUsage:              pulumi.String("SIGN_VERIFY"),
		DeletionWindowInDays:  pulumi.Int(30),
		Policy: provision.PolicyDocument(
			components.AccountPrincipal(account),
			provision.Grant("DNSSEC", dnssec, []string{"kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"}, pulumi.String("*"), own),
			provision.Grant("DNSSECGrants", dnssec, []string{"kms:CreateGrant"}, pulumi.String("*"), provision.Condition("Bool", "kms:GrantIsForAWSResource", pulumi.String("true"))),
		),
		Tags: provision.NameTag(keyResource),
	}, options...)
	if err != nil {
		return nil, err
	}
	return route53.NewKeySigningKey(p.Ctx, name, &route53.KeySigningKeyArgs{
		HostedZoneId:            zone.ZoneId,
		KeyManagementServiceArn: key.Arn,
		Name:                    pulumi.String(keyName),
	}, options...)
}

// signingKeyNames returns the resource names of a key-signing key and of the KMS key that
// it uses.
func signingKeyNames(zone, key string) (signing, kms string) {
	if key == DefaultSigningKey {
		return zone, zone + "-signing"
	}
	return zone + "-" + key, zone + "-signing-" + key
}

// SigningKeyResources returns the resources of a zone's key-signing key, each as TYPE
// NAME.
func SigningKeyResources(zone, key string) []string {
	signing, kms := signingKeyNames(zone, key)
	return []string{"aws:route53:KeySigningKey " + signing, "aws:kms:Key " + kms}
}

func (args ZoneArgs) withDefaults() ZoneArgs {
	if len(args.SigningKeys) == 0 {
		args.SigningKeys = map[string]SigningKey{DefaultSigningKey: {}}
	}
	return args
}

func (args ZoneArgs) validate(name string) error {
	var p provision.Problems
	p.Check(components.Hostname.MatchString(args.DomainName), "DomainName: found %q; allowed: a DNS name such as example.com", args.DomainName)
	p.Check(components.AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(args.AlarmTopicARN != nil, "AlarmTopicARN: found none; allowed: the ARN of an SNS topic in us-east-1")
	p.Check(len(args.SigningKeys) <= MaxSigningKeys, "SigningKeys: found %d; allowed: 1 to %d", len(args.SigningKeys), MaxSigningKeys)
	for _, key := range ordered.Keys(args.SigningKeys) {
		p.Check(SigningKeyName.MatchString(key), "SigningKeys: found %q; allowed: 3 to 128 letters, digits and underscores", key)
	}
	return p.Err("Zone", name)
}
