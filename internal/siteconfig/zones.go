package siteconfig

import (
	"fmt"
	"slices"

	"example.com/multisite/internal/config"
)

// PickZones returns the availability zones of the site's network: the zones that the configuration
// names, or the first zones, sorted by name, that the region offers the account. It reports names
// that are not offered, and a number of zones that is too large.
func (s *Site) PickZones(offered []string) ([]string, error) {
	offered = slices.Sorted(slices.Values(offered))
	p := &config.Problems{File: config.StackFile(s.Name)}
	for _, zone := range s.Network.ZoneNames {
		if !slices.Contains(offered, zone) {
			p.Add(config.Namespace+"network.zones", zone, fmt.Sprintf("zones that %s offers this account, %q", s.Region, offered))
		}
	}
	if s.Network.Zones > len(offered) {
		p.Add(config.Namespace+"network.zones", s.Network.Zones,
			fmt.Sprintf("at most %d, since %s offers this account %q", len(offered), s.Region, offered))
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	return append(slices.Clone(s.Network.ZoneNames), offered[:s.Network.Zones]...), nil
}
