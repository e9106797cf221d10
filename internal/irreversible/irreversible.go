// Package irreversible refuses changes of a stack's configuration that AWS does not make to
// the resources that the stack has. Such changes would fail in the middle of an update, or
// weaken a retention that was promised. docs/configuration.md lists them with AWS's sources.
// The package compares configurations with the stack's state; it reads nothing from AWS, and
// does not control deletions, which deletionProtection does.
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
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
)

// Rule is the name of the rule in messages. It has no exceptions.
const Rule = "irreversible"

// databaseType is the type of the component Database.
const databaseType = "multisite:index:Database"

// Workarounds that the messages of several keys have.
const (
	unprotect   = "to remove it, make sure that nothing uses it, and set deletionProtection to false"
	newDatabase = "to go back, remove the database with deletion: with-snapshot, add it again, and load a dump"
	newBucket   = "for another lock, create a bucket of another name"
)

// Refusals are the refused changes of a stack's configuration, one problem each.
type Refusals struct {
	config.Problems
	state State
}

// CheckSite compares a site's configuration with the state of its stack. It refuses nothing
// for a local site, since the provider localdc refuses such changes itself.
func CheckSite(site *siteconfig.Site, state State) *Refusals {
	r := &Refusals{config.Problems{File: config.StackFile(site.Name)}, state}
	if site.IsLocal() {
		return r
	}
	r.checkNetwork(site)
	r.checkDomain(site)
	for _, name := range ordered.Keys(site.Services) {
		service, key := site.Services[name], "services."+name
		if service.Database != nil {
			r.checkDatabase(key+".database", site.ResourceName(name), service.Database)
		}
		for _, bucket := range ordered.Keys(service.Buckets) {
			r.checkLock(key+".buckets."+bucket+".objectLock", site.ResourceName(name)+"-"+bucket, service.Buckets[bucket])
		}
	}
	return r
}

// CheckGlobal compares the configuration of the stack global with its state.
func CheckGlobal(global *siteconfig.Global, state State) *Refusals {
	r := &Refusals{config.Problems{File: siteconfig.GlobalFile}, state}
	for _, domain := range state.values(awstypes.Zone, "name") {
		if domain != global.Domain {
			r.refuse("domain", global.Domain, "%s, since Route 53 renames no zone; for another domain, "+
				"have the parent zone's DS record removed, destroy the stack two days later, and create it again", domain)
		}
	}
	return r
}

// Report prints the refusals in the form of the guardrails. In an update it returns them as
// an error, so that the update ends before it changes anything. A preview continues, to
// report all other problems too, and must end with the error of Err.
func (r *Refusals) Report(ctx *pulumi.Context) error {
	for _, line := range r.Lines {
		if err := ctx.Log.Error(diagnostic.Guardrail.Line(line), nil); err != nil {
			return err
		}
	}
	if ctx.DryRun() {
		return nil
	}
	return r.Err()
}

// Err returns an error with the number of refusals, which Report has printed. It is nil if
// nothing is refused.
func (r *Refusals) Err() error {
	if len(r.Lines) == 0 {
		return nil
	}
	return fmt.Errorf("AWS cannot make %d of the changes", len(r.Lines))
}

// refuse adds the refusal of a key's new value.
func (r *Refusals) refuse(key string, found any, allowed string, args ...any) {
	r.Add(config.Namespace+key+": rule "+Rule, found, fmt.Sprintf(allowed, args...))
}

func (r *Refusals) checkNetwork(site *siteconfig.Site) {
	network := site.Network
	if block, exists := r.state.resources[awstypes.VPC][site.Name+"-network"]["cidrBlock"].(string); exists && block != network.CidrBlock {
		r.refuse("network.cidrBlock", network.CidrBlock, "%s, since a VPC keeps its primary block; secondaryCidrBlocks adds others", block)
	}
	if network.IPFamily != components.DualStack && len(r.state.values(awstypes.Subnet, "ipv6CidrBlock")) > 0 {
		r.refuse("network.ipFamily", network.IPFamily, "%s, since AWS removes the IPv6 block of no VPC whose subnets use it; "+
			"to go back, disassociate the blocks of the subnets and then the VPC's by hand, and run pulumi refresh first", components.DualStack)
	}
	r.checkZones(site)
	for _, block := range r.state.values(awstypes.VPCCidrBlock, "cidrBlock") {
		if site.DeletionProtection && !slices.Contains(network.SecondaryCidrBlocks, block) {
			r.refuse("network.secondaryCidrBlocks", network.SecondaryCidrBlocks, "a list with %s, since AWS removes no block of a VPC whose subnets use it; %s", block, unprotect)
		}
	}
}

