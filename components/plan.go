package components

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
)

// Tier is a layer of a network, by what its subnets may reach.
type Tier string

const (
	// Public subnets have a route to and from the internet: load balancers, NAT gateways.
	Public Tier = "public"
	// Private subnets reach the internet through NAT only: workloads.
	Private Tier = "private"
	// Data subnets have no route out of the network: databases.
	Data Tier = "data"
)

// Tiers lists all tiers.
var Tiers = []Tier{Public, Private, Data}

// zoneBits make room for eight zones in every tier, zone a to zone h. AWS has
// no region with more.
const zoneBits = 3

// layout gives each tier a fixed share of the block: shares[index] of 2^bits
// equal ones. Private takes the lower half, for the addresses of containers.
// Shares 6 and 7 of 8 are for tiers to come. Never change an entry: subnets
// would move, and with them everything in them.
var layout = map[Tier]struct{ bits, index int }{
	Private: {1, 0},
	Public:  {3, 4},
	Data:    {3, 5},
}

// Blocks that a network may have: AWS has no subnet smaller than /28, and the
// smallest here are 6 bits longer than the network's block.
const (
	minBlockBits = 16
	maxBlockBits = 22
)

// TierBlock returns the part of a network's block that holds a tier's subnets.
func TierBlock(network netip.Prefix, tier Tier) netip.Prefix {
	return part(network, layout[tier].bits, layout[tier].index)
}

// SubnetBlock returns the address block of a tier in a zone, such as us-west-2a.
// It depends on its arguments alone: adding a zone or a tier moves nothing.
func SubnetBlock(network netip.Prefix, tier Tier, zone string) (netip.Prefix, error) {
	if _, known := layout[tier]; !known {
		return netip.Prefix{}, fmt.Errorf("tier: found %q, allowed are %q", tier, Tiers)
	}
	if err := CheckBlock(network); err != nil {
		return netip.Prefix{}, err
	}
	slot, err := zoneSlot(zone)
	if err != nil {
		return netip.Prefix{}, err
	}
	return part(TierBlock(network, tier), zoneBits, slot), nil
}

// CheckBlock demands a block that can be planned: private IPv4, from /16 to /22.
func CheckBlock(block netip.Prefix) error {
	if !block.IsValid() || !block.Addr().Is4() || !block.Addr().IsPrivate() || block != block.Masked() ||
		block.Bits() < minBlockBits || block.Bits() > maxBlockBits {
		return fmt.Errorf("address block: found %q, allowed is a private IPv4 block (RFC 1918) from /%d to /%d, such as 10.16.0.0/16",
			block, minBlockBits, maxBlockBits)
	}
	return nil
}

// ZoneName is the form of an availability zone's name, such as us-west-2a.
var ZoneName = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d[a-h]$`)

// zoneSlot numbers a zone by its letter, so that its subnets stay where they are
// whichever other zones an account sees.
func zoneSlot(zone string) (int, error) {
	if ZoneName.MatchString(zone) {
		return int(zone[len(zone)-1] - 'a'), nil
	}
	return 0, fmt.Errorf("zone: found %q, allowed is a name that ends in a letter from a to h, such as us-west-2a", zone)
}

// part returns one of the 2^bits equal parts of a block.
func part(block netip.Prefix, bits, index int) netip.Prefix {
	length := block.Bits() + bits
	base := binary.BigEndian.Uint32(block.Addr().AsSlice())
	base |= uint32(index) << (32 - length) //nolint:gosec // index is below 2^bits
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, base))), length)
}
