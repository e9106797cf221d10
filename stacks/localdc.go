package stacks

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/localdc"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/rfq"
	"example.com/multisite/internal/siteconfig"
)

// localSite is a site in a local data centre that is being provisioned, with the resources
// that its services share.
type localSite struct {
	*stack
	in            []pulumi.ResourceOption
	network, data *localdc.Resource
	parts         []*localdc.Resource   // all of the site's, except for the entry
	entry         *localdc.LoadBalancer // nil if the services have no names
}

// provisionLocal composes a site in a local data centre.
func provisionLocal(s *stack) error {
	site, local, unprotected := s.site, s.site.Local, !s.site.DeletionProtection
	facility, err := localdc.NewProvider(s.ctx, site.Name, &localdc.ProviderArgs{
		Driver: local.Partner.Driver, Site: site.Name, Domain: local.Domain,
		Facility: local.Partner.Facility, City: local.Partner.City, Settings: pulumi.ToStringMap(local.Partner.Settings),
	})
	if err != nil {
		return err
	}
	// This waits for the provider's check of the driver, before any resource is created.
	lacks, err := localdc.GetCapabilities(s.ctx, pulumi.Provider(facility))
	if err != nil {
		return err
	}
	passwords, err := random.NewProvider(s.ctx, site.Name, nil)
	if err != nil {
		return err
	}
	l := &localSite{stack: s, in: []pulumi.ResourceOption{pulumi.Providers(facility, passwords), pulumi.Protect(site.DeletionProtection)}}
	l.network, err = localdc.NewNetwork(s.ctx, "main", &localdc.NetworkArgs{
		CidrBlock: site.Network.CidrBlock, Halls: local.Halls, Uplinks: local.Uplinks, AllowDeletion: unprotected,
	}, l.in...)
	if err != nil {
		return err
	}
	l.data, err = localdc.NewKey(s.ctx, "data", &localdc.KeyArgs{
		Purpose: "databases and buckets", RotationDays: bounds.MaxRotationDays, AllowDeletion: unprotected,
	}, l.in...)
	if err != nil {
		return err
	}
	public, err := localdc.NewKey(s.ctx, "content", &localdc.KeyArgs{
		Purpose: "public content", RotationDays: bounds.MaxRotationDays, AllowDeletion: unprotected,
	}, l.in...)
	if err != nil {
		return err
	}
	content, err := localdc.NewObjectStore(s.ctx, "content", &localdc.ObjectStoreArgs{
		CapacityTiB: local.ContentTiB, KeyID: public.ID(), TLSMinVersion: siteconfig.LocalTLS, AllowDeletion: unprotected,
	}, l.in...)
	if err != nil {
		return err
	}
	cdn, err := localdc.NewEdgeCache(s.ctx, "content", &localdc.EdgeCacheArgs{
		OriginID: content.ID(), CapacityGbps: local.CdnGbps, TLSMinVersion: siteconfig.LocalTLS, AllowDeletion: unprotected,
	}, l.in...)
	if err != nil {
		return err
	}
	l.parts = []*localdc.Resource{l.network, l.data, public, content, cdn}
	for _, name := range ordered.Keys(site.Services) {
		if err := l.provisionService(name); err != nil {
			return err
		}
	}
	if err := l.newEntry(); err != nil {
		return err
	}
	requirements, err := json.Marshal(rfq.NewRequirements(site, s.register))
	if err != nil {
		return err
	}
	s.ctx.Export("requirements", pulumi.String(requirements))
	s.ctx.Export("capabilityGaps", pulumi.Any(lacks.Gaps))
	s.ctx.Export("networkId", l.network.ID())
	s.ctx.Export("dataKeyId", l.data.ID())
	s.ctx.Export("contentKeyId", public.ID())
	s.ctx.Export("cdnDomainName", cdn.Endpoint)
	s.ctx.Export("cdnBucketName", content.ID())
	s.ctx.Export("cdnBucketEndpoint", content.Endpoint)
	status, serving := l.state()
	s.exportState(status, serving)
	// The status is in AWS, as the stack's state is.
	edge, err := s.newProvider(site.Name+"-edge", awstypes.EdgeRegion)
	if err != nil {
		return err
	}
	if _, err := s.accountID(pulumi.Provider(edge)); err != nil {
		return err
	}
	published := pulumi.Map{"host": cdn.Endpoint, "serving": serving}
	if l.entry != nil {
		published["entry"] = pulumi.Map{"host": l.entry.Endpoint, "ready": l.entry.Ready}
		published["records"] = l.entry.Records
	}
	return s.publishStatus(published, nil, pulumi.Provider(edge))
}

// newEntry creates the site's load balancer.
func (l *localSite) newEntry() (err error) {
	site := l.site
	if site.Domain == "" {
		return l.ctx.Log.Info(noDomain, nil)
	}
	args := site.Local.Entry
	args.NetworkID, args.AllowDeletion = l.network.ID(), !site.DeletionProtection
	for _, name := range ordered.Keys(site.Services) {
		service := site.Services[name].Entry
		args.Services = append(args.Services, localdc.ServedService{
			Name: name, Hostnames: site.Hostnames(name), Port: service.Port, Protocol: string(service.Protocol), LivePath: service.LivePath,
		})
	}
	l.entry, err = localdc.NewLoadBalancer(l.ctx, "entry", &args, l.in...)
	if err != nil {
		return err
	}
	l.exportEntry()
	return nil
}

// provisionService creates a service's database and buckets.
func (l *localSite) provisionService(name string) error {
	site, service, unprotected := l.site, l.site.Services[name].Local, !l.site.DeletionProtection
	if service.Database != nil {
		password, err := components.NewPassword(l.ctx, site.Name+"-"+name, l.in...)
		if err != nil {
			return err
		}
		args := *service.Database
		args.DatabaseName = strings.ReplaceAll(site.Name+"_"+name, "-", "_")
		args.Password, args.NetworkID, args.KeyID, args.AllowDeletion = password.Result, l.network.ID(), l.data.ID(), unprotected
		database, err := localdc.NewDatabase(l.ctx, site.ResourceName(name), &args, l.in...)
		if err != nil {
			return err
		}
		l.parts = append(l.parts, database)
		l.exportDatabase(name, database)
	}
	for _, purpose := range ordered.Keys(service.Buckets) {
		args := service.Buckets[purpose]
		args.KeyID, args.AllowDeletion = l.data.ID(), unprotected
		bucket, err := localdc.NewObjectStore(l.ctx, site.ResourceName(name)+"-"+purpose, &args, l.in...)
		if err != nil {
			return err
		}
		l.parts = append(l.parts, bucket)
		l.exportBucket(name, purpose, bucket)
	}
	return nil
}

// state returns the state of the site: its status is planned if any part is planned, otherwise
// active; its serving is true if all parts but the entry serve. Routes follow the services that the
// entry reports as ready, so a new entry does not stop a site that serves.
func (l *localSite) state() (pulumi.StringOutput, pulumi.BoolOutput) {
	var statuses pulumi.StringArray
	var serving pulumi.BoolArray
	for _, part := range l.parts {
		statuses, serving = append(statuses, part.Status), append(serving, part.Serving)
	}
	if l.entry != nil {
		statuses = append(statuses, l.entry.Status)
	}
	status := statuses.ToStringArrayOutput().ApplyT(func(all []string) string {
		if slices.Contains(all, "planned") {
			return "planned"
		}
		return "active"
	}).(pulumi.StringOutput)
	return status, serving.ToBoolArrayOutput().ApplyT(func(all []bool) bool { return !slices.Contains(all, false) }).(pulumi.BoolOutput)
}
