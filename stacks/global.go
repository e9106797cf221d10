package stacks

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/guardrails"
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
	had, err := irreversible.ReadState(ctx)
	if err != nil {
		return err
	}
	watch, err := guard(ctx, global.Stack, rules, had.Outputs)
	if err != nil {
		return err
	}
	irreversible := irreversible.CheckGlobal(global, had)
	if err := irreversible.Report(ctx); err != nil {
		return err
	}
	distances, err := latency.Default(rules.Register)
	if err != nil {
		return err
	}
	routing := &siteconfig.Routing{Rules: rules, Distances: distances, Sites: sites, Homes: siteconfig.Homes(sites), Origins: global.Origins}
	return errors.Join(provisionGlobal(ctx, global, routing, watch), watch.Close(), irreversible.Err())
}

func provisionGlobal(ctx *pulumi.Context, g *siteconfig.Global, routing *siteconfig.Routing, guard *guardrails.Guard) error {
	stack := g.Stack
	reg := routing.Rules.Register
	provider, err := newProvider(ctx, stack, stack.Name, stack.Region, reg)
	if err != nil {
		return err
	}
	in := pulumi.Provider(provider)
	account, err := callerIdentity(ctx, reg, in)
	if err != nil {
		return err
	}
	if routing.Status, err = readStatuses(ctx, in); err != nil {
		return err
	}
	if err := readElsewhere(ctx, stack, reg, routing.Status); err != nil {
		return err
	}
	routes, err := g.Routes(routing)
	if err != nil {
		return err
	}
	guard.SetAccount(account.AccountId)
	key, err := components.NewKey(ctx, stack.Name+"-alarms", &components.KeyArgs{
		Description: "Alarms of " + stack.Name, AccountID: account.AccountId, Service: components.Alarms, Region: stack.Region,
		AllowDeletion: !stack.DeletionProtection,
	}, in)
	if err != nil {
		return err
	}
	alarms, err := components.NewAlarmTopic(ctx, stack.Name+"-alarms", &components.AlarmTopicArgs{
		AccountID: account.AccountId, KeyARN: key.ARN, Emails: stack.AlarmEmails,
	}, in)
	if err != nil {
		return err
	}
	zone, err := components.NewZone(ctx, siteconfig.ZoneName, &components.ZoneArgs{
		DomainName: g.Domain, AccountID: account.AccountId, AlarmTopicARN: alarms.ARN, SigningKeys: g.SigningKeys, AllowDeletion: !stack.DeletionProtection,
	}, in)
	if err != nil {
		return err
	}
	endpoints := map[string]components.SiteEndpoint{}
	for _, site := range ordered.Keys(routing.Sites) {
		if !routing.Status[site].Serving {
			if err := ctx.Log.Info(site+" does not serve: nobody is routed there", nil); err != nil {
				return err
			}
			continue
		}
		host := routing.Status[site].Host
		check, err := components.NewHealthCheck(ctx, stack.Name+"-"+site, &components.HealthCheckArgs{
			Host: host, Path: g.HealthCheckPath, AlarmTopicARN: alarms.ARN,
		}, in)
		if err != nil {
			return err
		}
		endpoints[site] = components.SiteEndpoint{Host: host, HealthCheckID: check.ID}
	}
	for _, name := range ordered.Keys(routes) {
		args := *routes[name]
		args.ZoneID, args.Sites = zone.ID, endpoints
		if _, err := components.NewRoutes(ctx, stack.Name+"-"+name, &args, in); err != nil {
			return fmt.Errorf("%s: %w", args.Hostname, err)
		}
		ctx.Export(name+".hostname", pulumi.String(args.Hostname))
	}
	ctx.Export("nameServers", zone.NameServers)
	ctx.Export("dsRecord", zone.DSRecord)
	return nil
}
