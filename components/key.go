// Package components holds the component resources that sites consist of. A component
// takes typed arguments, and a provider in its options. It reads no configuration, no
// environment and no live cloud, and creates no provider.
package components

import (
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/internal/provision"
)

// KeyService is a service that uses a key without the rights of a caller.
type KeyService string

const (
	// CloudFront decrypts the data that the key encrypts, for any distribution of the
	// account. Use such a key only for public content.
	CloudFront KeyService = "cloudfront"
	// CloudWatchLogs encrypts the account's log groups in the key's region.
	CloudWatchLogs KeyService = "logs"
	// Alarms lets CloudWatch, RDS and EventBridge publish to the account's encrypted
	// topics.
	Alarms KeyService = "alarms"
)

// KeyServices lists the accepted values, in addition to the empty value.
var KeyServices = []KeyService{CloudFront, CloudWatchLogs, Alarms}

// KeyArgs are the arguments of NewKey.
type KeyArgs struct {
	// Description is the description of the key, which names the data that the key
	// encrypts.
	Description string
	// AccountID is the 12-digit AWS account whose IAM policies govern the key's use.
	AccountID string
	// Service is an AWS service that may use the key on its own behalf. If it is empty,
	// no service may.
	Service KeyService
	// Region is the AWS region, such as us-west-2. Required if Service is logs.
	Region string
	// AllowDeletion turns off Pulumi's protection against deletion.
	AllowDeletion bool
}

// Key is a customer-managed KMS key, rotated every year.
type Key struct {
	pulumi.ResourceState

	// ARN is the key's ARN.
	ARN pulumi.StringOutput
}

// AccountID matches the number of an AWS account.
var AccountID = regexp.MustCompile(`^\d{12}$`)

// NewKey creates a KMS key, which KMS rotates every year, and the alias alias/NAME.
// Deletion can be cancelled for 30 days.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	if err := args.validate(name); err != nil {
		return nil, err
	}
	k := &Key{}
	if err := ctx.RegisterComponentResource("multisite:index:Key", name, k, provision.Protected(opts, args.AllowDeletion)...); err != nil {
		return nil, err
	}
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:          pulumi.String(args.Description),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(30),
		Policy:               keyPolicy(args),
		Tags:                 provision.NameTag(name),
	}, pulumi.Parent(k))
	if err != nil {
		return nil, err
	}
	if _, err := kms.NewAlias(ctx, name, &kms.AliasArgs{
		Name:        pulumi.String("alias/" + name),
		TargetKeyId: key.KeyId,
	}, pulumi.Parent(k)); err != nil {
		return nil, err
	}
	k.ARN = key.Arn
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"arn": k.ARN})
}

func (args KeyArgs) validate(name string) error {
	var p provision.Problems
	p.Check(args.Description != "", "Description: found none; allowed: any text")
	p.Check(AccountID.MatchString(args.AccountID), "AccountID: found %q; allowed: 12 digits", args.AccountID)
	p.Check(args.Service == "" || slices.Contains(KeyServices, args.Service), "Service: found %q; allowed: none or one of %q", args.Service, KeyServices)
	p.Check(args.Service != CloudWatchLogs || args.Region != "", "Region: found none; allowed: an AWS region such as us-west-2")
	return p.Err("Key", name)
}

// keyPolicy returns a policy that leaves the use of the key to the account's IAM
// policies. Most services act with the rights of their caller. A service that does not
// has its own statement, limited to the account if AWS documents a condition for that.
func keyPolicy(args *KeyArgs) pulumi.StringOutput {
	statements := []pulumi.Map{AccountPrincipal(args.AccountID)}
	everything := pulumi.String("*")
	switch args.Service {
	case CloudWatchLogs:
		statements = append(statements, provision.Grant("CloudWatchLogs", "logs."+args.Region+".amazonaws.com",
			[]string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"}, everything,
			provision.Condition("ArnLike", "kms:EncryptionContext:aws:logs:arn", pulumi.String("arn:aws:logs:"+args.Region+":"+args.AccountID+":log-group:*"))))
	case Alarms:
		for _, sender := range alarmSenders {
			statements = append(statements, provision.Grant(sender.name, sender.service, []string{"kms:Decrypt", "kms:GenerateDataKey*"}, everything,
				sender.condition(args.AccountID)))
		}
	case CloudFront:
		// The ARN is a pattern, because a distribution is created after the bucket that
		// this key encrypts.
		statements = append(statements, provision.Grant("CloudFront", "cloudfront.amazonaws.com", []string{"kms:Decrypt"}, everything,
			provision.Condition("ArnLike", "aws:SourceArn", pulumi.String("arn:aws:cloudfront::"+args.AccountID+":distribution/*"))))
	}
	return provision.PolicyDocument(statements...)
}

// AccountPrincipal returns the statement that leaves a key's use to the account's IAM
// policies.
func AccountPrincipal(account string) pulumi.Map {
	return pulumi.Map{
		"Sid":       pulumi.String("Account"),
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.String("arn:aws:iam::" + account + ":root")},
		"Action":    pulumi.String("kms:*"),
		"Resource":  pulumi.String("*"),
	}
}
