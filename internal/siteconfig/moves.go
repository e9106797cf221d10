package siteconfig

import (
	"fmt"
	"slices"
	"strings"
	"time"

	transfer "example.com/multisite/components/migration"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/migration"
	"example.com/multisite/internal/ordered"
)

// Endpoints are the site's interface endpoints, with the one that copies need.
func (s *Site) Endpoints() []string {
	const secrets = "secretsmanager"
	if s.CopiesDatabases() && !slices.Contains(s.Network.InterfaceEndpoints, secrets) {
		return append(slices.Clone(s.Network.InterfaceEndpoints), secrets)
	}
	return s.Network.InterfaceEndpoints
}

// CopiesDatabases reports whether the site has a replication instance.
func (s *Site) CopiesDatabases() bool { return s.copies(hasDatabase) }

// CopiesObjects reports whether the site transfers objects between the origin and its buckets.
func (s *Site) CopiesObjects() bool { return s.copies(hasBuckets) }

func hasDatabase(service Service) bool { return service.Database != nil }

func hasBuckets(service Service) bool { return len(service.Buckets) > 0 }

// copies reports whether data is copied of a service for which something holds.
func (s *Site) copies(has func(Service) bool) bool {
	for _, service := range s.Services {
		if service.Copying() && has(service) {
			return true
		}
	}
	return false
}

func (s *Site) CopyName(service string) string { return s.ResourceName(service) + "-copy" }

func (s *Site) TransferName(service, bucket string) string {
	return s.ResourceName(service) + "-" + bucket + "-transfer"
}

func (s *Site) ReplicationName() string { return s.Name + "-replication" }

// OriginAccess are the names of what may talk to the origin, with why.
func (s *Site) OriginAccess() map[string]string {
	opened := map[string]string{}
	for _, name := range ordered.Keys(s.Services) {
		service := s.Services[name]
		if !service.Copying() {
			continue
		}
		why := name + " is moving"
		if service.Database != nil {
			opened[s.CopyName(name)+"-origin"] = why
		}
		for bucket := range service.Buckets {
			opened[s.TransferName(name, bucket)+"-origin"] = why
		}
	}
	return opened
}

// phase is how far a market of a service has moved. What the configuration does not
// name has nothing to move.
func (s *Site) phase(service, market string) migration.Phase {
	if move, moving := s.Services[service].Moves[market]; moving {
		return move.Phase
	}
	return migration.Done
}

// Copied are the markets of a service whose data is, with the way that it goes.
func (s Service) Copied() map[string]transfer.Direction {
	markets := map[string]transfer.Direction{}
	for market, move := range s.Moves {
		if direction, copied := move.Phase.Copies(); copied {
			markets[market] = direction
		}
	}
	return markets
}

// Copying reports whether data of the service is copied between the origin and the site.
func (s Service) Copying() bool { return len(s.Copied()) > 0 }

// RestoreMoves notes what the last update recorded, and for each market that is copied,
// whether its home has served it.
func (s *Site) RestoreMoves(recorded map[string]any) {
	s.Recorded = map[string]any{}
	for output, value := range recorded {
		if value != nil && migration.IsMoveOutput(output) {
			s.Recorded[output] = value
		}
	}
	for service, entry := range s.Services {
		for market, move := range entry.Moves {
			_, copied := move.Phase.Copies()
			before := recorded[migration.CutOverOutput(service, market)] == true
			move.CutOver = copied && (before || move.Phase == migration.Serving)
			entry.Moves[market] = move
		}
	}
}

// MoveOutputs are the stack's outputs on markets once the configuration is applied. Markets
// that the site serves no more keep their phase, should they come back.
func (s *Site) MoveOutputs() map[string]any {
	outputs := map[string]any{}
	for output, value := range s.Recorded {
		if strings.Contains(output, migration.PhaseOutput("", "")) {
			outputs[output] = value
		}
	}
	for name, service := range s.Services {
		for _, market := range service.Markets {
			move := service.Moves[market]
			outputs[migration.PhaseOutput(name, market)] = string(s.phase(name, market))
			if move.CutOver {
				outputs[migration.CutOverOutput(name, market)] = true
			}
			if move.SharePercent > 0 {
				outputs[migration.ShareOutput(name, market)] = move.SharePercent
			}
		}
	}
	return outputs
}

// CheckSteps holds every step away from the phases that the stack was in, as its
// outputs have them, to the rules. It returns the exceptions that it makes. What was
// not recorded has not begun to move, or has nothing to.
func CheckSteps(site *Site, recorded map[string]any, today time.Time) (excepted []Exception, err error) {
	p := &config.Problems{File: "Pulumi." + site.Name + ".yaml"}
	check := func(service, market string, check func(n config.Node)) {
		found := &config.Problems{File: p.File}
		check(config.Node{Path: config.Namespace + "migration.services." + service + ".markets." + market, Log: found})
		if len(found.Lines) == 0 {
			return
		}
		for _, e := range site.Exceptions {
			if e.Rule == migration.PhaseRule && e.Resource == service+" "+market && !e.Expired(today) {
				excepted = append(excepted, e)
				return
			}
		}
		p.Lines = append(p.Lines, found.Lines...)
	}
	for _, output := range ordered.Keys(recorded) {
		service, market, isPhase := strings.Cut(output, migration.PhaseOutput("", ""))
		if !isPhase || site.serves(service, market) {
			continue
		}
		if from := migration.Phase(fmt.Sprint(recorded[output])); from != migration.AtOrigin && from != migration.Done {
			check(service, market, func(n config.Node) {
				n.Problem(fmt.Sprintf("a market of %s, since it is %s", service, from))
			})
		}
	}
	for _, service := range ordered.Keys(site.Services) {
		for _, market := range site.Services[service].Markets {
			to := site.phase(service, market)
			from, known := recorded[migration.PhaseOutput(service, market)].(string)
			if !known && (to == migration.AtOrigin || to == migration.Done) {
				continue
			}
			check(service, market, func(n config.Node) {
				if !known { // the account's roles for the copies come first, with the stack global
					n.Log.Add(n.Path+".phase", to, "origin, to begin with, or done")
					return
				}
				site.Services[service].Moves[market].CheckStep(n, migration.Phase(from), to, today)
			})
		}
	}
	return excepted, p.Err()
}
