package components

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
)

// Tier is a layer of a network, defined by what its subnets can reach.
type Tier string

const (
	// Public subnets have a route to and from the internet: for load balancers and NAT
	// gateways.
	Public Tier = "public"
	// Private subnets reach the internet through NAT only: for workloads.
	Private Tier = "private"
	// Data subnets have no route out of the network: for databases.
	Data Tier = "data"
)

// Tiers lists all tiers.
var Tiers = []Tier{Public, Private, Data}

// zoneBits reserves space in every tier for eight zones, a to h. No AWS region has more.
const zoneBits = 3

// layout gives each tier a fixed share of the network's block: share number index of
// 2^bits equal shares. Private gets the lower half, because containers need many
// addresses. Shares 6 and 7 of 8 are free for future tiers. Never change an entry: the
// subnets, and all resources in them, would be replaced.
var layout = map[Tier]struct{ bits, index int }{
	Private: {1, 0},
	Public:  {3, 4},
	Data:    {3, 5},
}

// Prefix lengths that a network's block may have. The smallest subnet of AWS is a /28,
// and the smallest subnets here are 6 bits longer than the network's block.
const (
	minBlockBits = 16
	maxBlockBits = 22
)

// TierBlock returns the part of a network's block that holds a tier's subnets.
func TierBlock(network netip.Prefix, tier Tier) netip.Prefix {
	return part(network, layout[tier].bits, layout[tier].index)
}

// SubnetBlock returns the address block of a tier in a zone, such as us-west-2a. The
// block depends on the arguments alone, so adding a zone or a tier moves no subnet. It
// returns an error for an unknown tier, for a network that CheckBlock refuses, and for a
// zone that does not match ZoneName.
func SubnetBlock(network netip.Prefix, tier Tier, zone string) (netip.Prefix, error) {
	if _, known := layout[tier]; !known {
		return netip.Prefix{}, fmt.Errorf("tier: found %q; allowed: one of %q", tier, Tiers)
	}
	if err := CheckBlock(network); err != nil {
		return netip.Prefix{}, fmt.Errorf("network: %w", err)
	}
	slot, err := zoneSlot(zone)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("zone: %w", err)
	}
	return part(TierBlock(network, tier), zoneBits, slot), nil
}

// SecondaryBlock returns the part of a secondary block that belongs to a zone's private
// subnet.
func SecondaryBlock(block netip.Prefix, zone string) (netip.Prefix, error) {
	slot, err := zoneSlot(zone)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("zone: %w", err)
	}
	return part(block, zoneBits, slot), nil
}

// dualStackTiers lists the tiers that have IPv6 in a dual-stack network. A tier's
// position determines its IPv6 blocks: never change it.
var dualStackTiers = []Tier{Public, Private}

// IPv6Block returns the /64 of a tier in a zone, within the /56 that AWS assigns to a
// network, or an empty string for a tier without IPv6.
func IPv6Block(network string, tier Tier, zone string) (string, error) {
	index := slices.Index(dualStackTiers, tier)
	if index < 0 {
		return "", nil
	}
	block, err := netip.ParsePrefix(network)
	if err != nil || !block.Addr().Is6() || block.Bits() != 56 {
		return "", fmt.Errorf("network: found %q; allowed: an IPv6 block of length /56, as AWS assigns it", network)
	}
	slot, err := zoneSlot(zone)
	if err != nil {
		return "", fmt.Errorf("zone: %w", err)
	}
	address := block.Addr().As16()
	address[7] |= byte(index<<zoneBits | slot) //nolint:gosec // below 16
	return netip.PrefixFrom(netip.AddrFrom16(address), 64).String(), nil
}

// CidrBlock matches the form of an IPv4 block. It does not check the range of the
// numbers.
var CidrBlock = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+/\d+$`)

// sharedAddresses is the address space that carriers share with their customers (RFC
// 6598). It suits containers.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// CheckSecondaryBlock returns an error unless AWS accepts block as a secondary block of
// network (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html) and the
// block is large enough for all zones. The caller adds the key to the error.
func CheckSecondaryBlock(block, network netip.Prefix) error {
	shared := block.IsValid() && sharedAddresses.Overlaps(block) && block.Bits() >= minBlockBits && block.Bits() <= maxBlockBits && block == block.Masked()
	same := CheckBlock(block) == nil && privateRange(block) == privateRange(network)
	if (shared || same) && !block.Overlaps(network) {
		return nil
	}
	return fmt.Errorf("found %q; allowed: a block from /%d to /%d of %s or of %s that does not overlap %s",
		block, minBlockBits, maxBlockBits, sharedAddresses, privateRange(network), network)
}

// privateRange returns the RFC 1918 range that contains a private block.
func privateRange(block netip.Prefix) netip.Prefix {
	for _, r := range []string{"10.0.0.0/8", "172.16.0.0/12"} {
		if r := netip.MustParsePrefix(r); r.Contains(block.Addr()) {
			return r
		}
	}
	return netip.MustParsePrefix("192.168.0.0/16")
}

// CheckBlock returns an error unless the address plan supports block: private IPv4 (RFC
// 1918), from /16 to /22. The caller adds the key to the error.
func CheckBlock(block netip.Prefix) error {
	if !block.IsValid() || !block.Addr().Is4() || !block.Addr().IsPrivate() || block != block.Masked() ||
		block.Bits() < minBlockBits || block.Bits() > maxBlockBits {
		return fmt.Errorf("found %q; allowed: a private IPv4 block (RFC 1918) from /%d to /%d, such as 10.16.0.0/16",
			block, minBlockBits, maxBlockBits)
	}
	return nil
}

// ZoneName matches the name of an availability zone, such as us-west-2a.
var ZoneName = regexp.MustCompile(`^[a-z]+(-[a-z]+)+-\d[a-h]$`)

// zoneSlot returns the number of a zone: 0 for letter a to 7 for letter h. A zone's
// subnets thus keep their blocks, whatever other zones an account has. The caller adds
// the key to the error.
func zoneSlot(zone string) (int, error) {
	if ZoneName.MatchString(zone) {
		return int(zone[len(zone)-1] - 'a'), nil
	}
	return 0, fmt.Errorf("found %q; allowed: a name that ends in a letter from a to h, such as us-west-2a", zone)
}

// part returns part number index of the 2^bits equal parts of a block.
func part(block netip.Prefix, bits, index int) netip.Prefix {
	length := block.Bits() + bits
	base := binary.BigEndian.Uint32(block.Addr().AsSlice())
	base |= uint32(index) << (32 - length) //nolint:gosec // index is below 2^bits
	return netip.PrefixFrom(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, base))), length)
}
