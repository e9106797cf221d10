package irreversible

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/siteconfig"
)

// deployedState is a site's state: a dual-stack network, a database and a locked bucket.
func deployedState() State {
	type outputs = map[string]any
	return State{resources: map[string]map[string]map[string]any{
		awstypes.VPC: {"oregon-network": outputs{"cidrBlock": "10.16.0.0/16"}},
		awstypes.Subnet: {
			"oregon-network-private-a": outputs{"availabilityZone": "us-west-2a", "ipv6CidrBlock": "2600:1f14::/64"},
			"oregon-network-data-a":    outputs{"availabilityZone": "us-west-2a", "ipv6CidrBlock": ""},
			"oregon-network-data-b":    outputs{"availabilityZone": "us-west-2b"},
			"oregon-network-data-c":    outputs{"availabilityZone": "us-west-2c"},
		},
		awstypes.VPCCidrBlock: {"oregon-network-private-100-64-0-0": outputs{"cidrBlock": "100.64.0.0/16"}},
		awstypes.DBInstance:   {"oregon-mi-cloud": outputs{"engineVersionActual": "16.8", "allocatedStorage": 300.0, "maxAllocatedStorage": 1000.0, "availabilityZone": "us-west-2c"}},
		databaseType:          {"oregon-mi-cloud": outputs{"storageGiB": 200.0}},
		awstypes.BucketObjectLock: {"oregon-mi-cloud-photos": outputs{"rule": outputs{
			"defaultRetention": outputs{"mode": "COMPLIANCE", "days": 30.0},
		}}},
		awstypes.Certificate: {"oregon-entry-mi-cloud": outputs{"domainName": "mi-cloud.example.com"}},
		awstypes.Zone:        {"global-zone": outputs{"name": "example.com"}},
	}}
}

// deployed returns the configuration that deployedState comes from. RDS has added storage since.
func deployed() (*siteconfig.Site, *components.DatabaseArgs, *components.ObjectLock) {
	database := &components.DatabaseArgs{EngineVersion: "16", StorageGiB: 200, MaxStorageGiB: 1000}
	lock := &components.ObjectLock{Mode: components.Compliance, Days: 30}
	return &siteconfig.Site{
		Name: "oregon", DeletionProtection: true, Domain: "example.com",
		Network: siteconfig.Network{CidrBlock: "10.16.0.0/16", IPFamily: components.DualStack, Zones: 3, SecondaryCidrBlocks: []string{"100.64.0.0/16"}},
		Services: map[string]siteconfig.Service{"mi-cloud": {Database: database, Buckets: map[string]components.BucketArgs{
			"photos": {ObjectLock: lock},
		}}},
	}, database, lock
}

