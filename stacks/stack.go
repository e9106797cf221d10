package stacks

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/irreversible"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// stack is a stack that is being provisioned.
type stack struct {
	ctx      *pulumi.Context
	site     *siteconfig.Site // for the stack global, the part that it shares with sites
	register *register.Register
	guard    *guardrails.Guard
	before   irreversible.State // the stack's state before this preview or update
	pending  []string           // the DNS names whose certificates ACM has not issued yet
}

// newStack returns a stack whose resources the guardrails check from now on. before is
// the stack's state.
func newStack(ctx *pulumi.Context, site *siteconfig.Site, rules *residency.Rules, before irreversible.State) (*stack, error) {
	s := &stack{ctx: ctx, site: site, register: rules.Register, before: before}
	places := map[string]string{}
	for name, entry := range rules.Register.Sites {
		if entry.Region != "" { // local sites have none
			places[entry.Region] = name
		}
	}
	hosting := site.Residency()
	if len(hosting.Services) == 0 {
		hosting = rules.Everything()
	}
	var err error
	s.guard, err = guardrails.Watch(ctx, guardrails.Site{
		Name: site.Name, Region: site.Region, EdgeRegion: awstypes.EdgeRegion, Places: places,
		Tags:     s.tags(),
		Refuse:   func(resource, from, to string) string { return rules.Refuse(hosting, resource, from, to) },
		Declared: s.declared(), Public: hosting.Public,
		Deletable: site.Deletable(),
		Origin:    site.OriginAccess(),
		Copies:    site.Copies(),
		RefuseCopy: func(resource, market, from, to string) string {
			return rules.RefuseCopy(hosting, resource, market, from, to)
		},
		Egress:   site.Egress(),
		Last:     before.Outputs,
		Existing: before.URNs,
		Exceptions: slices.DeleteFunc(slices.Clone(site.Exceptions), func(e siteconfig.Exception) bool {
			return e.Rule == siteconfig.LossRule || e.Rule == phases.PhaseRule
		}),
		Today: time.Now(),
	})
	return s, err
}

// declared returns the names outside of the stack that the configuration, the register and the
// program give to inputs of its resources: the names of the site, the stack's account,
// its status parameter and, for the stack global, the roles by which it reads the statuses of sites
// in other accounts.
func (s *stack) declared() map[guardrails.Input][]string {
	names := s.site.Declared()
	accounts, roles := guardrails.Input{Type: awstypes.AWSProvider, Path: "allowedAccountIds[]"}, guardrails.Input{Type: awstypes.AWSProvider, Path: "assumeRole.roleArn"}
	parameters := []string{awstypes.StatusPath + s.site.Name}
	for service := range s.site.Services {
		parameters = append(parameters, awstypes.ServicePath+s.site.Name+"/"+service)
	}
	names[guardrails.Input{Type: awstypes.Parameter, Path: "name"}] = parameters
	if own := s.register.AccountOf(s.site.Name); own != "" {
		names[accounts] = append(names[accounts], own)
	}
	for _, site := range ordered.Keys(s.register.Sites) {
		if account := s.register.Sites[site].Account; account != "" && s.site.Name == register.GlobalStack {
			names[accounts] = append(names[accounts], account)
			names[roles] = append(names[roles], fmt.Sprintf(statusRole, account, site))
		}
	}
	return names
}

// tags returns the tags of every AWS resource: the configuration's and the program's own.
func (s *stack) tags() map[string]string {
	tags := maps.Clone(s.site.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags["Project"], tags["Site"], tags["ManagedBy"] = s.ctx.Project(), s.site.Name, "pulumi"
	return tags
}

// newProvider creates the AWS provider of a region. It accepts credentials only of the
// account that the register has for the stack, if any.
func (s *stack) newProvider(name, region string) (*aws.Provider, error) {
	return aws.NewProvider(s.ctx, name, s.providerArgs(region, s.register.AccountOf(s.site.Name)))
}

// providerArgs returns the arguments of an AWS provider for a region and an account; an
// empty account means any.
func (s *stack) providerArgs(region, account string) *aws.ProviderArgs {
	args := &aws.ProviderArgs{
		Region:      pulumi.String(region),
		DefaultTags: aws.ProviderDefaultTagsArgs{Tags: pulumi.ToStringMap(s.tags())},
	}
	if account != "" {
		args.AllowedAccountIds = pulumi.ToStringArray([]string{account})
	}
	return args
}
