package components

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var allZones = []string{"us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d", "us-west-2e", "us-west-2f", "us-west-2g", "us-west-2h"}

func TestSubnetBlockGolden(t *testing.T) {
	// These blocks are in use: a change here replaces the subnets of every site.
	golden := []struct {
		network string
		tier    Tier
		zone    string
		block   string
	}{
		{"10.16.0.0/16", Private, "us-west-2a", "10.16.0.0/20"},
		{"10.16.0.0/16", Private, "us-west-2b", "10.16.16.0/20"},
		{"10.16.0.0/16", Private, "us-west-2h", "10.16.112.0/20"},
		{"10.16.0.0/16", Public, "us-west-2a", "10.16.128.0/22"},
		{"10.16.0.0/16", Public, "us-west-2c", "10.16.136.0/22"},
		{"10.16.0.0/16", Data, "us-west-2a", "10.16.160.0/22"},
		{"10.16.0.0/16", Data, "us-west-2h", "10.16.188.0/22"},
		{"192.168.4.0/22", Private, "eu-west-1a", "192.168.4.0/26"},
		{"192.168.4.0/22", Data, "eu-west-1c", "192.168.6.160/28"},
	}
	for _, row := range golden {
		block, err := SubnetBlock(netip.MustParsePrefix(row.network), row.tier, row.zone)
		require.NoError(t, err)
		assert.Equal(t, row.block, block.String(), "%s %s", row.tier, row.zone)
	}
}

func TestSubnetBlocksAreContainedAndDisjoint(t *testing.T) {
	for _, base := range []string{"10.0.0.0", "10.255.0.0", "172.16.0.0", "192.168.0.0"} {
		for bits := minBlockBits; bits <= maxBlockBits; bits++ {
			network := netip.PrefixFrom(netip.MustParseAddr(base), bits)
			var blocks []netip.Prefix
			for _, tier := range Tiers {
				for _, zone := range allZones {
					block, err := SubnetBlock(network, tier, zone)
					require.NoError(t, err)
					assert.True(t, network.Contains(block.Addr()) && block.Bits() > network.Bits(), "%s lies in %s", block, network)
					assert.Equal(t, block, block.Masked())
					assert.LessOrEqual(t, block.Bits(), 28, "AWS has no smaller subnets")
					for _, other := range blocks {
						assert.False(t, block.Overlaps(other), "%s overlaps %s", block, other)
					}
					blocks = append(blocks, block)
				}
			}
		}
	}
}

func TestSubnetBlockDependsOnTheZonesLetterAlone(t *testing.T) {
	network := netip.MustParsePrefix("10.48.0.0/16")
	west1, err := SubnetBlock(network, Data, "us-west-1c")
	require.NoError(t, err)
	east1, err := SubnetBlock(network, Data, "us-east-1c")
	require.NoError(t, err)
	assert.Equal(t, west1, east1)
}

func TestSharesOfTheLayoutAreDisjoint(t *testing.T) {
	network := netip.MustParsePrefix("10.0.0.0/16")
	for _, a := range Tiers {
		for _, b := range Tiers {
			one, other := TierBlock(network, a), TierBlock(network, b)
			assert.Equal(t, a == b, one.Overlaps(other), "%s and %s", a, b)
		}
	}
}

func TestSubnetBlockRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		network, zone string
		tier          Tier
		message       string
	}{
		"a public block":        {"8.8.0.0/16", "us-west-2a", Data, `found "8.8.0.0/16"`},
		"a block too large":     {"10.0.0.0/15", "us-west-2a", Data, `from /16 to /22`},
		"a block too small":     {"10.0.0.0/23", "us-west-2a", Data, `from /16 to /22`},
		"a block not canonical": {"10.0.1.0/16", "us-west-2a", Data, `found "10.0.1.0/16"`},
		"IPv6":                  {"fd00::/16", "us-west-2a", Data, `private IPv4`},
		"an unknown tier":       {"10.0.0.0/16", "us-west-2a", "intra", `tier: found "intra"`},
		"a zone without letter": {"10.0.0.0/16", "us-west-2", Data, `zone: found "us-west-2"`},
		"no zone":               {"10.0.0.0/16", "", Data, `zone: found ""`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := SubnetBlock(netip.MustParsePrefix(row.network), row.tier, row.zone)
			assert.ErrorContains(t, err, row.message)
		})
	}
}
