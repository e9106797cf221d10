package stacks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// statusPath is where sites say, to the global stack, where and what they serve. A
// StackReference cannot: each stack's state is in a place of its own.
const statusPath = "/multisite/sites/"

// publishStatus writes a site into the directory, after all that it speaks of, and exports the
// phases that it has from there.
func publishStatus(ctx *pulumi.Context, site *siteconfig.Site, host pulumi.StringInput, serving pulumi.BoolInput, after []pulumi.Resource, in pulumi.ResourceOption) error {
	parameter, err := components.NewParameter(ctx, site.Name+"-directory", &components.ParameterArgs{
		Path:        statusPath + site.Name,
		Description: "Where and what " + site.Name + " serves, for the stack " + register.GlobalStack,
		Value:       pulumi.JSONMarshal(pulumi.Map{"host": host, "serving": serving, "moves": pulumi.Any(site.StatusMoves())}),
		After:       after,
	}, in)
	if err != nil {
		return err
	}
	return outputs{ctx}.phases(site, parameter.Value)
}

// readStatuses returns what all sites say.
func readStatuses(ctx *pulumi.Context, opts ...pulumi.InvokeOption) (map[string]siteconfig.Status, error) {
	args := &ssm.GetParametersByPathArgs{Path: strings.TrimSuffix(statusPath, "/")}
	var found ssm.GetParametersByPathResult
	// The provider takes every value for a secret; these are none.
	if _, err := ctx.InvokePackageRaw("aws:ssm/getParametersByPath:getParametersByPath", args, &found, "", opts...); err != nil {
		return nil, err
	}
	sites := map[string]siteconfig.Status{}
	for i, name := range found.Names {
		var status siteconfig.Status
		if err := json.Unmarshal([]byte(found.Values[i]), &status); err != nil {
			return nil, fmt.Errorf("the parameter %s in %s: %w", name, siteconfig.EdgeRegion, err)
		}
		sites[strings.TrimPrefix(name, statusPath)] = status
	}
	return sites, nil
}

// statusRole may read a site's status, and nothing else, from the global stack's account.
// state/setup makes it.
const statusRole = "arn:aws:iam::%s:role/multisite-status-%s"

// readElsewhere reads the status of each site whose account is another than the global
// stack's, where both are known.
func readElsewhere(ctx *pulumi.Context, stack *siteconfig.Site, reg *register.Register, status map[string]siteconfig.Status) error {
	for _, site := range ordered.Keys(reg.Sites) {
		account := reg.Sites[site].Account
		if account == "" || reg.Global.Account == "" || account == reg.Global.Account {
			continue
		}
		args := providerArgs(ctx, stack, siteconfig.EdgeRegion, account)
		args.AssumeRole = aws.ProviderAssumeRoleArgs{RoleArn: pulumi.Sprintf(statusRole, account, site)}
		provider, err := aws.NewProvider(ctx, stack.Name+"-"+site, args)
		if err != nil {
			return err
		}
		delete(status, site) // which it may have had in this account before
		var found ssm.LookupParameterResult
		_, err = ctx.InvokePackageRaw("aws:ssm/getParameter:getParameter", &ssm.LookupParameterArgs{Name: statusPath + site}, &found, "", pulumi.Provider(provider))
		if err != nil && strings.Contains(err.Error(), "couldn't find resource") {
			continue // the site is not up
		}
		if err != nil {
			return fmt.Errorf("the status of %s, by the role "+statusRole+": %w", site, account, site, err)
		}
		var entry siteconfig.Status
		if err := json.Unmarshal([]byte(found.InsecureValue), &entry); err != nil {
			return fmt.Errorf("the parameter %s in %s of %s: %w", statusPath+site, siteconfig.EdgeRegion, account, err)
		}
		status[site] = entry
	}
	return nil
}
