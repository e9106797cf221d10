package live

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"example.com/multisite/internal/cli"
)

var certificate = experiment{
	name:     "certificate",
	promise:  "the certificate of the CDN's own domain is validated and issued",
	done:     "asks ACM for it",
	emulator: "validation of certificates",
	try: func(_ context.Context, t *trial) (string, error) {
		if t.run.Domain == "" {
			return "", fmt.Errorf("%w: no -domain", errNotRun)
		}
		var found struct{ Arn, Status string }
		if err := cli.AWS(&found, edgeRegion, "acm", "list-certificates",
			"--query", "CertificateSummaryList[?DomainName=='cdn."+t.run.Domain+"'] | [0].{Arn: CertificateArn, Status: Status}"); err != nil {
			return "", err
		}
		if found.Status != "ISSUED" {
			return "", isBroken("the certificate is %q", found.Status)
		}
		return found.Arn, nil
	},
}

var dnssec = experiment{
	name:     "dnssec",
	promise:  "the zone of the services' names is signed, and its key vouched for from above",
	done:     "asks a resolver that validates for the zone's SOA record",
	emulator: "DNSSEC",
	try: func(ctx context.Context, t *trial) (string, error) {
		if t.run.Domain == "" {
			return "", fmt.Errorf("%w: no -domain", errNotRun)
		}
		above, err := t.resolve(ctx, t.run.Domain)
		if err != nil {
			return "", err
		}
		if !above.AD {
			return "", fmt.Errorf("%w: %s is not signed itself", errNotRun, t.run.Domain)
		}
		return within(t.await(ctx, 10*time.Minute, func() (string, error) {
			answer, err := t.resolve(ctx, t.run.routes())
			if err != nil || !answer.AD || len(answer.Answer) == 0 {
				return "", err
			}
			return "authenticated: " + answer.Answer[0].Data, nil
		}))
	},
}

// dnsAnswer is one of a resolver's (https://developers.google.com/speed/public-dns/docs/doh/json).
type dnsAnswer struct {
	Status int
	// AD says that every signature was validated.
	AD     bool
	Answer []struct {
		Data string `json:"data"`
	}
}

func (t *trial) resolve(ctx context.Context, name string) (answer dnsAnswer, err error) {
	text, err := t.download(ctx, "https://dns.google/resolve?type=SOA&do=1&name="+url.QueryEscape(name))
	if err != nil {
		return answer, err
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return answer, err
	}
	if answer.Status == 2 { // the resolver found a signature that is wrong, or no server
		return answer, isBroken("the resolver reports SERVFAIL for %s", name)
	}
	return answer, nil
}
