package drill

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/resolver"
	"example.com/multisite/register"
)

// markdown renders the report.
func (d *drill) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Drill: %s\n", d.scenario())
	groups := map[bool][]row{}
	for _, r := range d.rows {
		groups[r.Before == r.After] = append(groups[r.Before == r.After], r)
	}
	if len(groups[false]) > 0 {
		b.WriteString("\n| service | market | before | during | reason |\n|---|---|---|---|---|\n")
		for _, r := range groups[false] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.content(), r.Market, r.Before, r.After, r.Reason)
		}
	}
	b.WriteString("\n## Unchanged\n\n")
	for _, line := range unchanged(groups[true]) {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	d.writeUnserved(&b)
	if d.unlawful == nil {
		b.WriteString("\nNo data reaches a site that may not hold it.\n")
	} else {
		fmt.Fprintf(&b, "\n**Unlawful**: %s.\n", strings.ReplaceAll(d.unlawful.Error(), "\n", "; "))
	}
	if len(groups[false]) > 0 {
		d.writeFailover(&b)
	}
	if d.service != "" {
		d.writeChecks(&b)
	}
	d.writeLoss(&b)
	return b.String()
}

// scenario returns what fails in the drill.
func (d *drill) scenario() string {
	if d.service == "" {
		return d.site + " is down"
	}
	return d.service + " is dead at " + d.site
}

// content returns what the service serves: its users' data or its public content.
func (r row) content() string {
	if r.Public {
		return r.Service + ", public content"
	}
	return r.Service
}

// unchanged returns one line for each service and site with the markets that the site serves.
func unchanged(rows []row) (lines []string) {
	markets := map[string][]string{}
	for _, r := range rows {
		line := fmt.Sprintf("%s from %s", r.content(), r.Before)
		if markets[line] == nil {
			lines = append(lines, line)
		}
		markets[line] = append(markets[line], r.Market)
	}
	for i, line := range lines {
		lines[i] += ": " + strings.Join(markets[line], ", ")
	}
	if len(lines) == 0 {
		lines = []string{"nothing"}
	}
	return lines
}

