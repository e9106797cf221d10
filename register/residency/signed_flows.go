package residency

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

// Flow is data that may move from one place to another: from a site, or the origin, to a site, or
// from a site to the origin. A role of the company signed it, and it has an end.
type Flow struct {
	// From and To are sites, or register.OriginPlace.
	From, To         string
	Classes, Markets []string
	// Reason states in one line why the data moves.
	Reason string
	// SignedBy is the role that allowed the flow, and Signed is the day of the signature.
	SignedBy string `yaml:"signedBy"`
	Signed   string
	// Until is the last day of the flow in UTC, at most MaxFlowDays after Signed. For a flow from
	// the origin it is UntilDone.
	Until string
}

// MaxFlowDays is how many days a flow may last after its signature: a year.
const MaxFlowDays = 366

// UntilDone is the end of a flow from the origin: the phase done of each market, after which the
// program copies nothing.
const UntilDone = "done"

// InForce reports whether a flow allows anything on a day.
func (f Flow) InForce(today time.Time) bool {
	return f.Until == UntilDone && f.From == register.OriginPlace || f.Until >= today.UTC().Format(time.DateOnly)
}

// CheckExpired reports each flow that has expired.
func (r *Rules) CheckExpired(today time.Time) error {
	var problems []error
	for i, flow := range r.Flows {
		if !flow.InForce(today) {
			problems = append(problems, fmt.Errorf("%s: flows[%d].until: expired on %s; renew or remove the flow from %s to %s", Path, i, flow.Until, flow.From, flow.To))
		}
	}
	return errors.Join(problems...)
}

// NotCopied returns the classes that a service holds of a market and that may not flow from one
// place to another. If it returns none, the service's databases and buckets may be copied.
func (r *Rules) NotCopied(service, market, from, to string) (classes []string) {
	for _, class := range r.Services[service].Holds {
		if !r.flows(from, to, class, market) {
			classes = append(classes, class)
		}
	}
	return classes
}

// RefuseCopy is Refuse for a resource that copies the databases or buckets of one market.
func (r *Rules) RefuseCopy(site Site, resource, market, from, to string) string {
	var refused []string
	for _, class := range r.data(site, resource, market) {
		// Each place makes its own logs, backups and keys. A copy has none of them.
		if !r.Classes[class].EveryService && !r.flows(from, to, class, market) {
			refused = append(refused, class)
		}
	}
	if len(refused) == 0 {
		return ""
	}
	return r.noFlow(from, to, refused, market)
}

// noFlow returns, as the allowed value of a message, that no flow has the classes of a
// market's data.
func (r *Rules) noFlow(from, to string, classes []string, market string) string {
	return fmt.Sprintf("flows that %s has; it has none from %s to %s of %s of %s (%s)", Path, place(from), place(to), strings.Join(classes, ", "), market, r.law(market))
}

// NoFlow returns why the classes of NotCopied may not be copied, as the allowed value of a
// message.
func (r *Rules) NoFlow(service, market, from, to string) string {
	return r.noFlow(from, to, r.NotCopied(service, market, from, to), market)
}

// flows reports whether a class of a market's data may flow from one place to another.
func (r *Rules) flows(from, to, class, market string) bool {
	if r.Classes[class].Public && slices.Contains(r.Sites, from) && slices.Contains(r.Sites, to) {
		return true
	}
	return from != "" && r.mayStore(to, class, market) && slices.ContainsFunc(r.Flows, func(f Flow) bool {
		return f.From == from && f.To == to && slices.Contains(f.Classes, class) && slices.Contains(f.Markets, market) && f.InForce(r.Today)
	})
}

// mayStore reports whether a place may store a class of a market's data. The origin may, if a
// flow leads there and the law does not forbid its country.
func (r *Rules) mayStore(place, class, market string) bool {
	if place == register.OriginPlace {
		return !slices.Contains(r.Register.Markets[market].Law.NeverTo, r.Register.Origin.Country)
	}
	return slices.Contains(r.Allowed(market, class), place)
}

// checkFlow reports a flow with unknown places, classes or markets, without a reason, a signature
// or an end, or whose data may not be stored at its target. all reports unknown names.
func (r *Rules) checkFlow(p *config.Problems, key string, flow Flow, all func(key string, found, allowed []string)) {
	places := append(slices.Clone(r.Sites), register.OriginPlace)
	all(key+".from", []string{flow.From}, places)
	all(key+".to", []string{flow.To}, places)
	if flow.From == flow.To {
		p.Add(key+".to", flow.To, "another place than from")
	}
	for field, names := range map[string][]string{".classes": flow.Classes, ".markets": flow.Markets} {
		if len(names) == 0 {
			p.Add(key+field, nil, "at least one")
		}
	}
	all(key+".classes", flow.Classes, ordered.Keys(r.Classes))
	all(key+".markets", flow.Markets, ordered.Keys(r.Markets))
	if !config.Reason.MatchString(flow.Reason) {
		p.Add(key+".reason", flow.Reason, config.ReasonForm)
	}
	if !config.Role.MatchString(flow.SignedBy) {
		p.Add(key+".signedBy", flow.SignedBy, "a role such as general counsel, never a person")
	}
	r.checkDays(p, key, flow)
	for _, class := range flow.Classes {
		for _, market := range flow.Markets {
			switch {
			case r.mayStore(flow.To, class, market):
			case flow.To == register.OriginPlace:
				p.Add(key, class+" of "+market, fmt.Sprintf("flows to places outside of %s (%s)", r.Register.Origin.Country, r.law(market)))
			default:
				p.Add(key, class+" of "+market, fmt.Sprintf("flows to %s (%s)", list(r.Allowed(market, class)), r.law(market)))
			}
		}
	}
}

// checkDays reports a signature in the future, and an end that is missing or too late. It accepts
// an end in the past: CheckExpired reports it, and the flow allows nothing.
func (r *Rules) checkDays(p *config.Problems, key string, flow Flow) {
	signed, err := time.Parse(time.DateOnly, flow.Signed)
	if err != nil || signed.After(r.Today) {
		p.Add(key+".signed", flow.Signed, `a day such as "2014-10-31", not in the future`)
		return
	}
	if flow.From == register.OriginPlace && flow.Until == UntilDone {
		return
	}
	last := signed.AddDate(0, 0, MaxFlowDays)
	if until, err := time.Parse(time.DateOnly, flow.Until); err != nil || until.Before(signed) || until.After(last) {
		allowed := fmt.Sprintf("a day from %s to %s, %d days after signed", flow.Signed, last.Format(time.DateOnly), MaxFlowDays)
		if flow.From == register.OriginPlace {
			allowed += ", or " + UntilDone
		}
		p.Add(key+".until", flow.Until, allowed)
	}
}
