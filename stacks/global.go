package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/dns"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/irreversible"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register/latency"
	"example.com/multisite/register/residency"
)

// runGlobal routes the users of all markets to the sites that are up.
func runGlobal(ctx *pulumi.Context, raw map[string]string, rules *residency.Rules) error {
	global, err := siteconfig.LoadGlobal(raw, rules.Register)
	if err != nil {
		return err
	}
	sites, err := siteconfig.LoadAll(ctx.RootDirectory(), rules)
	if err != nil {
		return err
	}
	state, err := irreversible.ReadState(ctx)
	if err != nil {
		return err
	}
	s, err := newStack(ctx, global.Stack, rules, state)
	if err != nil {
		return err
	}
	changes := irreversible.CheckGlobal(global, state)
	if err := changes.Report(ctx); err != nil {
		return err
	}
	distances, err := latency.Default(rules.Register)
	if err != nil {
		return err
	}
	routing := &siteconfig.Routing{Rules: rules, Distances: distances, Sites: sites, Homes: siteconfig.Homes(sites), Origins: global.Origins}
	return errors.Join(provisionGlobal(s, global, routing), s.guard.Close(), changes.Err())
}

// provisionGlobal creates the zone, the records and health checks of all sites, and the records of
// all services.
func provisionGlobal(s *stack, global *siteconfig.Global, routing *siteconfig.Routing) error {
	stack := global.Stack
	provider, err := s.newProvider(stack.Name, stack.Region)
	if err != nil {
		return err
	}
	in := pulumi.Provider(provider)
	account, err := s.accountID(in)
	if err != nil {
		return err
	}
	if routing.Status, err = s.readStatuses(in); err != nil {
		return err
	}
	var problems []error
	for _, site := range ordered.Keys(routing.Sites) {
		problems = append(problems, routing.Sites[site].CheckStatus(routing.Status[site]))
	}
	routes, err := global.Routes(routing)
	if err := errors.Join(append(problems, err)...); err != nil {
		return err
	}
	// SetAccount comes after readStatuses, which declares providers for other accounts: from
	// here on the guardrails refuse other accounts.
	s.guard.SetAccount(account)
	key, err := components.NewKey(s.ctx, stack.Name+"-alarms", &components.KeyArgs{
		Description: "Alarms of " + stack.Name, AccountID: account, Service: components.Alarms, Region: stack.Region,
		AllowDeletion: !stack.DeletionProtection,
	}, in)
	if err != nil {
		return err
	}
	alarms, err := components.NewAlarmTopic(s.ctx, stack.Name+"-alarms", &components.AlarmTopicArgs{
		AccountID: account, KeyARN: key.ARN, Emails: stack.AlarmEmails,
	}, in)
	if err != nil {
		return err
	}
	zone, err := dns.NewZone(s.ctx, siteconfig.ZoneName, &dns.ZoneArgs{
		DomainName: global.Domain, AccountID: account, AlarmTopicARN: alarms.ARN, SigningKeys: global.SigningKeys, AllowDeletion: !stack.DeletionProtection,
	}, in)
	if err != nil {
		return err
	}
	for _, name := range ordered.Keys(routes) {
		s.guard.Declare(guardrails.Input{Type: awstypes.Record, Path: "records[]"}, routes[name].Unserved(), routes[name].China)
	}
	e := &endpoints{stack: s, global: global, zone: zone, alarms: alarms, in: in, services: map[string]map[string]dns.SiteEndpoint{}, content: map[string]dns.SiteEndpoint{}}
	for _, site := range ordered.Keys(routing.Sites) {
		if err := e.provision(routing.Sites[site], routing.Status[site]); err != nil {
			return err
		}
	}
	if err := e.certificateRecords(routing); err != nil {
		return err
	}
	for _, name := range ordered.Keys(routes) {
		args := *routes[name].RoutesArgs
		args.ZoneID, args.After = zone.ID, e.records
		if args.Sites = e.services[routes[name].Service]; routes[name].Public {
			args.Sites = e.content
		}
		if _, err := dns.NewRoutes(s.ctx, stack.Name+"-"+name, &args, in); err != nil {
			return fmt.Errorf("%s: %w", args.Hostname, err)
		}
		s.ctx.Export(name+".hostname", pulumi.String(args.Hostname))
	}
	s.ctx.Export("nameServers", zone.NameServers)
	s.ctx.Export("dsRecord", zone.DSRecord)
	return nil
}
