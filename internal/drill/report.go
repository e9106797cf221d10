package drill

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
)

// markdown is the report.
func (d *drill) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Drill: %s is dark\n", d.dark)
	groups := map[bool][]row{}
	for _, r := range d.rows {
		groups[r.Before == r.After] = append(groups[r.Before == r.After], r)
	}
	if len(groups[false]) > 0 {
		b.WriteString("\n| service | market | before | now | why |\n|---|---|---|---|---|\n")
		for _, r := range groups[false] {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.what(), r.Market, r.Before, r.After, r.Why)
		}
	}
	b.WriteString("\n## As before\n\n")
	for _, line := range same(groups[true]) {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	if d.unlawful == nil {
		b.WriteString("\nNo data reaches a place that may not hold it.\n")
	} else {
		fmt.Fprintf(&b, "\n**Unlawful**: %s.\n", strings.ReplaceAll(d.unlawful.Error(), "\n", "; "))
	}
	if len(groups[false]) > 0 {
		d.recovery(&b)
	}
	d.loss(&b)
	return b.String()
}

func (r row) what() string {
	if r.Public {
		return r.Service + ", public content"
	}
	return r.Service
}

// same are the markets that are served as before, a line for each service and site.
func same(rows []row) (lines []string) {
	markets := map[string][]string{}
	for _, r := range rows {
		line := fmt.Sprintf("%s from %s", r.what(), r.Before)
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

// recovery estimates how long users wait for another site.
func (d *drill) recovery(b *strings.Builder) {
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
	fmt.Fprintf(b, "\n## Time\n\nWhere another site answers, it does after about %g s: %g checks, %g s apart, and %g s for which resolvers keep an answer.\n",
		interval*failures+ttl, failures, interval, ttl)
	b.WriteString("Where none does, users wait until the site is back. Where users get another site, they find there nothing that they have in " + d.dark + ".\n")
}

// loss says what would be lost if the site never came back.
func (d *drill) loss(b *strings.Builder) {
	copies := map[string]bool{}
	for _, r := range d.stacks[d.dark] {
		if r.Type == awstypes.BucketReplication {
			copies[r.Name()] = true
		}
	}
	var lines []string
	for _, r := range d.stacks[d.dark] {
		switch r.Type {
		case awstypes.DBInstance:
			lines = append(lines, fmt.Sprintf("database %s: all of it; its backups, for %v days back, are in the same place. While zones fail, nothing: Multi-AZ is %v.",
				r.Name(), r.Outputs["backupRetentionPeriod"], r.Outputs["multiAz"]))
		case awstypes.Bucket:
			line := "bucket %s: all of it; there is no copy elsewhere."
			if copies[r.Name()] {
				line = "bucket %s: what was not copied yet; S3 copies most objects within 15 minutes."
			}
			lines = append(lines, fmt.Sprintf(line, r.Name()))
		case awstypes.LocalDatabase, awstypes.LocalObjectStore:
			lines = append(lines, fmt.Sprintf("%s: by the partner's contract; it is %s.", r.Name(), r.Text("status")))
		}
	}
	slices.Sort(lines)
	b.WriteString("\n## Loss, if the site never came back\n\n")
	if len(lines) == 0 {
		b.WriteString("Nothing: the site is not up.\n")
	}
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", line)
	}
}
