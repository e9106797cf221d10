package experiments

import (
	"context"
	"fmt"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
)

var certificate = Experiment{
	Name:     "certificate",
	promise:  "ACM validates and issues the certificate of the CDN's domain",
	done:     "reads the certificate's status from ACM",
	emulator: "certificate validation",
	try: func(_ context.Context, t *Trial) (string, error) {
		if t.Record.Domain == "" {
			return "", fmt.Errorf("%w: no --domain", errNotRun)
		}
		var found struct{ Arn, Status string }
		if err := cli.AWS(&found, awstypes.EdgeRegion, "acm", "list-certificates",
			"--query", "CertificateSummaryList[?DomainName=='cdn."+t.Record.Domain+"'] | [0].{Arn: CertificateArn, Status: Status}"); err != nil {
			return "", err
		}
		if found.Status != "ISSUED" {
			return "", broken("the certificate's status is %q", found.Status)
		}
		return found.Arn, nil
	},
}
