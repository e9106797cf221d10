package components

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
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

// SecondaryBlock returns the part of a secondary block that a zone's private subnet takes.
func SecondaryBlock(block netip.Prefix, zone string) (netip.Prefix, error) {
	slot, err := zoneSlot(zone)
	if err != nil {
		return netip.Prefix{}, err
	}
	return part(block, zoneBits, slot), nil
}

// Subnets of these tiers have IPv6 in a dual-stack network. Their position is
// that of their blocks: never change it.
var dualStackTiers = []Tier{Public, Private}

// IPv6Block returns the /64 of a tier in a zone, within the /56 that AWS gives a
// network, or nothing for a tier without IPv6.
func IPv6Block(network string, tier Tier, zone string) (string, error) {
	index := slices.Index(dualStackTiers, tier)
	if index < 0 {
		return "", nil
	}
	block, err := netip.ParsePrefix(network)
	if err != nil || !block.Addr().Is6() || block.Bits() != 56 {
		return "", fmt.Errorf("IPv6 block: found %q, allowed is a /56 as AWS gives it", network)
	}
	slot, err := zoneSlot(zone)
	if err != nil {
		return "", err
	}
	address := block.Addr().As16()
	address[7] |= byte(index<<zoneBits | slot) //nolint:gosec // 16 of them
	return netip.PrefixFrom(netip.AddrFrom16(address), 64).String(), nil
}

// CidrBlock is the form of an IPv4 block.
var CidrBlock = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+/\d+$`)

// sharedAddresses are those between a carrier and its customers (RFC 6598), which
// serve well for containers.
var sharedAddresses = netip.MustParsePrefix("100.64.0.0/10")

// CheckSecondaryBlock demands a block that AWS accepts beside a network's first one
// (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html) and that
// zones can share.
func CheckSecondaryBlock(block, network netip.Prefix) error {
	shared := block.IsValid() && sharedAddresses.Overlaps(block) && block.Bits() >= minBlockBits && block.Bits() <= maxBlockBits && block == block.Masked()
	same := CheckBlock(block) == nil && privateRange(block) == privateRange(network)
	if (shared || same) && !block.Overlaps(network) {
		return nil
	}
	return fmt.Errorf("found %q, allowed is a block from /%d to /%d of %s or of %s, apart from %s",
		block, minBlockBits, maxBlockBits, sharedAddresses, privateRange(network), network)
}

// privateRange is the one of RFC 1918's ranges that a private block lies in.
func privateRange(block netip.Prefix) netip.Prefix {
	for _, r := range []string{"10.0.0.0/8", "172.16.0.0/12"} {
		if r := netip.MustParsePrefix(r); r.Contains(block.Addr()) {
			return r
		}
	}
	return netip.MustParsePrefix("192.168.0.0/16")
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
