package stacks

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"multisite/components"
	"multisite/guardrails"
)

// runGlobal routes the users of all markets to the sites that are up.
func runGlobal(ctx *pulumi.Context, config map[string]string, placement *Placement) error {
	global, err := LoadGlobal(config, placement.Register)
	if err != nil {
		return err
	}
	sites, err := LoadSites(ctx.RootDirectory(), placement)
	if err != nil {
		return err
	}
	had, err := readState(ctx)
	if err != nil {
		return err
	}
	watch, err := guard(ctx, global.Stack, placement, had.outputs)
	if err != nil {
		return err
	}
	irreversible := checkGlobal(global, had)
	if err := irreversible.report(ctx); err != nil {
		return err
	}
	latency, err := DefaultLatency(placement.Register)
	if err != nil {
		return err
	}
	routing := &Routing{Placement: placement, Latency: latency, Sites: sites, Homes: Homes(sites), Origins: global.Origins}
	return errors.Join(provisionGlobal(ctx, global, routing, watch), watch.Close(), irreversible.err())
}

// routes are those of every name, without what only the cloud knows.
func (g *Global) routes(routing *Routing) (map[string]*components.RoutesArgs, error) {
	routes := map[string]*components.RoutesArgs{}
	var problems []error
	for _, service := range names(routing.Homes) {
		elsewhere := g.Elsewhere[service]
		if elsewhere != "" && (routing.Sites[elsewhere] == nil || !slices.Contains(names(routing.Sites[elsewhere].Services), service)) {
			p := &Problems{File: GlobalFile}
			p.add(namespace+"elsewhere."+service, elsewhere, "a site that hosts the service")
			problems = append(problems, p.Err())
		}
		if !routing.Status[elsewhere].Serving {
			elsewhere = ""
		}
		for _, public := range []bool{false, true} {
			name, hostname := service, service+"."+g.Domain
			if public {
				name, hostname = service+"-static", "static."+hostname
			}
			if public && !routing.Placement.HasPublic(service) {
				continue
			}
			args := &components.RoutesArgs{
				Hostname: hostname, China: g.Origins[service], Elsewhere: elsewhere, Markets: map[string]components.MarketRoute{},
			}
			for _, market := range names(routing.Homes[service]) {
				m, err := routing.Route(service, market, public)
				if !public { // which has the same problems
					problems = append(problems, err)
				}
				args.Markets[market] = m
			}
			routes[name] = args
		}
	}
	return routes, errors.Join(problems...)
}

func provisionGlobal(ctx *pulumi.Context, g *Global, routing *Routing, guard *guardrails.Guard) error {
	stack := g.Stack
	register := routing.Placement.Register
	provider, err := newProvider(ctx, stack, stack.Name, stack.Region, register)
	if err != nil {
		return err
	}
	in := pulumi.Provider(provider)
	account, err := callerIdentity(ctx, register, in)
	if err != nil {
		return err
	}
	if routing.Status, err = readDirectory(ctx, in); err != nil {
		return err
	}
	if err := readElsewhere(ctx, stack, register, routing.Status); err != nil {
		return err
	}
	routes, err := g.routes(routing)
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
	zone, err := components.NewZone(ctx, zoneName, &components.ZoneArgs{
		DomainName: g.Domain, AccountID: account.AccountId, AlarmTopicARN: alarms.ARN, SigningKeys: g.SigningKeys, AllowDeletion: !stack.DeletionProtection,
	}, in)
	if err != nil {
		return err
	}
	endpoints := map[string]components.SiteEndpoint{}
	for _, site := range names(routing.Sites) {
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
	for _, name := range names(routes) {
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
