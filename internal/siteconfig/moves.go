package siteconfig

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/components/migration"
	"example.com/multisite/guardrails"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// Endpoints returns the AWS services of the site's interface endpoints. While a database is copied
// they include AWS Secrets Manager, from which DMS reads its credentials.
func (s *Site) Endpoints() []string {
	const secrets = "secretsmanager"
	if s.CopiesDatabases() && !slices.Contains(s.Network.InterfaceEndpoints, secrets) {
		return append(slices.Clone(s.Network.InterfaceEndpoints), secrets)
	}
	return s.Network.InterfaceEndpoints
}

// CopiesDatabases reports whether a database is copied, so that the site has a replication
// instance.
func (s *Site) CopiesDatabases() bool { return s.copies(hasDatabase) }

// CopiesObjects reports whether objects are copied between the origin and the site's buckets.
func (s *Site) CopiesObjects() bool { return s.copies(hasBuckets) }

// CopyName returns the name of the component that copies a service's database.
func (s *Site) CopyName(service string) string { return s.ResourceName(service) + "-copy" }

// TransferName returns the name of the component that copies a bucket's objects.
func (s *Site) TransferName(service, bucket string) string {
	return s.ResourceName(service) + "-" + bucket + "-transfer"
}

// ReplicationName returns the name of the site's replication instance.
func (s *Site) ReplicationName() string { return s.Name + "-replication" }

// OriginAccess returns the resources that may connect to the origin, by name, with the reason.
func (s *Site) OriginAccess() map[string]string {
	access := map[string]string{}
	for _, name := range ordered.Keys(s.Services) {
		service := s.Services[name]
		if !service.Copying() {
			continue
		}
		reason := name + " is moving"
		if service.Database != nil {
			access[s.CopyName(name)+"-origin"] = reason
		}
		for bucket := range service.Buckets {
			access[s.TransferName(name, bucket)+"-origin"] = reason
		}
	}
	return access
}

// Copies returns the copies between the origin and the site that the configuration has, by the
// names of their tasks. Endpoints through which a task could write to the origin are among them
// if a market may flow there.
func (s *Site) Copies() map[string]guardrails.Copy {
	copies := map[string]guardrails.Copy{}
	for name, service := range s.Services {
		for market, direction := range service.Copied() {
			c := guardrails.Copy{Market: market, Part: strings.ToLower(market), ToOrigin: direction == migration.ToOrigin}
			if service.Database != nil {
				c.Holder = s.ResourceName(name)
				copies[s.CopyName(name)+"-"+c.Part] = c
			}
			for bucket := range service.Buckets {
				c.Holder = s.ResourceName(name) + "-" + bucket
				copies[s.TransferName(name, bucket)+"-"+c.Part] = c
			}
		}
		if service.WayBack() {
			copies[s.CopyName(name)+"-origin-target"] = guardrails.Copy{ToOrigin: true}
		}
	}
	return copies
}

// NoWayBack returns a warning for each market that is moving and has no way back.
func (s *Site) NoWayBack(rules *residency.Rules) (lines []string) {
	for _, name := range ordered.Keys(s.Services) {
		service := s.Services[name]
		for _, market := range service.Markets {
			move := service.Moves[market]
			if move.WayBack || !move.Phase.Moving() {
				continue
			}
			reason := "the home has served without replication"
			if missing := rules.NotCopied(name, market, s.Name, register.OriginPlace); len(missing) > 0 {
				reason = fmt.Sprintf("no flow to the origin has its %s (%s; %s)", strings.Join(missing, ", "), residency.Path, rules.Register.Markets[market].Law.Name)
			}
			lines = append(lines, diagnostic.OneWay.Line(fmt.Sprintf("%s: %s is %s: in the phase serving nothing is replicated to the origin, and the way back is a restore: %s", name, market, move.Phase, reason)))
		}
	}
	return lines
}

// Copied returns the markets of a service whose data is copied, with the direction.
func (s Service) Copied() map[string]migration.Direction {
	markets := map[string]migration.Direction{}
	for market, move := range s.Moves {
		if direction, copied := move.Copies(); copied {
			markets[market] = direction
		}
	}
	return markets
}

// Copying reports whether data of the service is copied between the origin and the site.
func (s Service) Copying() bool { return len(s.Copied()) > 0 }

// WayBack reports whether the service's database may be copied to the origin: a market that moves
// has a way back.
func (s Service) WayBack() bool {
	for _, move := range s.Moves {
		if move.WayBack && move.Phase.Moving() {
			return true
		}
	}
	return false
}

