package stacks

import (
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/internal/config"
	"example.com/multisite/register"
)

// warnOfMissingAccount warns, in previews, if the register has no account for the stack.
func warnOfMissingAccount(ctx *pulumi.Context, reg *register.Register) error {
	if reg.AccountOf(ctx.Stack()) != "" || !ctx.DryRun() {
		return nil
	}
	return ctx.Log.Warn(fmt.Sprintf("%s: %s: found nothing, so that credentials of any account are accepted; state/setup %s prints the line to add",
		register.Path, register.AccountKey(ctx.Stack()), ctx.Stack()), nil)
}

// notAllowed matches the error of a provider whose credentials are of an account that
// AllowedAccountIds lacks (hashicorp/aws-sdk-go-base, VerifyAccountIDAllowed).
var notAllowed = regexp.MustCompile(`AWS account ID not allowed: (\d{12})`)

// accountID returns the account of the credentials. It is the program's first call to AWS. If
// the credentials belong to another account than the register's, the provider refuses this call,
// and the program makes no other.
func (s *stack) accountID(in pulumi.InvokeOption) (string, error) {
	identity, err := aws.GetCallerIdentity(s.ctx, nil, in)
	if err == nil {
		return identity.AccountId, nil
	}
	if found := notAllowed.FindStringSubmatch(err.Error()); found != nil {
		p := &config.Problems{File: register.Path}
		p.Add(register.AccountKey(s.ctx.Stack()), "credentials of "+found[1], s.register.AccountOf(s.ctx.Stack()))
		return "", p.Err()
	}
	return "", err
}