// writeUnserved writes the markets of the register that no site serves with a service, with the reason.
func (d *drill) writeUnserved(b *strings.Builder) {
	var lines []string
	for _, service := range ordered.Keys(d.Rules.Register.Services) {
		for _, market := range ordered.Keys(d.Rules.Register.Markets) {
			switch reason := d.Rules.Register.Markets[market].Unserved[service]; {
			case d.Serves(service, market, false):
			case d.Serves(service, market, true):
				lines = append(lines, fmt.Sprintf("%s in %s: public content alone", service, market))
			default:
				lines = append(lines, fmt.Sprintf("%s in %s: %s", service, market, cmp.Or(reason, "found no site that lists the market")))
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	b.WriteString("\n## Not served\n\nThe service's name has no address for the users of these markets.\n\n")
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
}

// writeFailover writes an estimate of the time until another site serves users, from the health checks
// and TTLs in the state.
func (d *drill) writeFailover(b *strings.Builder) {
	var interval, failures, ttl float64
	for _, r := range d.Stacks[register.GlobalStack] {
		switch r.Type {
		case awstypes.HealthCheck:
			interval, _ = r.Outputs["requestInterval"].(float64)
			failures, _ = r.Outputs["failureThreshold"].(float64)
		case awstypes.Record:
			if resolver.FirstElement(r, "failoverRoutingPolicies", "type") != nil {
				seconds, _ := r.Outputs["ttl"].(float64)
				ttl = max(ttl, seconds)
			}
		}
	}
	fmt.Fprintf(b, "\n## Failover time\n\nA failover takes about %g s: %g health checks, %g s apart, and %g s for which resolvers cache a record.\n",
		interval*failures+ttl, failures, interval, ttl)
	back := "the site is up again"
	if d.service != "" {
		back = "the service answers again"
	}
	b.WriteString("Markets without a failover have no service until " + back + ". At another site, users find none of their data in " + d.site + ".\n")
}

// writeChecks writes what the health checks of the two depths do while the service is dead.
func (d *drill) writeChecks(b *strings.Builder) {
	b.WriteString("\n## Health checks\n\n")
	deep, shallow := "", ""
	for _, r := range d.Stacks[register.GlobalStack] {
		if r.Type == awstypes.HealthCheck && slices.Contains(d.down, r.Text("fqdn")) {
			deep = r.Text("resourcePath")
			fmt.Fprintf(b, "- Route 53 requests https://%s%s, which fails: users whose market has a failover move there, and the alarm %s-unhealthy fires.\n", r.Text("fqdn"), deep, r.Name())
		}
	}
	for _, r := range d.Stacks[d.site] {
		if r.Type == awstypes.TargetGroup && r.Name() == d.site+"-entry-"+d.service {
			check, _ := r.Outputs["healthCheck"].(map[string]any)
			shallow, _ = check["path"].(string)
		}
	}
	switch shallow {
	case "": // a local site
	case deep:
		fmt.Fprintf(b, "- The load balancer requests %s of each target too, which fails: all targets become unhealthy, and the orchestrator replaces them without end. Let multisite:services.%s.entry.livePath be another path.\n", shallow, d.service)
	default:
		fmt.Fprintf(b, "- The load balancer requests %s of each target, which succeeds while the processes answer: the targets stay registered, and nothing replaces them.\n", shallow)
	}
	b.WriteString("- The checks of the other services and of the site's public content succeed: their users stay.\n")
}

// writeLoss writes which data would be lost if the site, or the database of the service, never came up
// again.
func (d *drill) writeLoss(b *strings.Builder) {
	replicated := map[string]bool{}
	for _, r := range d.Stacks[d.site] {
		if r.Type == awstypes.BucketReplication {
			replicated[r.Name()] = true
		}
	}
	var lines []string
	for _, r := range d.Stacks[d.site] {
		if d.service != "" && d.serviceOf(r.Name()) != d.service {
			continue
		}
		switch r.Type {
		case awstypes.DBInstance:
			lines = append(lines, fmt.Sprintf("database %s: all data; its backups of the last %v days are in the same region. Multi-AZ, which keeps the data if a zone fails, is %v.",
				r.Name(), r.Outputs["backupRetentionPeriod"], r.Outputs["multiAz"]))
		case awstypes.Bucket:
			line := "bucket %s: all objects; they are not replicated."
			switch {
			case d.service != "":
				line = "bucket %s: nothing; users reach its objects once the service answers again."
			case replicated[r.Name()]:
				line = "bucket %s: objects that are not replicated yet; S3 replicates most objects within 15 minutes."
			}
			lines = append(lines, fmt.Sprintf(line, r.Name()))
		case awstypes.LocalDatabase, awstypes.LocalObjectStore:
			lines = append(lines, fmt.Sprintf("%s: as the contract with the partner states; its status is %s.", r.Name(), r.Text("status")))
		}
	}
	slices.Sort(lines)
	lost := "site"
	if d.service != "" {
		lost = "service's database"
	}
	fmt.Fprintf(b, "\n## Data lost if the %s never comes up again\n\n", lost)
	switch {
	case len(lines) > 0:
	case d.service == "":
		b.WriteString("None: the site is not deployed.\n")
	default:
		b.WriteString("None: the service stores nothing at the site.\n")
	}
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
}

// serviceOf returns the service of the site to which a resource such as SITE-SERVICE-BUCKET belongs;
// empty if to none.
func (d *drill) serviceOf(resource string) (service string) {
	for name := range d.Sites[d.site].Services {
		own := d.site + "-" + name
		if (resource == own || strings.HasPrefix(resource, own+"-")) && len(name) > len(service) {
			service = name
		}
	}
	return service
}