// RestoreMoves sets Recorded from the stack's outputs after its last update, and CutOver and
// WayBack of each move. A market that the home has served without replication has no way back,
// even if the register has a flow now: the origin lacks its writes.
func (s *Site) RestoreMoves(recorded map[string]any) {
	s.Recorded = map[string]any{}
	for output, value := range recorded {
		if value != nil && phases.IsMoveOutput(output) {
			s.Recorded[output] = value
		}
	}
	for service, entry := range s.Services {
		for market, move := range entry.Moves {
			move.WayBack = move.WayBack && recorded[phases.OneWayOutput(service, market)] != true
			_, copied := move.Copies()
			before := recorded[phases.CutOverOutput(service, market)] == true
			move.CutOver = copied && (before || move.Phase == phases.Serving)
			entry.Moves[market] = move
		}
	}
}

// MoveOutputs returns the stack's outputs on the phases of markets, for an update that applies the
// configuration. Markets that the site no longer serves keep their phase, in case they return.
func (s *Site) MoveOutputs() map[string]any {
	outputs := map[string]any{}
	for output, value := range s.Recorded {
		if strings.Contains(output, phases.PhaseOutput("", "")) {
			outputs[output] = value
		}
	}
	for name, service := range s.Services {
		for _, market := range service.Markets {
			move := service.Moves[market]
			outputs[phases.PhaseOutput(name, market)] = string(s.phase(name, market))
			if move.CutOver {
				outputs[phases.CutOverOutput(name, market)] = true
			}
			if move.Phase == phases.Serving && !move.WayBack {
				outputs[phases.OneWayOutput(name, market)] = true
			}
			if move.SharePercent > 0 {
				outputs[phases.ShareOutput(name, market)] = move.SharePercent
			}
		}
	}
	return outputs
}

// CheckSteps checks each step of a market from the phase that the stack's outputs record to the
// phase in the configuration, and returns the exceptions that allow a step. A market without a
// recorded phase may only be AtOrigin or Done. A market may be removed in these phases only.
func CheckSteps(site *Site, recorded map[string]any, today time.Time) (excepted []Exception, err error) {
	p := &config.Problems{File: config.StackFile(site.Name)}
	check := func(service, market string, check func(n config.Node)) {
		found := &config.Problems{File: p.File}
		check(config.Node{Path: config.Namespace + "migration.services." + service + ".markets." + market, Log: found})
		if len(found.Lines) == 0 {
			return
		}
		for _, e := range site.Exceptions {
			if e.Rule == phases.PhaseRule && e.Resource == service+" "+market && e.InForce(today) {
				excepted = append(excepted, e)
				return
			}
		}
		p.Lines = append(p.Lines, found.Lines...)
	}
	for _, output := range ordered.Keys(recorded) {
		service, market, isPhase := strings.Cut(output, phases.PhaseOutput("", ""))
		if !isPhase || site.serves(service, market) {
			continue
		}
		if from := phases.Phase(fmt.Sprint(recorded[output])); from != phases.AtOrigin && from != phases.Done {
			check(service, market, func(n config.Node) {
				n.Problem(fmt.Sprintf("a market of %s, since it is %s", service, from))
			})
		}
	}
	for _, service := range ordered.Keys(site.Services) {
		for _, market := range site.Services[service].Markets {
			to := site.phase(service, market)
			from, known := recorded[phases.PhaseOutput(service, market)].(string)
			if !known && (to == phases.AtOrigin || to == phases.Done) {
				continue
			}
			check(service, market, func(n config.Node) {
				if !known { // without a recorded phase there is no previous phase to compare with
					n.Log.Add(n.Path+".phase", to, "origin or done, for a market without a recorded phase")
					return
				}
				move := site.Services[service].Moves[market]
				share := move.SharePercent // if none was recorded
				if recorded, is := recorded[phases.ShareOutput(service, market)].(float64); is {
					share = int(recorded)
				}
				move.CheckStep(n, phases.Phase(from), to, share, today)
			})
		}
	}
	return excepted, p.Err()
}

// phase returns the phase of a market of a service. It is Done if the configuration has no move of
// the market.
func (s *Site) phase(service, market string) phases.Phase {
	if move, moving := s.Services[service].Moves[market]; moving {
		return move.Phase
	}
	return phases.Done
}

func hasDatabase(service Service) bool { return service.Database != nil }

func hasBuckets(service Service) bool { return len(service.Buckets) > 0 }

// copies reports whether the data of a service that has a database, or buckets, is copied.
func (s *Site) copies(has func(Service) bool) bool {
	for _, service := range s.Services {
		if service.Copying() && has(service) {
			return true
		}
	}
	return false
}
