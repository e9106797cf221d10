package quotas

import (
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
)

// kind is a resource type, in the stack's region or at the edge. The edge is us-east-1;
// resources of services without regions count there too.
type kind struct {
	typ  string // Pulumi's type token
	edge bool
}

// needs are the numbers of resources and parts with quotas that a stack consists of.
type needs struct {
	counts map[kind]int
	// natZones are the zones that have a NAT gateway.
	natZones []string
	// storageGiB is the initial storage of all databases, and maxStorageGiB the maximum.
	storageGiB, maxStorageGiB int
	// blocks and endpoints are the IPv4 blocks and the interface endpoints of the network,
	// rules the rules in one direction of the security group with the most rules, and
	// replicas the read replicas of the database with the most replicas.
	blocks, endpoints, rules, replicas int
}

// needs counts the resources of the stack.
func (s *Stack) needs() (*needs, error) {
	if s.Site == nil {
		return globalNeeds(s.Sites), nil
	}
	zones, err := s.Zones()
	if err != nil {
		return nil, err
	}
	return siteNeeds(s.Site, zones), nil
}

// siteNeeds counts the resources of a site whose network has subnets in the zones.
func siteNeeds(site *siteconfig.Site, zones []string) *needs {
	n := &needs{counts: map[kind]int{
		{awstypes.VPC, false}: 1, {awstypes.InternetGateway, false}: 1, {awstypes.VPCEndpoint, false}: len(components.GatewayEndpoints),
		{awstypes.Key, false}: 5, {awstypes.Key, true}: 1, // one per purpose; the key of the CDN's alarms is at the edge
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
	n.addEntry(site)
	if site.CopiesDatabases() {
		n.add(awstypes.DMSInstance, 1)
		n.add(awstypes.DMSSubnetGroup, 1)
		n.add(awstypes.EventRule, 1)
		// One rule per block of the origin, one to the databases and one to Secrets Manager.
		n.rules = max(n.rules, 2+len(site.Migration.Replication.OriginCidrBlocks))
	}
	if site.CopiesObjects() {
		n.add(awstypes.EventRule, 3) // failed transfers, tasks that cannot run, agents that are offline
		n.add(awstypes.LogResourcePolicy, 1)
	}
	return n
}

// add counts resources in the site's region.
func (n *needs) add(typ string, count int) { n.counts[kind{typ, false}] += count }

// addService counts the resources of a service.
func (n *needs) addService(service siteconfig.Service) {
	if database := service.Database; database != nil {
		servers := 1 + database.ReadReplicas
		n.add(awstypes.DBInstance, servers)
		n.add(awstypes.DBParameterGroup, 1)
		n.add(awstypes.DBSubnetGroup, 1)
		n.add(awstypes.DBEventSubscription, 2) // events of the instance, and of its parameter group
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

// addEntry counts the resources of a site's load balancer, and the certificates of its names.
func (n *needs) addEntry(site *siteconfig.Site) {
	if site.Cdn.Domain != nil || site.ContentHostname() != "" {
		n.counts[kind{awstypes.Certificate, true}]++
	}
	if site.Domain == "" {
		return
	}
	n.add(awstypes.LoadBalancer, 1)
	n.add(awstypes.WebACL, 1)
	n.add(awstypes.TargetGroup, len(site.Services))
	n.add(awstypes.Certificate, len(site.Services))
}

// globalNeeds counts the resources of the stack global. It counts a health check for the content
// and each service of every AWS site, which is an upper bound: sites that are not up have none.
func globalNeeds(sites map[string]*siteconfig.Site) *needs {
	n := &needs{counts: map[kind]int{{awstypes.Zone, true}: 1, {awstypes.Key, true}: 2}} // the keys of alarms and DNSSEC
	for _, site := range sites {
		if !site.IsLocal() {
			n.counts[kind{awstypes.HealthCheck, true}] += 1 + len(site.Services)
		}
	}
	return n
}

// kindOf returns the kind of a resource in the state. The name of its provider, STACK or
// STACK-edge, tells whether it is at the edge.
func (s *Stack) kindOf(r pulumicli.Resource) kind {
	urn := r.Provider[:max(0, strings.LastIndex(r.Provider, "::"))]
	return kind{r.Type, s.Site == nil || strings.HasSuffix(urn, "::"+s.Name+"-edge")}
}

// existing counts the resources in the stack's state.
func (s *Stack) existing() map[kind]int {
	counts := map[kind]int{}
	for _, r := range s.Resources {
		// countedQuotas has the quota of gateway endpoints; that of interface endpoints is per VPC.
		if r.Type == awstypes.VPCEndpoint && r.Text("vpcEndpointType") != "Gateway" {
			continue
		}
		counts[s.kindOf(r)]++
	}
	return counts
}

// workloadRules counts the outbound rules of the security group of workloads: one to each
// block of the network, one to each prefix list of S3 and DynamoDB, and one to each port of
// the configured destinations. A prefix list that AWS manages counts by its weight, which
// AWS's documents state as 1 for DynamoDB and S3
// (https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html).
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