// checkDomain refuses another domain of the services' names, or none, which would delete the
// listeners and certificates of the load balancer. Without deletion protection, the load balancer
// stops answering over HTTPS until the certificates of the new names are issued.
func (r *Refusals) checkDomain(site *siteconfig.Site) {
	for _, name := range ordered.Keys(site.Services) {
		answered := r.state.Text(awstypes.Certificate, site.Name+"-entry-"+name, "domainName")
		domain := strings.TrimPrefix(answered, name+".")
		if site.DeletionProtection && answered != "" && domain != site.Domain {
			r.refuse("domain of "+siteconfig.GlobalFile, site.Domain, "%s, whose names the load balancer answers; for another domain, or none, "+
				"first set deletionProtection to false and run pulumi up: HTTPS stops with the change, until new certificates are issued", domain)
			return
		}
	}
}

// checkZones refuses to remove zones that have subnets. Without deletion protection it still
// refuses to remove the zones of databases, since RDS releases no subnet that a database is
// in. The state has the zone of a database's server, and not the zone of its standby.
func (r *Refusals) checkZones(site *siteconfig.Site) {
	deployed := r.state.values(awstypes.Subnet, "availabilityZone")
	var found any = site.Network.ZoneNames
	kept := site.Network.ZoneNames
	if site.Network.Zones > 0 {
		found, kept = site.Network.Zones, deployed[:min(site.Network.Zones, len(deployed))]
	}
	var databases []string
	if !site.DeletionProtection {
		databases = r.state.values(awstypes.DBInstance, "availabilityZone")
	}
	for _, zone := range deployed {
		if !slices.Contains(kept, zone) && (site.DeletionProtection || slices.Contains(databases, zone)) {
			r.refuse("network.zones", found, "zones with %s, since AWS deletes no subnet that is in use; %s", zone, unprotect)
		}
	}
}

func (r *Refusals) checkDatabase(key, name string, database *components.DatabaseArgs) {
	server := r.state.resources[awstypes.DBInstance][name]
	version, _ := server["engineVersionActual"].(string)
	major, _, _ := strings.Cut(version, ".")
	if deployed, err := strconv.Atoi(major); err == nil && older(database.EngineVersion, deployed) {
		r.refuse(key+".engineVersion", database.EngineVersion, "%d or newer, since RDS has no downgrade; %s", deployed, newDatabase)
	}
	if deployed := number(r.state.resources[databaseType][name]["storageGiB"]); database.StorageGiB < deployed {
		r.refuse(key+".storageGiB", database.StorageGiB, "at least %d, since RDS reduces no storage; %s", deployed, newDatabase)
	}
	allocated, limit := number(server["allocatedStorage"]), number(server["maxAllocatedStorage"])
	if database.MaxStorageGiB != limit && !bounds.CanGrow(allocated, database.MaxStorageGiB) {
		r.refuse(key+".maxStorageGiB", database.MaxStorageGiB, "%d, the present limit, or at least a tenth above the %d GiB that the database has by now", limit, allocated)
	}
}

// checkLock refuses to remove or weaken a bucket's object lock: S3 disables it for no bucket,
// and new objects would be locked less than was promised. In governance mode users with a
// permission may remove the lock of an object, so it may become shorter. A bucket that may be
// deleted may lose its lock.
func (r *Refusals) checkLock(key, name string, bucket components.BucketArgs) {
	rule, _ := r.state.resources[awstypes.BucketObjectLock][name]["rule"].(map[string]any)
	retention, locked := rule["defaultRetention"].(map[string]any)
	if !locked || bucket.Deletion.Allowed() {
		return
	}
	mode, days := components.LockMode(strings.ToLower(fmt.Sprint(retention["mode"]))), number(retention["days"])
	switch lock := bucket.ObjectLock; {
	case lock == nil:
		r.refuse(key, nil, "%s for %d days, since S3 disables object lock for no bucket; %s", mode, days, newBucket)
	case mode == components.Compliance && lock.Mode != mode:
		r.refuse(key+".mode", lock.Mode, "%s, since no user can shorten such a lock; %s", mode, newBucket)
	case mode == components.Compliance && lock.Days < days:
		r.refuse(key+".days", lock.Days, "at least %d, as was promised; %s", days, newBucket)
	}
}

// older reports whether a major version is lower than another.
func older(version string, than int) bool {
	major, err := strconv.Atoi(version)
	return err == nil && major < than
}

// number returns a whole number of the state. It is 0 if the value is absent.
func number(value any) int {
	n, _ := value.(float64)
	return int(n)
}
