package entries

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/preflight/query"
	"example.com/multisite/internal/resolver"
	"example.com/multisite/register"
)

// report is a report on the names of all services.
type report struct {
	*resolver.Resolver
	client *query.Client
}

// row is one answer to the users of a market.
type row struct {
	Service, Market string
	Name            string // the HTTPS name of the service
	To              string // the site or host to which the records lead, with its share of the users
	answer                 // of the site's load balancer
}

// answer is what a site's load balancer has for a name. Fields that do not apply are empty.
type answer struct {
	Rule, Certificate, Targets string
	// Missing states why no target answers, and what to run next.
	Missing string
}

// rows returns the answers to all markets, by service and market. The error lists data that reaches a
// site that may not hold it.
func (r *report) rows() (rows []row, err error) {
	var unlawful []error
	for _, service := range ordered.Keys(r.Rules.Register.Services) {
		name := r.Names[service]
		for _, country := range r.Countries(name) {
			answers := r.Resolve(name, country, nil)
			unlawful = append(unlawful, r.CheckResidency(service, country, false, answers))
			if _, market := r.Rules.Register.Markets[country]; !market {
				continue
			}
			for _, a := range answers {
				site := r.Site(a.Host)
				to := cmp.Or(site, a.Host)
				if strings.HasPrefix(a.Host, resolver.Unserved) {
					to = "no site"
				}
				if a.Percent < 100 {
					to += fmt.Sprintf(" (%g %%)", a.Percent)
				}
				rows = append(rows, row{service, country, "https://" + name, to, r.answer(service, country, name, a.Host)})
			}
		}
	}
	return rows, errors.Join(unlawful...)
}

// answer returns what the host at the end of the records has for a service's name.
func (r *report) answer(service, market, name, host string) answer {
	site := r.Site(host)
	switch {
	case strings.HasPrefix(host, resolver.Unserved):
		return answer{Missing: r.unserved(service, market)}
	case site == "" && host == r.Origins[service]:
		return answer{Missing: "the origin serves the market until it has moved"}
	case site == "":
		return answer{Missing: "found a host of no site; run " + up(register.GlobalStack)}
	case host != r.Output(site, "entryHost"):
		return answer{Missing: r.notReady(service, site)}
	case r.Sites[site].IsLocal():
		return answer{Rule: "by contract", Certificate: "by contract", Targets: "unknown"}
	}
	b := findBalancer(r.Stacks[site], host, name)
	found := answer{Rule: yes(b.targetGroup != ""), Certificate: yes(b.certificate)}
	if b.targetGroup == "" || !b.certificate {
		found.Missing = "run " + up(site)
		return found
	}
	found.Targets, found.Missing = r.health(r.Sites[site].Region, b.targetGroup)
	return found
}

// unserved returns why no site serves a market with a service.
func (r *report) unserved(service, market string) string {
	home := r.Homes[service][market]
	site := cmp.Or(home.StandIn, home.Site)
	switch reason := r.Rules.Register.Markets[market].Unserved[service]; {
	case r.Serves(service, market, false) && r.Sites[site].Planned():
		return site + " does not serve yet"
	case r.Serves(service, market, false) && len(r.Hosts(site)) == 0:
		return fmt.Sprintf("%s is not up: run %s, then %s", site, up(site), up(register.GlobalStack))
	case r.Serves(service, market, false):
		return "run " + up(register.GlobalStack)
	case r.Serves(service, market, true):
		return "public content alone"
	default:
		return cmp.Or(reason, "found no site that lists the market")
	}
}

// notReady returns why the records of a service lead to a site's CDN.
func (r *report) notReady(service, site string) string {
	const why = "the load balancer does not answer the service: "
	certificate := findCertificate(r.Stacks[site], r.Names[service])
	switch {
	case r.Output(site, service+".ready") == true:
		return "the records do not lead to the load balancer: run " + up(register.GlobalStack)
	case r.Sites[site].IsLocal():
		return why + "the partner has not deployed it; then run " + up(site) + ", " + up(register.GlobalStack)
	case certificate == nil:
		return fmt.Sprintf("%srun %s, %s, %s, %s", why, up(site), up(register.GlobalStack), up(site), up(register.GlobalStack))
	case !r.proven(*certificate):
		return fmt.Sprintf("%sthe certificate's records are missing; run %s, %s, %s", why, up(register.GlobalStack), up(site), up(register.GlobalStack))
	default:
		return fmt.Sprintf("%sACM had not issued the certificate, which needs the delegation of the zone; then run %s, %s", why, up(site), up(register.GlobalStack))
	}
}

// proven reports whether the stack global has the records that ACM asks for to issue a certificate.
func (r *report) proven(certificate resolver.Resource) bool {
	options, _ := certificate.Outputs["domainValidationOptions"].([]any)
	for _, option := range options {
		record, _ := option.(map[string]any)
		name, _ := record["resourceRecordName"].(string)
		if !r.HasRecord(strings.TrimSuffix(name, ".")) {
			return false
		}
	}
	return len(options) > 0
}

// health returns how many targets of a target group are healthy, and what is missing.
func (r *report) health(region, targetGroup string) (targets, missing string) {
	var health struct {
		TargetHealthDescriptions []struct{ TargetHealth struct{ State string } }
	}
	if err := r.client.AWS(&health, region, "elbv2", "describe-target-health", "--target-group-arn", targetGroup); err != nil {
		return "unknown", "no answer from AWS: " + err.Error()
	}
	healthy := 0
	for _, target := range health.TargetHealthDescriptions {
		if target.TargetHealth.State == "healthy" {
			healthy++
		}
	}
	switch total := len(health.TargetHealthDescriptions); {
	case total == 0:
		return "none", "no target is registered: deploy the service (examples/application)"
	case healthy == 0:
		return fmt.Sprintf("0 of %d healthy", total), "no target answers the load balancer's health check"
	default:
		return fmt.Sprintf("%d of %d healthy", healthy, total), ""
	}
}

func up(stack string) string { return "`pulumi up -s " + stack + "`" }

func yes(found bool) string {
	if found {
		return "yes"
	}
	return "no"
}
