package experiments

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"
)

var dnssec = Experiment{
	Name:     "dnssec",
	promise:  "the zone of the services' names is signed, and its parent zone has the DS record",
	done:     "queries the zone's SOA record at a validating resolver",
	emulator: "DNSSEC",
	try: func(ctx context.Context, t *Trial) (string, error) {
		if t.Record.Domain == "" {
			return "", fmt.Errorf("%w: no --domain", errNotRun)
		}
		parent, err := resolve(ctx, t.Record.Domain)
		if err != nil {
			return "", err
		}
		if !parent.AD {
			return "", fmt.Errorf("%w: the parent zone %s is not signed", errNotRun, t.Record.Domain)
		}
		return inTime(t.Await(ctx, 10*time.Minute, func() (string, error) {
			answer, err := resolve(ctx, t.Record.RoutesDomain())
			if err != nil || !answer.AD || len(answer.Answer) == 0 {
				return "", err
			}
			return "authenticated: " + answer.Answer[0].Data, nil
		}))
	},
}

// dnsAnswer is an answer of Google's resolver
// (https://developers.google.com/speed/public-dns/docs/doh/json).
type dnsAnswer struct {
	Status int
	// AD is true if the resolver validated every signature.
	AD     bool
	Answer []struct {
		Data string `json:"data"`
	}
}

// resolve queries the SOA record of a zone.
func resolve(ctx context.Context, name string) (answer dnsAnswer, err error) {
	text, err := download(ctx, "https://dns.google/resolve?type=SOA&do=1&name="+url.QueryEscape(name))
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return answer, err
	}
	if answer.Status == 2 { // SERVFAIL: an invalid signature, or no name server
		return answer, broken("the resolver reports SERVFAIL for %s", name)
	}
	return answer, nil
}
