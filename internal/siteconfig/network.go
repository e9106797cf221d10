package siteconfig

import (
	"net/netip"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

// Network is the configuration of a site's network, multisite:network.
type Network struct {
	// CidrBlock is the primary IPv4 block.
	CidrBlock string
	IPFamily  components.IPFamily
	// SecondaryCidrBlocks are additional IPv4 blocks. Each adds a private subnet per zone.
	SecondaryCidrBlocks []string
	// Zones is the number of zones to use: the region's first zones by name. If ZoneNames lists
	// zones, Zones is 0.
	Zones       int
	ZoneNames   []string
	NatGateways components.NatGateways
	// Egress are the blocks outside of the network that workloads may connect to.
	Egress []components.Egress
	// InterfaceEndpoints are AWS services, except for S3 and DynamoDB, which have gateway
	// endpoints.
	InterfaceEndpoints []string
}

// Egress returns the blocks outside of the network that the workloads and the replication instance
// may connect to, by the names of their security groups.
func (s *Site) Egress() map[string][]string {
	blocks := map[string][]string{s.ReplicationName(): s.Migration.Replication.OriginCidrBlocks}
	for _, egress := range s.Network.Egress {
		workloads := s.Name + "-network-private"
		blocks[workloads] = append(blocks[workloads], egress.To)
	}
	return blocks
}

// loadNetwork reads multisite:network of an AWS site.
func loadNetwork(n config.Node, site string, reg *register.Register) Network {
	n.Fields("cidrBlock", "ipFamily", "secondaryCidrBlocks", "zones", "natGateways", "egress", "interfaceEndpoints")
	network := Network{
		CidrBlock:   pinned(n.Field("cidrBlock"), reg.Sites[site].CidrBlock),
		IPFamily:    config.Choice(n.Field("ipFamily"), components.IPv4, components.IPFamilies),
		NatGateways: config.Choice(n.Field("natGateways"), components.NatPerZone, components.AllNatGateways),
		Egress:      loadEgress(n.Field("egress")),
	}
	if endpoints := n.Field("interfaceEndpoints"); endpoints.Value != nil {
		network.InterfaceEndpoints = endpoints.Names(1, components.ServiceName)
		for _, service := range network.InterfaceEndpoints {
			if slices.Contains(components.GatewayEndpoints, service) {
				n.Log.Add(endpoints.Path, service, "services other than "+strings.Join(components.GatewayEndpoints, " and ")+", which have gateway endpoints")
			}
		}
	}
	if zones := n.Field("zones"); zones.IsList() {
		network.ZoneNames = zones.Names(2, components.ZoneName)
	} else {
		network.Zones = zones.Number(2, 8)
	}
	if secondary := n.Field("secondaryCidrBlocks"); secondary.Value != nil {
		network.SecondaryCidrBlocks = secondary.Names(1, components.CidrBlock)
		checkSecondary(secondary, network, reg)
	}
	return network
}

// loadEgress reads the blocks that workloads may connect to, with their reasons.
func loadEgress(n config.Node) (list []components.Egress) {
	for _, entry := range n.Elements() {
		entry.Fields("to", "ports", "reason")
		to := entry.Field("to")
		text, _ := to.Value.(string)
		if block, err := netip.ParsePrefix(text); err != nil || block != block.Masked() {
			to.Problem("an IPv4 or IPv6 block such as 203.0.113.0/24")
		}
		egress := components.Egress{
			To:     text,
			Reason: entry.Field("reason").Match(components.EgressReason, "the reason, in up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"),
		}
		for _, port := range entry.Field("ports").Elements() {
			egress.Ports = append(egress.Ports, port.Number(1, 65535))
		}
		list = append(list, egress)
	}
	return list
}

// checkSecondary reports secondary blocks that AWS would refuse, or that overlap one another or
// another site's primary block.
func checkSecondary(n config.Node, network Network, reg *register.Register) {
	first, err := netip.ParsePrefix(network.CidrBlock)
	if err != nil {
		return // reported with the key cidrBlock
	}
	for i, text := range network.SecondaryCidrBlocks {
		block, _ := netip.ParsePrefix(text) // CheckSecondaryBlock refuses the zero block too
		if components.CheckSecondaryBlock(block, first) != nil {
			n.Log.Add(n.Path, text, "blocks from /16 to /22 of 100.64.0.0/10, or of the private range of "+network.CidrBlock+" and apart from it")
		}
		for _, other := range network.SecondaryCidrBlocks[:i] {
			if taken, err := netip.ParsePrefix(other); err == nil && block.IsValid() && taken.Overlaps(block) {
				n.Log.Add(n.Path, text, "blocks apart from "+other)
			}
		}
		for _, name := range ordered.Keys(reg.Sites) {
			taken, err := netip.ParsePrefix(reg.Sites[name].CidrBlock)
			if err == nil && taken != first && block.IsValid() && taken.Overlaps(block) {
				n.Log.Add(n.Path, text, "blocks apart from "+name+"'s, "+taken.String())
			}
		}
	}
}