// TestCheckSiteRefuses changes one key at a time.
func TestCheckSiteRefuses(t *testing.T) {
	type args struct {
		*siteconfig.Site
		database *components.DatabaseArgs
		lock     *components.ObjectLock
	}
	type edit func(a args)
	zones := func(names ...string) edit {
		return func(a args) {
			a.Network.Zones, a.Network.ZoneNames = 0, names
		}
	}
	unprotected := func(change edit) edit {
		return func(a args) {
			a.DeletionProtection = false
			change(a)
		}
	}
	noBlocks := func(a args) { a.Network.SecondaryCidrBlocks = nil }
	noLock := func(deletion components.BucketDeletion) edit {
		return func(a args) {
			a.Services["mi-cloud"].Buckets["photos"] = components.BucketArgs{Deletion: deletion}
		}
	}
	for name, row := range map[string]struct {
		edit    edit
		refused string // empty if the change is allowed
	}{
		"another domain":              {func(a args) { a.Domain = "example.org" }, `domain of Pulumi.global.yaml: rule irreversible: found "example.org"; allowed: example.com, whose names the load balancer answers`},
		"another domain, unprotected": {unprotected(func(a args) { a.Domain = "example.org" }), ""},
		"no domain":                   {func(a args) { a.Domain = "" }, `domain of Pulumi.global.yaml: rule irreversible: found nothing; allowed: example.com`},

		"no change":             {func(args) {}, ""},
		"another primary block": {func(a args) { a.Network.CidrBlock = "10.17.0.0/16" }, `network.cidrBlock: rule irreversible: found "10.17.0.0/16"; allowed: 10.16.0.0/16, since `},
		"ipv4 after dual-stack": {func(a args) { a.Network.IPFamily = components.IPv4 },
			`network.ipFamily: rule irreversible: found "ipv4"; allowed: dual-stack, since `},
		"fewer zones":            {func(a args) { a.Network.Zones = 2 }, `network.zones: rule irreversible: found 2; allowed: zones with us-west-2c, since `},
		"more zones":             {func(a args) { a.Network.Zones = 4 }, ""},
		"the same zones by name": {zones("us-west-2c", "us-west-2b", "us-west-2a"), ""},
		"another zone":           {zones("us-west-2b", "us-west-2c", "us-west-2d"), `network.zones: rule irreversible: found ["us-west-2b","us-west-2c","us-west-2d"]; allowed: zones with us-west-2a, since `},
		"a zone less, without deletion protection":            {unprotected(zones("us-west-2b", "us-west-2c")), ""},
		"a database's zone less, without deletion protection": {unprotected(zones("us-west-2a", "us-west-2b")), `network.zones: rule irreversible: found ["us-west-2a","us-west-2b"]; allowed: zones with us-west-2c, since `},
		"no secondary block":                                  {noBlocks, `network.secondaryCidrBlocks: rule irreversible: found nothing; allowed: a list with 100.64.0.0/16, since `},
		"no secondary block, without deletion protection":     {unprotected(noBlocks), ""},
		"an older engine": {func(a args) { a.database.EngineVersion = "15" },
			`services.mi-cloud.database.engineVersion: rule irreversible: found "15"; allowed: 16 or newer, since `},
		"a newer engine": {func(a args) { a.database.EngineVersion = "17" }, ""},
		"less storage": {func(a args) { a.database.StorageGiB = 199 },
			`services.mi-cloud.database.storageGiB: rule irreversible: found 199; allowed: at least 200, since `},
		"more storage":                        {func(a args) { a.database.StorageGiB = 250 }, ""},
		"a limit that leaves no room to grow": {func(a args) { a.database.MaxStorageGiB = 329 }, `services.mi-cloud.database.maxStorageGiB: rule irreversible: found 329; allowed: 1000, the present limit, or at least a tenth above the 300 GiB `},
		"a lower limit":                       {func(a args) { a.database.MaxStorageGiB = 330 }, ""},
		"no lock":                             {noLock(components.NeverDelete), `services.mi-cloud.buckets.photos.objectLock: rule irreversible: found nothing; allowed: compliance for 30 days, since `},
		"no lock, on a bucket that may be deleted": {noLock(components.DeleteWhenEmpty), ""},
		"a weaker lock":  {func(a args) { a.lock.Mode = components.Governance }, `services.mi-cloud.buckets.photos.objectLock.mode: rule irreversible: found "governance"; allowed: compliance, `},
		"a shorter lock": {func(a args) { a.lock.Days = 29 }, `services.mi-cloud.buckets.photos.objectLock.days: rule irreversible: found 29; allowed: at least 30, `},
		"a longer lock":  {func(a args) { a.lock.Days = 31 }, ""},
		"no bucket":      {func(a args) { delete(a.Services, "mi-cloud") }, ""}, // deletionProtection refuses it
	} {
		t.Run(name, func(t *testing.T) {
			site, database, lock := deployed()
			row.edit(args{site, database, lock})
			found := CheckSite(site, deployedState()).Lines
			if row.refused == "" {
				assert.Empty(t, found)
				return
			}
			if assert.Len(t, found, 1, found) {
				assert.Contains(t, found[0], "Pulumi.oregon.yaml: multisite:"+row.refused)
			}
		})
	}
}

// TestTheLimitOfStorageMayBeReached checks a database whose storage RDS has grown to its limit.
func TestTheLimitOfStorageMayBeReached(t *testing.T) {
	site, _, _ := deployed()
	state := deployedState()
	state.resources[awstypes.DBInstance]["oregon-mi-cloud"]["allocatedStorage"] = 1000.0
	assert.Empty(t, CheckSite(site, state).Lines)
}

// TestANewStackHasNoRefusals checks configurations against an empty state.
func TestANewStackHasNoRefusals(t *testing.T) {
	site, _, _ := deployed()
	assert.Empty(t, CheckSite(site, State{}).Lines)
	assert.Empty(t, CheckGlobal(&siteconfig.Global{Domain: "example.org"}, State{}).Lines)
}

func TestCheckGlobalRefusesAnotherDomain(t *testing.T) {
	assert.Empty(t, CheckGlobal(&siteconfig.Global{Domain: "example.com"}, deployedState()).Lines)
	found := CheckGlobal(&siteconfig.Global{Domain: "example.org"}, deployedState()).Lines
	if assert.Len(t, found, 1) {
		assert.Contains(t, found[0], `Pulumi.global.yaml: multisite:domain: rule irreversible: found "example.org"; allowed: example.com, since Route 53 renames no zone`)
	}
}
