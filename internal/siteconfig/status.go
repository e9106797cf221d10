package siteconfig

import "example.com/multisite/internal/migration"

// Status is what a site says of itself. It is zero for a site that is not up.
type Status struct {
	// Host is what users are sent to, the site's CDN or local endpoint.
	Host string `json:"host"`
	// Serving is false for a site that is planned.
	Serving bool `json:"serving"`
	// Moves are the markets on their way, by service. All others are there.
	Moves map[string]map[string]MoveStatus `json:"moves"`
}

// MoveStatus is how far a market has moved.
type MoveStatus struct {
	Phase        migration.Phase `json:"phase"`
	SharePercent int             `json:"sharePercent"`
}

// StatusMoves are the markets of a site that are on their way.
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
