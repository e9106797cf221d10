package stacks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// publishStatus publishes the site's status once the resources in after exist, and exports
// the phases of the status. status has the fields of siteconfig.Status but for the moves.
func (s *stack) publishStatus(status pulumi.Map, after []pulumi.Resource, in pulumi.ResourceOption) error {
	status["moves"] = pulumi.Any(s.site.StatusMoves())
	parameter, err := components.NewParameter(s.ctx, s.site.Name+"-directory", &components.ParameterArgs{
		Path:        awstypes.StatusPath + s.site.Name,
		Description: "Where and what " + s.site.Name + " serves, for the stack " + register.GlobalStack,
		Value:       pulumi.JSONMarshal(status),
		After:       after,
	}, in)
	if err != nil {
		return err
	}
	return s.exportPhases(parameter.Value)
}

// readStatuses returns the status of each site that is up, by name. A StackReference cannot read
// it, because each stack's state is in a separate backend.
func (s *stack) readStatuses(in pulumi.InvokeOption) (map[string]siteconfig.Status, error) {
	args := &ssm.GetParametersByPathArgs{Path: strings.TrimSuffix(awstypes.StatusPath, "/")}
	var found ssm.GetParametersByPathResult
	// The SDK's own function makes all values secret; a status is not secret.
	if _, err := s.ctx.InvokePackageRaw("aws:ssm/getParametersByPath:getParametersByPath", args, &found, "", in); err != nil {
		return nil, err
	}
	statuses := map[string]siteconfig.Status{}
	for i, name := range found.Names {
		var status siteconfig.Status
		if err := json.Unmarshal([]byte(found.Values[i]), &status); err != nil {
			return nil, fmt.Errorf("the parameter %s in %s: %w", name, awstypes.EdgeRegion, err)
		}
		statuses[strings.TrimPrefix(name, awstypes.StatusPath)] = status
	}
	return statuses, s.readOtherAccounts(statuses)
}

// statusRole is the role that reads a site's status, and nothing else, from the account of
// the stack global. state/setup creates it.
const statusRole = "arn:aws:iam::%s:role/multisite-status-%s"

// readOtherAccounts adds the statuses of sites in another account than the stack global's.
// Sites without an account in the register are in the same one.
func (s *stack) readOtherAccounts(statuses map[string]siteconfig.Status) error {
	for _, site := range ordered.Keys(s.register.Sites) {
		account, own := s.register.Sites[site].Account, s.register.Global.Account
		if account == "" || own == "" || account == own {
			continue
		}
		delete(statuses, site) // a status from before the site moved to another account
		status, err := s.readStatus(site, account)
		if err != nil {
			return err
		}
		if status != nil {
			statuses[site] = *status
		}
	}
	return nil
}

// readStatus reads a site's status from an account. It returns nil if the site is not up.
func (s *stack) readStatus(site, account string) (*siteconfig.Status, error) {
	args := s.providerArgs(awstypes.EdgeRegion, account)
	args.AssumeRole = aws.ProviderAssumeRoleArgs{RoleArn: pulumi.Sprintf(statusRole, account, site)}
	provider, err := aws.NewProvider(s.ctx, s.site.Name+"-"+site, args)
	if err != nil {
		return nil, err
	}
	var found ssm.LookupParameterResult
	_, err = s.ctx.InvokePackageRaw("aws:ssm/getParameter:getParameter", &ssm.LookupParameterArgs{Name: awstypes.StatusPath + site}, &found, "", pulumi.Provider(provider))
	if err != nil && strings.Contains(err.Error(), "couldn't find resource") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the status of %s, by the role "+statusRole+": %w", site, account, site, err)
	}
	status := &siteconfig.Status{}
	if err := json.Unmarshal([]byte(found.InsecureValue), status); err != nil {
		return nil, fmt.Errorf("the parameter %s in %s of %s: %w", awstypes.StatusPath+site, awstypes.EdgeRegion, account, err)
	}
	return status, nil
}
