package siteconfig

import (
	"example.com/multisite/internal/phases"
)

// Status is the content of a site's status parameter. It is zero for a site without a parameter.
type Status struct {
	// Host is the host name of the site's CDN or local endpoint, to which users are routed.
	Host string `json:"host"`
	// Serving is false for a planned site.
	Serving bool `json:"serving"`
	// Moves are the markets that the configuration moves, by service and market. All other
	// markets of the site are in the phase done.
	Moves map[string]map[string]MoveStatus `json:"moves"`
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
