package preflight

import (
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
)

// kind is a type of resource in a region, or at the edge: us-east-1, where the region of
// what has none is too.
type kind struct {
	typ  string // Pulumi's
	edge bool
}

// needs are how much of everything with a quota a stack is made of.
type needs struct {
	counts map[kind]int
	// natZones are the zones with a NAT gateway each.
	natZones []string
	// storageGiB is the storage of all databases at first, and maxStorageGiB at most.
	storageGiB, maxStorageGiB int
	// What has a quota within one resource: IPv4 blocks and interface endpoints of the
	// network, rules of one direction in the largest security group, read replicas of the
	// largest database.
	blocks, endpoints, rules, replicas int
}

// siteNeeds counts what the program makes of a site whose network spans the zones.
func siteNeeds(site *siteconfig.Site, zones []string) *needs {
	n := &needs{counts: map[kind]int{
		{awstypes.VPC, false}: 1, {awstypes.InternetGateway, false}: 1, {awstypes.VPCEndpoint, false}: len(components.GatewayEndpoints),
		{awstypes.Key, false}: 5, {awstypes.Key, true}: 1, // one per purpose; the CDN's alarms are at the edge
		{awstypes.Bucket, false}:      2, // logs and the CDN's content
		{awstypes.Distribution, true}: 1, {awstypes.ResponseHeadersPolicy, true}: 1, {awstypes.WebACL, true}: 1,
		{awstypes.Role, false}: 1, // flow logs
	}}
	network := site.Network
	if network.IPFamily == components.DualStack {
		n.add(awstypes.EgressOnlyInternetGateway, 1)
	}
	switch network.NatGateways {
	case components.NatPerZone:
		n.natZones = zones
	case components.NatSingle:
		n.natZones = zones[:1]
	case components.NatNone:
	}
	n.add(awstypes.NATGateway, len(n.natZones))
	n.add(awstypes.ElasticIP, len(n.natZones))
	n.blocks, n.endpoints = 1+len(network.SecondaryCidrBlocks), len(site.Endpoints())
	n.rules = workloadRules(network)
	for _, service := range site.Services {
		n.addService(service)
	}
	if site.CopiesDatabases() {
		n.add(awstypes.DMSInstance, 1)
		n.add(awstypes.DMSSubnetGroup, 1)
		n.add(awstypes.EventRule, 1)
		n.rules = max(n.rules, 2+len(site.Migration.Replication.OriginCidrBlocks)) // and to databases and secrets
	}
	if site.CopiesObjects() {
		n.add(awstypes.EventRule, 3) // transfers that fail, tasks that cannot run, agents that are offline
		n.add(awstypes.LogResourcePolicy, 1)
	}
	return n
}

// add counts what is in the site's region.
func (n *needs) add(typ string, count int) { n.counts[kind{typ, false}] += count }

func (n *needs) addService(service siteconfig.Service) {
	if database := service.Database; database != nil {
		servers := 1 + database.ReadReplicas
		n.add(awstypes.DBInstance, servers)
		n.add(awstypes.DBParameterGroup, 1)
		n.add(awstypes.DBSubnetGroup, 1)
		n.add(awstypes.DBEventSubscription, 2) // of the instance and of its parameter group
		n.add(awstypes.Role, 1)                // enhanced monitoring
		n.storageGiB += servers * database.StorageGiB
		n.maxStorageGiB += servers * database.MaxStorageGiB
		n.replicas = max(n.replicas, database.ReadReplicas)
		if service.Copying() {
			n.add(awstypes.Role, 1) // reads the credentials
		}
	}
	n.add(awstypes.Bucket, len(service.Buckets))
	for _, bucket := range service.Buckets {
		if bucket.Replication != nil {
			n.add(awstypes.Role, 1)
		}
		if service.Copying() {
			n.add(awstypes.Role, 1) // transfers the objects
		}
	}
}

// globalNeeds counts what the program makes of the global stack. Health checks are as many
// as there are AWS sites, at most: those that are not up have none.
func globalNeeds(sites map[string]*siteconfig.Site) *needs {
	n := &needs{counts: map[kind]int{{awstypes.Zone, true}: 1, {awstypes.Key, true}: 2}} // alarms and signatures
	for _, site := range sites {
		if !site.IsLocal() {
			n.counts[kind{awstypes.HealthCheck, true}]++
		}
	}
	return n
}

// kindOf tells where a resource in the state is by its provider, STACK or STACK-edge.
func (t *target) kindOf(r pulumicli.Resource) kind {
	urn := r.Provider[:max(0, strings.LastIndex(r.Provider, "::"))]
	return kind{r.Type, t.global != nil || strings.HasSuffix(urn, "::"+t.stack+"-edge")}
}

// had counts what the stack has made already.
func (t *target) had(resources []pulumicli.Resource) map[kind]int {
	counts := map[kind]int{}
	for _, r := range resources {
		// Gateways have the quota of VPCEndpoint; interfaces have one per network.
		if r.Type == awstypes.VPCEndpoint && r.Text("vpcEndpointType") != "Gateway" {
			continue
		}
		counts[t.kindOf(r)]++
	}
	return counts
}

// workloadRules counts the outbound rules of workloads' security group: to the network's
// blocks, the prefix lists of S3 and DynamoDB, each of which counts as one
// (https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html),
// and to each port of what the configuration names.
func workloadRules(network siteconfig.Network) int {
	rules := 1 + len(network.SecondaryCidrBlocks) + len(components.GatewayEndpoints)
	if network.IPFamily == components.DualStack {
		rules++
	}
	for _, egress := range network.Egress {
		rules += max(1, len(egress.Ports))
	}
	return rules
}
