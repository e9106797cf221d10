package components

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// KeyArgs describe a Key.
type KeyArgs struct {
	// Description says what the key encrypts.
	Description string
	// AccountID is the 12-digit AWS account whose IAM policies govern the key's use.
	AccountID string
	// CloudFront lets the account's distributions read what the key encrypts. Use
	// such a key for public content alone.
	CloudFront bool
	// AllowDeletion lifts the protection against deletion.
	AllowDeletion bool
}

// Key is a customer-managed KMS key, rotated every year.
type Key struct {
	pulumi.ResourceState

	// ARN is the key's ARN.
	ARN pulumi.StringOutput
}

var accountID = regexp.MustCompile(`^\d{12}$`)

// NewKey creates a KMS key and the alias alias/NAME. A deleted key can be had
// back for 30 days.
func NewKey(ctx *pulumi.Context, name string, args *KeyArgs, opts ...pulumi.ResourceOption) (*Key, error) {
	var p problems
	p.check(args.Description != "", "Description: found none, allowed is any text")
	p.check(accountID.MatchString(args.AccountID), "AccountID: found %q, allowed are 12 digits", args.AccountID)
	if err := p.err("Key", name); err != nil {
		return nil, err
	}
	k := &Key{}
	if err := ctx.RegisterComponentResource("multisite:index:Key", name, k, protected(opts, args.AllowDeletion)...); err != nil {
		return nil, err
	}
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:          pulumi.String(args.Description),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(30),
		Policy:               keyPolicy(args),
		Tags:                 nameTag(name),
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

// keyPolicy leaves the key's use to the account's IAM policies. Services act
// with their caller's rights, except for CloudFront, which has none.
func keyPolicy(args *KeyArgs) pulumi.StringOutput {
	statements := []pulumi.Map{{
		"Sid":       pulumi.String("Account"),
		"Effect":    pulumi.String("Allow"),
		"Principal": pulumi.Map{"AWS": pulumi.String("arn:aws:iam::" + args.AccountID + ":root")},
		"Action":    pulumi.String("kms:*"),
		"Resource":  pulumi.String("*"),
	}}
	if args.CloudFront {
		statements = append(statements, pulumi.Map{
			"Sid":       pulumi.String("CloudFront"),
			"Effect":    pulumi.String("Allow"),
			"Principal": service("cloudfront.amazonaws.com"),
			"Action":    pulumi.String("kms:Decrypt"),
			"Resource":  pulumi.String("*"),
			// A pattern: a distribution comes after the bucket that this key encrypts.
			"Condition": condition("ArnLike", "aws:SourceArn",
				pulumi.String("arn:aws:cloudfront::"+args.AccountID+":distribution/*")),
		})
	}
	return policyDocument(statements...)
}
