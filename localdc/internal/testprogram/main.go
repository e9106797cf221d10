// Command testprogram is a Pulumi program for tests: a site with one resource of each kind.
package main

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components/localdc"
)

func main() { pulumi.Run(run) }

func run(ctx *pulumi.Context) error {
	setting := func(key, otherwise string) string {
		if value, given := ctx.GetConfig("multisite:" + key); given {
			return value
		}
		return otherwise
	}
	p, err := localdc.NewProvider(ctx, "facility", &localdc.ProviderArgs{
		Driver: setting("driver", "placeholder"), Site: "india", Domain: "example.com", Facility: "Facility 1", City: "Pune",
		Settings: pulumi.StringMap{"directory": pulumi.String(setting("directory", ""))},
	})
	if err != nil {
		return err
	}
	storage, err := strconv.Atoi(setting("storageGiB", "200"))
	if err != nil {
		return err
	}
	unprotected, with := setting("deletionProtection", "true") == "false", pulumi.Provider(p)
	network, err := localdc.NewNetwork(ctx, "main", &localdc.NetworkArgs{
		CidrBlock: setting("cidrBlock", "10.64.0.0/16"), Halls: 2, Uplinks: 2, AllowDeletion: unprotected,
	}, with)
	if err != nil {
		return err
	}
	key, err := localdc.NewKey(ctx, "data", &localdc.KeyArgs{Purpose: "data", RotationDays: 365, AllowDeletion: unprotected}, with)
	if err != nil {
		return err
	}
	database, err := localdc.NewDatabase(ctx, "mi-account", &localdc.DatabaseArgs{
		EngineVersion: "16", DatabaseName: "mi_account", Username: "multisite", Password: pulumi.String("correct-horse-battery"),
		VCPUs: 4, MemoryGiB: 16, StorageGiB: storage, MaxStorageGiB: 2000, Copies: 2, BackupRetentionDays: 35,
		NetworkID: network.ID(), KeyID: key.ID(), AllowDeletion: unprotected,
	}, with)
	if err != nil {
		return err
	}
	capabilities, err := localdc.GetCapabilities(ctx, with)
	if err != nil {
		return err
	}
	ctx.Export("status", database.Status)
	ctx.Export("gaps", pulumi.Int(len(capabilities.Gaps)))
	return nil
}
