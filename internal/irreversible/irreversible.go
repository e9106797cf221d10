package irreversible

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/bounds"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
)

// Rule refuses changes of the configuration that AWS does not make to what
// a stack has: they would fail in the middle of the update, or lose what was promised.
// No exception lifts it. docs/configuration.md has AWS's sources.
const Rule = "irreversible"

// databaseType is the type of the component Database.
const databaseType = "multisite:index:Database"

// Ways around, which several keys have.
const (
	letGo       = "to let it go, see that nothing uses it, and set deletionProtection to false"
	newDatabase = "to go back, remove the database with deletion: with-snapshot, add it again, and load a dump"
	newBucket   = "for another lock, make a bucket of another name"
)

// irreversible compares a stack's configuration with its state.
type irreversible struct {
	config.Problems
	had state
}

// refuse notes that a key asks for what cannot be done.
func (i *irreversible) refuse(key string, found any, allowed string, args ...any) {
	i.Add(config.Namespace+key+": rule "+Rule, found, fmt.Sprintf(allowed, args...))
}

// Report writes the problems in the form of the guardrails. An update ends here, before
// it has changed anything; a preview goes on, to show all that is wrong, and fails with err.
func (i *irreversible) Report(ctx *pulumi.Context) error {
	for _, line := range i.Lines {
		if err := ctx.Log.Error("guardrail: "+line, nil); err != nil {
			return err
		}
	}
	if ctx.DryRun() {
		return nil
	}
	return i.Err()
}

func (i *irreversible) Err() error {
	if len(i.Lines) == 0 {
		return nil
	}
	return fmt.Errorf("AWS cannot make %d of the changes", len(i.Lines))
}

// CheckSite compares a site. Local sites are left to the provider localdc, which does
// the same.
func CheckSite(site *siteconfig.Site, had state) *irreversible {
	i := &irreversible{config.Problems{File: "Pulumi." + site.Name + ".yaml"}, had}
	if site.Local != nil {
		return i
	}
	i.network(site)
	for _, name := range ordered.Keys(site.Services) {
		service, key := site.Services[name], "services."+name
		if service.Database != nil {
			i.database(key+".database", site.ResourceName(name), service.Database)
		}
		for _, bucket := range ordered.Keys(service.Buckets) {
			i.lock(key+".buckets."+bucket+".objectLock", site.ResourceName(name)+"-"+bucket, service.Buckets[bucket])
		}
	}
	return i
}

// CheckGlobal compares the stack global.
func CheckGlobal(global *siteconfig.Global, had state) *irreversible {
	i := &irreversible{config.Problems{File: siteconfig.GlobalFile}, had}
	for _, domain := range had.values(awstypes.Zone, "name") {
		if domain != global.Domain {
			i.refuse("domain", global.Domain, "%s, since Route 53 renames no zone; "+
				"for another one, have the parent drop the DS record, destroy the stack two days later, and bring it up anew", domain)
		}
	}
	return i
}

func (i *irreversible) network(site *siteconfig.Site) {
	network := site.Network
	if block, known := i.had.resources[awstypes.VPC][site.Name+"-network"]["cidrBlock"].(string); known && block != network.CidrBlock {
		i.refuse("network.cidrBlock", network.CidrBlock, "%s, since a VPC keeps its primary block; secondaryCidrBlocks adds others", block)
	}
	if network.IPFamily != components.DualStack && len(i.had.values(awstypes.Subnet, "ipv6CidrBlock")) > 0 {
		i.refuse("network.ipFamily", network.IPFamily, "%s, since AWS takes the IPv6 block from no VPC whose subnets use it; "+
			"to go back, disassociate the blocks of the subnets and then the VPC's by hand, and run pulumi refresh first", components.DualStack)
	}
	i.zones(site)
	for _, block := range i.had.values(awstypes.VPCCidrBlock, "cidrBlock") {
		if site.DeletionProtection && !slices.Contains(network.SecondaryCidrBlocks, block) {
			i.refuse("network.secondaryCidrBlocks", network.SecondaryCidrBlocks, "a list with %s, since AWS takes no block from a VPC whose subnets use it; %s", block, letGo)
		}
	}
}

// zones refuses to leave zones that have subnets. Where the protection is lifted it still
// does so for the zones of databases, since RDS gives up none of their subnets. The
// state has the zone of the server alone, not of its standby.
func (i *irreversible) zones(site *siteconfig.Site) {
	had := i.had.values(awstypes.Subnet, "availabilityZone")
	var found any = site.Network.ZoneNames
	kept := site.Network.ZoneNames
	if site.Network.Zones > 0 {
		found, kept = site.Network.Zones, had[:min(site.Network.Zones, len(had))]
	}
	var databases []string
	if !site.DeletionProtection {
		databases = i.had.values(awstypes.DBInstance, "availabilityZone")
	}
	for _, zone := range had {
		if !slices.Contains(kept, zone) && (site.DeletionProtection || slices.Contains(databases, zone)) {
			i.refuse("network.zones", found, "zones with %s, since AWS deletes no subnet that is in use; %s", zone, letGo)
		}
	}
}

func (i *irreversible) database(key, name string, database *components.DatabaseArgs) {
	server := i.had.resources[awstypes.DBInstance][name]
	version, _ := server["engineVersionActual"].(string)
	major, _, _ := strings.Cut(version, ".")
	if is, err := strconv.Atoi(major); err == nil && older(database.EngineVersion, is) {
		i.refuse(key+".engineVersion", database.EngineVersion, "%d or newer, since RDS has no downgrade; %s", is, newDatabase)
	}
	if was := number(i.had.resources[databaseType][name]["storageGiB"]); database.StorageGiB < was {
		i.refuse(key+".storageGiB", database.StorageGiB, "at least %d, since RDS takes no storage back; %s", was, newDatabase)
	}
	allocated, most := number(server["allocatedStorage"]), number(server["maxAllocatedStorage"])
	if database.MaxStorageGiB != most && !bounds.CanGrow(allocated, database.MaxStorageGiB) {
		i.refuse(key+".maxStorageGiB", database.MaxStorageGiB, "%d, as it is, or at least a tenth above the %d GiB that the database has by now", most, allocated)
	}
}

// lock keeps a bucket's lock: S3 takes it off no bucket, and a weaker one would not keep
// new objects as was promised. In governance mode there are those who may lift it, so
// it may be shortened too. Where the bucket itself may be deleted, all may be done.
func (i *irreversible) lock(key, name string, bucket components.BucketArgs) {
	rule, _ := i.had.resources[awstypes.BucketObjectLock][name]["rule"].(map[string]any)
	had, known := rule["defaultRetention"].(map[string]any)
	if !known || bucket.Deletion.Allowed() {
		return
	}
	mode, days := components.LockMode(strings.ToLower(fmt.Sprint(had["mode"]))), number(had["days"])
	switch lock := bucket.ObjectLock; {
	case lock == nil:
		i.refuse(key, nil, "%s for %d days, since S3 takes object lock off no bucket; %s", mode, days, newBucket)
	case mode == components.Compliance && lock.Mode != mode:
		i.refuse(key+".mode", lock.Mode, "%s, which nobody may lift; %s", mode, newBucket)
	case mode == components.Compliance && lock.Days < days:
		i.refuse(key+".days", lock.Days, "at least %d, as was promised; %s", days, newBucket)
	}
}

// older reports whether a major version is below another one.
func older(version string, than int) bool {
	is, err := strconv.Atoi(version)
	return err == nil && is < than
}

// number is a whole number of the state's; 0 where there is none.
func number(value any) int {
	n, _ := value.(float64)
	return int(n)
}
