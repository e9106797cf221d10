package stacks

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// accountNumber is the form of an AWS account's ID.
var accountNumber = regexp.MustCompile(`^\d{12}$`)

// checkAccount demands an account's ID, or none.
func checkAccount(path, account string, p *Problems) {
	if account != "" && !accountNumber.MatchString(account) {
		p.add(path+".account", account, `the 12 digits of an AWS account, such as "123456789012"`)
	}
}

// AccountOf returns the ID of the AWS account that the register has for a stack, or "".
func (r *Register) AccountOf(stack string) string {
	if stack == GlobalStack {
		return r.Global.Account
	}
	return r.Sites[stack].Account
}

// accountKey is where the register has a stack's account.
func accountKey(stack string) string {
	if stack == GlobalStack {
		return "global.account"
	}
	return "sites." + stack + ".account"
}

// warnOfAccount reports, in previews, a stack that no account is named for.
func warnOfAccount(ctx *pulumi.Context, register *Register) error {
	if register.AccountOf(ctx.Stack()) != "" || !ctx.DryRun() {
		return nil
	}
	return ctx.Log.Warn(fmt.Sprintf("%s: %s: found nothing, so that credentials of any account are accepted; state/setup %s prints the line to add",
		registerPath, accountKey(ctx.Stack()), ctx.Stack()), nil)
}

// notAllowed is the error of a provider whose credentials are of another account than
// those it is bound to (hashicorp/aws-sdk-go-base, VerifyAccountIDAllowed).
var notAllowed = regexp.MustCompile(`AWS account ID not allowed: (\d{12})`)

// callerIdentity returns whose the credentials are. It is the first call that the program
// makes: a provider that is bound to an account begins with the same one, and refuses
// everything that follows where the credentials are of another.
func callerIdentity(ctx *pulumi.Context, register *Register, in pulumi.InvokeOption) (*aws.GetCallerIdentityResult, error) {
	identity, err := aws.GetCallerIdentity(ctx, nil, in)
	if err == nil {
		return identity, nil
	}
	if found := notAllowed.FindStringSubmatch(err.Error()); found != nil {
		p := &Problems{File: registerPath}
		p.add(accountKey(ctx.Stack()), "credentials of "+found[1], register.AccountOf(ctx.Stack()))
		return nil, p.Err()
	}
	return nil, err
}

// statusRole may read a site's status, and nothing else, from the global stack's account.
// state/setup makes it.
const statusRole = "arn:aws:iam::%s:role/multisite-status-%s"

// readElsewhere reads the status of each site whose account is another than the global
// stack's, where both are known.
func readElsewhere(ctx *pulumi.Context, stack *Site, register *Register, status map[string]SiteStatus) error {
	for _, site := range names(register.Sites) {
		account := register.Sites[site].Account
		if account == "" || register.Global.Account == "" || account == register.Global.Account {
			continue
		}
		args := providerArgs(ctx, stack, edgeRegion, account)
		args.AssumeRole = aws.ProviderAssumeRoleArgs{RoleArn: pulumi.Sprintf(statusRole, account, site)}
		provider, err := aws.NewProvider(ctx, stack.Name+"-"+site, args)
		if err != nil {
			return err
		}
		delete(status, site) // which it may have had in this account before
		var found ssm.LookupParameterResult
		_, err = ctx.InvokePackageRaw("aws:ssm/getParameter:getParameter", &ssm.LookupParameterArgs{Name: directory + site}, &found, "", pulumi.Provider(provider))
		if err != nil && strings.Contains(err.Error(), "couldn't find resource") {
			continue // the site is not up
		}
		if err != nil {
			return fmt.Errorf("the status of %s, by the role "+statusRole+": %w", site, account, site, err)
		}
		var entry SiteStatus
		if err := json.Unmarshal([]byte(found.InsecureValue), &entry); err != nil {
			return fmt.Errorf("the parameter %s in %s of %s: %w", directory+site, edgeRegion, account, err)
		}
		status[site] = entry
	}
	return nil
}
