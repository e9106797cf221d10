package stacks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/dns"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
)

// endpoints creates the names of the sites' load balancers and CDNs, and their health checks.
type endpoints struct {
	*stack
	global *siteconfig.Global
	zone   *dns.Zone
	alarms *components.AlarmTopic
	in     pulumi.ResourceOption

	services map[string]map[string]dns.SiteEndpoint // by service and site
	content  map[string]dns.SiteEndpoint            // by site
	records  []pulumi.Resource                      // of all names
}

// provision creates the names of a site that serves. A service whose load balancer is not ready
// keeps the site's CDN as its endpoint, so that clients which use it are not interrupted.
func (e *endpoints) provision(site *siteconfig.Site, status siteconfig.Status) error {
	if !status.Serving {
		return e.ctx.Log.Info(site.Name+" does not serve: no user is routed there", nil)
	}
	content := status.Host
	if c := status.Content; c != nil && c.Ready {
		content = site.ContentHostname()
		if err := e.alias(site.Name+"-static", &dns.AliasArgs{Hostname: content, Host: c.Host, HostZoneID: c.ZoneID, DualStack: true}); err != nil {
			return err
		}
	}
	endpoint, err := e.endpoint(site.Name, content)
	if err != nil {
		return err
	}
	e.content[site.Name] = endpoint
	var waiting []string
	for _, service := range ordered.Keys(site.Services) {
		if e.services[service] == nil {
			e.services[service] = map[string]dns.SiteEndpoint{}
		}
		e.services[service][site.Name] = endpoint
		if !status.Ready(service) {
			waiting = append(waiting, service)
			continue
		}
		name, host := site.Name+"-"+service, site.Hostnames(service)[1]
		err := e.alias(name, &dns.AliasArgs{
			Hostname: host, Host: status.Entry.Host, HostZoneID: status.Entry.ZoneID, DualStack: status.Entry.DualStack,
		})
		if err == nil {
			e.services[service][site.Name], err = e.endpoint(name, host)
		}
		if err != nil {
			return err
		}
	}
	if waiting == nil {
		return nil
	}
	return e.ctx.Log.Info(fmt.Sprintf("no HTTPS yet at %s for %s: once ACM has issued the certificates, run pulumi up -s %s, and then pulumi up -s %s again",
		site.Name, strings.Join(waiting, ", "), site.Name, e.site.Name), nil)
}

// endpoint returns a host with its health check.
func (e *endpoints) endpoint(name, host string) (dns.SiteEndpoint, error) {
	e.guard.Declare(guardrails.Input{Type: awstypes.Record, Path: "records[]"}, host)
	e.guard.Declare(guardrails.Input{Type: awstypes.HealthCheck, Path: "fqdn"}, host)
	check, err := dns.NewHealthCheck(e.ctx, e.site.Name+"-"+name, &dns.HealthCheckArgs{
		Host: host, Path: e.global.HealthCheckPath, AlarmTopicARN: e.alarms.ARN,
	}, e.in)
	if err != nil {
		return dns.SiteEndpoint{}, err
	}
	return dns.SiteEndpoint{Host: host, HealthCheckID: check.ID}, nil
}

// alias creates the name of a load balancer or CDN.
func (e *endpoints) alias(name string, args *dns.AliasArgs) error {
	e.guard.Declare(guardrails.Input{Type: awstypes.Record, Path: "aliases[].name"}, args.Host)
	e.guard.Declare(guardrails.Input{Type: awstypes.Record, Path: "aliases[].zoneId"}, args.HostZoneID)
	e.guard.Declare(guardrails.Input{Type: awstypes.Record, Path: "records[]"}, args.Host)
	args.ZoneID = e.zone.ID
	alias, err := dns.NewAlias(e.ctx, e.site.Name+"-"+name, args, e.in)
	if err != nil {
		return err
	}
	e.records = append(e.records, alias.Records...)
	return nil
}

// certificateRecords creates the records of the certificates of all sites, also of sites that do
// not serve yet.
func (e *endpoints) certificateRecords(routing *siteconfig.Routing) error {
	records, err := siteconfig.CertificateRecords(routing.Sites, routing.Status)
	if err != nil {
		return err
	}
	e.guard.Declare(guardrails.Input{Type: awstypes.Record, Path: "records[]"}, slices.Collect(maps.Values(records))...)
	_, err = dns.NewCertificateRecords(e.ctx, e.site.Name+"-certificates", &dns.CertificateRecordsArgs{ZoneID: e.zone.ID, Records: records}, e.in)
	return err
}
