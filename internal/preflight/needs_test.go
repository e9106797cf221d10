package preflight

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

// exported are resources of the engine as an export has them.
func exported(resources []engine.Resource) (list []pulumicli.Resource) {
	for _, r := range resources {
		list = append(list, pulumicli.Resource{Type: r.Type, URN: r.URN, ID: r.ID, Provider: r.Provider, Inputs: r.Inputs, Outputs: r.Outputs})
	}
	return list
}

// expectNeeds holds what is computed of a site to what the program makes of it.
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
	s := &session{target: &target{stack: stack, site: site}, has: resources}
	made := s.had(resources)
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
	assert.Equal(t, maxStorage, n.maxStorageGiB, "storage at most")
	if storage > 0 { // only what was made has a size
		assert.Equal(t, storage, n.storageGiB, "storage")
	}
	databases := 0
	for _, service := range site.Services {
		if service.Database != nil {
			databases++
		}
	}
	assert.Equal(t, replicas, databases*n.replicas, "read replicas, of which all databases have as many")
}

// rulesOf counts the rules that AWS makes of a group's: one per source or target.
func rulesOf(rules any) (count int) {
	list, _ := rules.([]any)
	for _, entry := range list {
		rule := entry.(map[string]any)
		for _, key := range []string{"cidrBlocks", "ipv6CidrBlocks", "securityGroups", "prefixListIds"} {
			switch peers := rule[key].(type) {
			case []any:
				count += len(peers)
			case string: // not known before the update
				count++
			}
		}
		if rule["self"] == true {
			count++
		}
	}
	return count
}

func TestNeedsAreWhatAnUpdateMakes(t *testing.T) {
	t.Parallel()
	p := engine.Deployed(t, "oregon")
	resources := exported(slices.Collect(maps.Values(p.State("oregon"))))
	expectNeeds(t, p, "oregon", resources)
}

// TestNeedsOfEveryOption has a site with every option that there is, and data on its way.
func TestNeedsOfEveryOption(t *testing.T) {
	t.Parallel()
	p := engine.New(t)
	p.EveryOption("california")
	p.MoveShop()
	p.Up("california") // where the move begins: with nothing copied
	resources := slices.Collect(maps.Values(p.State("california")))
	p.Step("copying")
	for _, step := range p.Plan("california") {
		if step.Op == "create" {
			resources = append(resources, step.NewState)
		}
	}
	expectNeeds(t, p, "california", exported(resources))
}

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
	made := (&target{stack: "global", global: &siteconfig.Global{}}).had(exported(planned))
	for _, row := range countedQuotas {
		k := kind{row.typ, true}
		if row.typ == awstypes.HealthCheck {
			assert.Equal(t, 3, n.counts[k], "one per AWS site")
			continue
		}
		assert.Equal(t, made[k], n.counts[k], row.name)
	}
}

// TestEveryTypeOfTheStacksIsCounted finds types in countedQuotas that Pulumi does not know.
func TestEveryTypeOfTheStacksIsCounted(t *testing.T) {
	t.Parallel()
	for _, row := range countedQuotas {
		module, name, found := strings.Cut(strings.TrimPrefix(row.typ, "aws:"), ":")
		require.True(t, found, row.typ)
		_, lower, _ := strings.Cut(module, "/")
		assert.Equal(t, name, strings.ToUpper(lower[:1])+lower[1:], row.typ)
	}
}
