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

// Network is multisite:network.
type Network struct {
	CidrBlock string
	IPFamily  components.IPFamily
	// SecondaryCidrBlocks each add a private subnet per zone.
	SecondaryCidrBlocks []string
	// Zones is how many of the region's zones, in the order of their names, and
	// ZoneNames which ones: the first is 0 where the second is given.
	Zones       int
	ZoneNames   []string
	NatGateways components.NatGateways
	// Egress is what workloads reach outside of the network.
	Egress []components.Egress
	// InterfaceEndpoints are AWS services beside S3 and DynamoDB.
	InterfaceEndpoints []string
}

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
				n.Log.Add(endpoints.Path, service, "services other than "+strings.Join(components.GatewayEndpoints, " and ")+", which have gateways")
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

// loadEgress loads where workloads may connect to, and why.
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
			Reason: entry.Field("reason").Match(components.EgressReason, "why, in up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"),
		}
		for _, port := range entry.Field("ports").Elements() {
			egress.Ports = append(egress.Ports, port.Number(1, 65535))
		}
		list = append(list, egress)
	}
	return list
}

// checkSecondary finds blocks that AWS would refuse, and ones of another site.
func checkSecondary(n config.Node, network Network, reg *register.Register) {
	first, err := netip.ParsePrefix(network.CidrBlock)
	if err != nil {
		return // a problem of its own
	}
	for i, text := range network.SecondaryCidrBlocks {
		block, _ := netip.ParsePrefix(text) // the zero block is refused too
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

// Egress are the blocks that the configuration lets workloads connect to, and the
// replication instance, by the names of their security groups.
func (s *Site) Egress() map[string][]string {
	blocks := map[string][]string{s.ReplicationName(): s.Migration.Replication.OriginCidrBlocks}
	for _, egress := range s.Network.Egress {
		workloads := s.Name + "-network-private"
		blocks[workloads] = append(blocks[workloads], egress.To)
	}
	return blocks
}
