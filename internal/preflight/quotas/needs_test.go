package quotas

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/engine"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
)

// exported returns resources of the test engine as `pulumi stack export` prints them.
func exported(resources []engine.Resource) (list []pulumicli.Resource) {
	for _, r := range resources {
		list = append(list, pulumicli.Resource{Type: r.Type, URN: r.URN, ID: r.ID, Provider: r.Provider, Inputs: r.Inputs, Outputs: r.Outputs})
	}
	return list
}

// expectNeeds compares the computed needs of a site with the resources that the program creates.
func expectNeeds(t *testing.T, p *engine.Project, stack string, resources []pulumicli.Resource) {
	t.Helper()
	sites, _, err := siteconfig.LoadProject(p.Dir)
	require.NoError(t, err)
	site := sites[stack]
	zones := map[string]bool{}
	for _, r := range resources {
		if r.Type == "aws:ec2/subnet:Subnet" {
			zones[r.Text("availabilityZone")] = true
		}
	}
	n := siteNeeds(site, slices.Sorted(maps.Keys(zones)))
	made := (&Stack{Name: stack, Site: site, Resources: resources}).existing()
	for _, row := range countedQuotas {
		k := kind{row.typ, row.edge}
		assert.Equal(t, made[k], n.counts[k], "%s, at the edge: %t", row.name, row.edge)
	}
	interfaces, blocks, replicas, most, storage, maxStorage := 0, 1, 0, 0, 0, 0
	for _, r := range resources {
		switch {
		case r.Type == awstypes.VPCEndpoint && r.Text("vpcEndpointType") == "Interface":
			interfaces++
		case r.Type == "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation":
			blocks++
		case r.Type == awstypes.DBInstance:
			if r.Inputs["replicateSourceDb"] != nil {
				replicas++
			}
			maxStorage += int(r.Inputs["maxAllocatedStorage"].(float64))
			if size, ok := r.Outputs["allocatedStorage"].(float64); ok {
				storage += int(size)
			}
		case r.Type == "aws:ec2/securityGroup:SecurityGroup":
			most = max(most, rulesOf(r.Inputs["ingress"]), rulesOf(r.Inputs["egress"]))
		}
	}
	assert.Equal(t, interfaces, n.endpoints, "interface endpoints")
	assert.Equal(t, blocks, n.blocks, "IPv4 blocks")
	assert.Equal(t, most, n.rules, "rules of a security group")
	assert.Equal(t, maxStorage, n.maxStorageGiB, "maximum storage")
	if storage > 0 { // planned resources have no size yet
		assert.Equal(t, storage, n.storageGiB, "storage")
	}
	databases := 0
	for _, service := range site.Services {
		if service.Database != nil {
			databases++
		}
	}
	assert.Equal(t, replicas, databases*n.replicas, "read replicas, the same number for each database")
}

// rulesOf counts the rules of a security group as AWS does: one per source or destination.
func rulesOf(rules any) (count int) {
	list, _ := rules.([]any)
	for _, entry := range list {
		rule := entry.(map[string]any)
		for _, key := range []string{"cidrBlocks", "ipv6CidrBlocks", "securityGroups", "prefixListIds"} {
			switch peers := rule[key].(type) {
			case []any:
				count += len(peers)
			case string: // unknown before the update
				count++
			}
		}
		if rule["self"] == true {
			count++
		}
	}
	return count
}

// TestNeeds compares the needs of a site with the resources of its first update.
func TestNeeds(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	resources := exported(slices.Collect(maps.Values(p.State("oregon"))))
	expectNeeds(t, p, "oregon", resources)
}

// TestNeedsOfEveryOption compares the needs of a site that uses every option and copies data from
// the origin.
func TestNeedsOfEveryOption(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.EveryOption("california")
	p.MoveShop()
	p.Up("california") // before the migration starts: no data is copied
	resources := slices.Collect(maps.Values(p.State("california")))
	p.Step("copying")
	for _, step := range p.Plan("california") {
		if step.Op == "create" {
			resources = append(resources, step.NewState)
		}
	}
	expectNeeds(t, p, "california", exported(resources))
}

// TestNeedsOfGlobal compares the needs of the stack global with its planned resources.
func TestNeedsOfGlobal(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	var planned []engine.Resource
	for _, step := range p.Plan("global") {
		planned = append(planned, step.NewState)
	}
	sites, _, err := siteconfig.LoadProject(p.Dir)
	require.NoError(t, err)
	n := globalNeeds(sites)
	made := (&Stack{Name: "global", Resources: exported(planned)}).existing()
	for _, row := range countedQuotas {
		k := kind{row.typ, true}
		if row.typ == awstypes.HealthCheck {
			assert.Equal(t, 3+8, n.counts[k], "one per AWS site, and one per service of each")
			continue
		}
		assert.Equal(t, made[k], n.counts[k], row.name)
	}
}

// TestCountedTypes checks that the types in countedQuotas are type tokens of Pulumi.
func TestCountedTypes(t *testing.T) {
	t.Parallel()
	for _, row := range countedQuotas {
		module, name, found := strings.Cut(strings.TrimPrefix(row.typ, "aws:"), ":")
		require.True(t, found, row.typ)
		_, lower, _ := strings.Cut(module, "/")
		assert.Equal(t, name, strings.ToUpper(lower[:1])+lower[1:], row.typ)
	}
}
