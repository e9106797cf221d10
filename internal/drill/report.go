package drill

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// markdown renders the report.
func (d *drill) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Drill: %s is down\n", d.down)
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
	d.writeLoss(&b)
	return b.String()
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
	for _, service := range ordered.Keys(d.rules.Register.Services) {
		for _, market := range ordered.Keys(d.rules.Register.Markets) {
			switch reason := d.rules.Register.Markets[market].Unserved[service]; {
			case d.serves(service, market, false):
			case d.serves(service, market, true):
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
	for _, r := range d.stacks["global"] {
		switch r.Type {
		case awstypes.HealthCheck:
			interval, _ = r.Outputs["requestInterval"].(float64)
			failures, _ = r.Outputs["failureThreshold"].(float64)
		case awstypes.Record:
			seconds, _ := r.Outputs["ttl"].(float64)
			ttl = max(ttl, seconds)
		}
	}
	fmt.Fprintf(b, "\n## Failover time\n\nA failover takes about %g s: %g health checks, %g s apart, and %g s for which resolvers cache a record.\n",
		interval*failures+ttl, failures, interval, ttl)
	b.WriteString("Markets without a failover have no service until the site is up again. At another site, users find none of their data in " + d.down + ".\n")
}

// writeLoss writes which data would be lost if the site never came up again.
func (d *drill) writeLoss(b *strings.Builder) {
	replicated := map[string]bool{}
	for _, r := range d.stacks[d.down] {
		if r.Type == awstypes.BucketReplication {
			replicated[r.Name()] = true
		}
	}
	var lines []string
	for _, r := range d.stacks[d.down] {
		switch r.Type {
		case awstypes.DBInstance:
			lines = append(lines, fmt.Sprintf("database %s: all data; its backups of the last %v days are in the same region. Multi-AZ, which keeps the data if a zone fails, is %v.",
				r.Name(), r.Outputs["backupRetentionPeriod"], r.Outputs["multiAz"]))
		case awstypes.Bucket:
			line := "bucket %s: all objects; they are not replicated."
			if replicated[r.Name()] {
				line = "bucket %s: objects that are not replicated yet; S3 replicates most objects within 15 minutes."
			}
			lines = append(lines, fmt.Sprintf(line, r.Name()))
		case awstypes.LocalDatabase, awstypes.LocalObjectStore:
			lines = append(lines, fmt.Sprintf("%s: as the contract with the partner states; its status is %s.", r.Name(), r.Text("status")))
		}
	}
	slices.Sort(lines)
	b.WriteString("\n## Data lost if the site never comes up again\n\n")
	if len(lines) == 0 {
		b.WriteString("None: the site is not deployed.\n")
	}
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
}
