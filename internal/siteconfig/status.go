package siteconfig

import (
	"slices"

	"example.com/multisite/internal/phases"
)

// Status is the content of a site's status parameter. It is zero for a site without a parameter.
type Status struct {
	// Host is the host name of the site's CDN or local endpoint, to which users are routed.
	Host string `json:"host"`
	// Serving is false for a planned site.
	Serving bool `json:"serving"`
	// Entry is the site's load balancer; nil if the site has none.
	Entry *EntryStatus `json:"entry,omitempty"`
	// Content is the site's CDN under the name ContentHostname; nil if it has no such name.
	Content *ContentStatus `json:"content,omitempty"`
	// Records are the CNAME records that certificate authorities require for the site's
	// certificates: the value by the record's name.
	Records map[string]string `json:"records,omitempty"`
	// Moves are the markets that the configuration moves, by service and market. All other
	// markets of the site are in the phase done.
	Moves map[string]map[string]MoveStatus `json:"moves"`
}

// EntryStatus is the load balancer of a site.
type EntryStatus struct {
	// Host is the host name of the load balancer, and ZoneID the Route 53 zone of that name.
	// ZoneID is empty for a local site.
	Host   string `json:"host"`
	ZoneID string `json:"zoneId,omitempty"`
	// DualStack reports whether the host has IPv6 addresses too.
	DualStack bool `json:"dualStack,omitempty"`
	// Ready are the services that the load balancer answers over HTTPS. The other services
	// wait for their certificates.
	Ready []string `json:"ready,omitempty"`
}

// ContentStatus is the CDN of a site.
type ContentStatus struct {
	// Host is CloudFront's host name, and ZoneID the Route 53 zone of that name.
	Host   string `json:"host"`
	ZoneID string `json:"zoneId"`
	// Ready reports whether the CDN answers ContentHostname over HTTPS.
	Ready bool `json:"ready"`
}

// Ready reports whether the site answers a service's names over HTTPS.
func (s Status) Ready(service string) bool {
	return s.Entry != nil && slices.Contains(s.Entry.Ready, service)
}

// MoveStatus is the phase of a market that moves, and its share of requests in percent.
type MoveStatus struct {
	Phase        phases.Phase `json:"phase"`
	SharePercent int          `json:"sharePercent"`
}

// StatusMoves returns the site's moves for its status parameter.
func (s *Site) StatusMoves() map[string]map[string]MoveStatus {
	moves := map[string]map[string]MoveStatus{}
	for name, service := range s.Services {
		for market, move := range service.Moves {
			if moves[name] == nil {
				moves[name] = map[string]MoveStatus{}
			}
			moves[name][market] = MoveStatus{move.Phase, move.SharePercent}
		}
	}
	return moves
}
