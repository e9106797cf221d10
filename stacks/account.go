package stacks

import (
	"fmt"
	"regexp"

	"example.com/multisite/internal/config"
	"example.com/multisite/register"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// warnOfAccount reports, in previews, a stack that no account is named for.
func warnOfAccount(ctx *pulumi.Context, reg *register.Register) error {
	if reg.AccountOf(ctx.Stack()) != "" || !ctx.DryRun() {
		return nil
	}
	return ctx.Log.Warn(fmt.Sprintf("%s: %s: found nothing, so that credentials of any account are accepted; state/setup %s prints the line to add",
		register.Path, register.AccountKey(ctx.Stack()), ctx.Stack()), nil)
}

// notAllowed is the error of a provider whose credentials are of another account than
// those it is bound to (hashicorp/aws-sdk-go-base, VerifyAccountIDAllowed).
var notAllowed = regexp.MustCompile(`AWS account ID not allowed: (\d{12})`)

// callerIdentity returns whose the credentials are. It is the first call that the program
// makes: a provider that is bound to an account begins with the same one, and refuses
// everything that follows where the credentials are of another.
func callerIdentity(ctx *pulumi.Context, reg *register.Register, in pulumi.InvokeOption) (*aws.GetCallerIdentityResult, error) {
	identity, err := aws.GetCallerIdentity(ctx, nil, in)
	if err == nil {
		return identity, nil
	}
	if found := notAllowed.FindStringSubmatch(err.Error()); found != nil {
		p := &config.Problems{File: register.Path}
		p.Add(register.AccountKey(ctx.Stack()), "credentials of "+found[1], reg.AccountOf(ctx.Stack()))
		return nil, p.Err()
	}
	return nil, err
}
