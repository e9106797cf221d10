package stacks

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/components/localdc"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/rfq"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// provisionLocal composes a site in a local data centre.
func provisionLocal(ctx *pulumi.Context, site *siteconfig.Site, reg *register.Register, _ *guardrails.Guard) error {
	local, unprotected := site.Local, !site.DeletionProtection
	facility, err := localdc.NewProvider(ctx, site.Name, &localdc.ProviderArgs{
		Driver: local.Partner.Driver, Site: site.Name, Domain: local.Domain,
		Facility: local.Partner.Facility, City: local.Partner.City, Settings: pulumi.ToStringMap(local.Partner.Settings),
	})
	if err != nil {
		return err
	}
	// This waits for the provider's check of the driver, before anything else is made.
	lacks, err := localdc.GetCapabilities(ctx, pulumi.Provider(facility))
	if err != nil {
		return err
	}
	passwords, err := random.NewProvider(ctx, site.Name, nil)
	if err != nil {
		return err
	}
	in := []pulumi.ResourceOption{pulumi.Providers(facility, passwords), pulumi.Protect(site.DeletionProtection)}
	network, err := localdc.NewNetwork(ctx, "main", &localdc.NetworkArgs{
		CidrBlock: site.Network.CidrBlock, Halls: local.Halls, Uplinks: local.Uplinks, AllowDeletion: unprotected,
	}, in...)
	if err != nil {
		return err
	}
	data, err := localdc.NewKey(ctx, "data", &localdc.KeyArgs{
		Purpose: "databases and buckets", RotationDays: localdc.KeyRotationDays, AllowDeletion: unprotected,
	}, in...)
	if err != nil {
		return err
	}
	public, err := localdc.NewKey(ctx, "content", &localdc.KeyArgs{
		Purpose: "public content", RotationDays: localdc.KeyRotationDays, AllowDeletion: unprotected,
	}, in...)
	if err != nil {
		return err
	}
	content, err := localdc.NewObjectStore(ctx, "content", &localdc.ObjectStoreArgs{
		CapacityTiB: local.ContentTiB, KeyID: public.ID(), TLSMinVersion: siteconfig.LocalTLS, AllowDeletion: unprotected,
	}, in...)
	if err != nil {
		return err
	}
	cdn, err := localdc.NewEdgeCache(ctx, "content", &localdc.EdgeCacheArgs{
		OriginID: content.ID(), CapacityGbps: local.CdnGbps, TLSMinVersion: siteconfig.LocalTLS, AllowDeletion: unprotected,
	}, in...)
	if err != nil {
		return err
	}
	made := []*localdc.Resource{network, data, public, content, cdn}
	out := outputs{ctx}
	for _, name := range ordered.Keys(site.Services) {
		service := site.Services[name].Local
		if service.Database != nil {
			password, err := components.NewPassword(ctx, site.Name+"-"+name, in...)
			if err != nil {
				return err
			}
			args := *service.Database
			args.DatabaseName = strings.ReplaceAll(site.Name+"_"+name, "-", "_")
			args.Password, args.NetworkID, args.KeyID, args.AllowDeletion = password.Result, network.ID(), data.ID(), unprotected
			database, err := localdc.NewDatabase(ctx, site.ResourceName(name), &args, in...)
			if err != nil {
				return err
			}
			made = append(made, database)
			out.localDatabase(name, database)
		}
		for _, purpose := range ordered.Keys(service.Buckets) {
			args := service.Buckets[purpose]
			args.KeyID, args.AllowDeletion = data.ID(), unprotected
			bucket, err := localdc.NewObjectStore(ctx, site.ResourceName(name)+"-"+purpose, &args, in...)
			if err != nil {
				return err
			}
			made = append(made, bucket)
			out.localBucket(name, purpose, bucket)
		}
	}
	requirements, err := json.Marshal(rfq.NewRequirements(site, reg))
	if err != nil {
		return err
	}
	ctx.Export("requirements", pulumi.String(requirements))
	ctx.Export("capabilityGaps", pulumi.Any(lacks.Gaps))
	out.local(network, data, public, content, cdn)
	status, serving := progress(made)
	out.state(status, serving)
	// The directory is in AWS, as the stack's state is.
	edge, err := newProvider(ctx, site, site.Name+"-edge", siteconfig.EdgeRegion, reg)
	if err != nil {
		return err
	}
	if _, err := callerIdentity(ctx, reg, pulumi.Provider(edge)); err != nil {
		return err
	}
	return publishStatus(ctx, site, cdn.Endpoint, serving, nil, pulumi.Provider(edge))
}

// progress is the state of the site: active and serving once all of its parts are.
func progress(parts []*localdc.Resource) (pulumi.StringOutput, pulumi.BoolOutput) {
	var statuses pulumi.StringArray
	var serving pulumi.BoolArray
	for _, part := range parts {
		statuses, serving = append(statuses, part.Status), append(serving, part.Serving)
	}
	status := statuses.ToStringArrayOutput().ApplyT(func(all []string) string {
		if slices.Contains(all, "planned") {
			return "planned"
		}
		return "active"
	}).(pulumi.StringOutput)
	return status, serving.ToBoolArrayOutput().ApplyT(func(all []bool) bool { return !slices.Contains(all, false) }).(pulumi.BoolOutput)
}
