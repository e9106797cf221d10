package stacks

import (
	"net/netip"
	"slices"
	"strings"

	"multisite/components"
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

func loadNetwork(n node, site string, register *Register) Network {
	n.fields("cidrBlock", "ipFamily", "secondaryCidrBlocks", "zones", "natGateways", "egress", "interfaceEndpoints")
	network := Network{
		CidrBlock:   pinned(n.field("cidrBlock"), register.Sites[site].CidrBlock),
		IPFamily:    choice(n.field("ipFamily"), components.IPv4, components.IPFamilies),
		NatGateways: choice(n.field("natGateways"), components.NatPerZone, components.AllNatGateways),
		Egress:      loadEgress(n.field("egress")),
	}
	if endpoints := n.field("interfaceEndpoints"); endpoints.value != nil {
		network.InterfaceEndpoints = endpoints.names(1, components.ServiceName)
		for _, service := range network.InterfaceEndpoints {
			if slices.Contains(components.GatewayEndpoints, service) {
				n.log.add(endpoints.path, service, "services other than "+strings.Join(components.GatewayEndpoints, " and ")+", which have gateways")
			}
		}
	}
	if zones := n.field("zones"); zones.isList() {
		network.ZoneNames = zones.names(2, components.ZoneName)
	} else {
		network.Zones = zones.number(2, 8)
	}
	if secondary := n.field("secondaryCidrBlocks"); secondary.value != nil {
		network.SecondaryCidrBlocks = secondary.names(1, components.CidrBlock)
		checkSecondary(secondary, network, register)
	}
	return network
}

// loadEgress loads where workloads may connect to, and why.
func loadEgress(n node) (list []components.Egress) {
	for _, entry := range n.elements() {
		entry.fields("to", "ports", "reason")
		to := entry.field("to")
		text, _ := to.value.(string)
		if block, err := netip.ParsePrefix(text); err != nil || block != block.Masked() {
			to.problem("an IPv4 or IPv6 block such as 203.0.113.0/24")
		}
		egress := components.Egress{
			To:     text,
			Reason: entry.field("reason").match(components.EgressReason, "why, in up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*"),
		}
		for _, port := range entry.field("ports").elements() {
			egress.Ports = append(egress.Ports, port.number(1, 65535))
		}
		list = append(list, egress)
	}
	return list
}

// checkSecondary finds blocks that AWS would refuse, and ones of another site.
func checkSecondary(n node, network Network, register *Register) {
	first, err := netip.ParsePrefix(network.CidrBlock)
	if err != nil {
		return // a problem of its own
	}
	for i, text := range network.SecondaryCidrBlocks {
		block, _ := netip.ParsePrefix(text) // the zero block is refused too
		if components.CheckSecondaryBlock(block, first) != nil {
			n.log.add(n.path, text, "blocks from /16 to /22 of 100.64.0.0/10, or of the private range of "+network.CidrBlock+" and apart from it")
		}
		for _, other := range network.SecondaryCidrBlocks[:i] {
			if taken, err := netip.ParsePrefix(other); err == nil && block.IsValid() && taken.Overlaps(block) {
				n.log.add(n.path, text, "blocks apart from "+other)
			}
		}
		for _, name := range names(register.Sites) {
			taken, err := netip.ParsePrefix(register.Sites[name].CidrBlock)
			if err == nil && taken != first && block.IsValid() && taken.Overlaps(block) {
				n.log.add(n.path, text, "blocks apart from "+name+"'s, "+taken.String())
			}
		}
	}
}
