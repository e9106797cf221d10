package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// entry measures what a load balancer adds to the preview and the update of Oregon: without the file
// of the services' domain, with it, and in the update that adds HTTPS once the certificates are issued.
func entry(b *bench) (string, error) {
	type start struct {
		what string
		box  *box
	}
	without, err := b.box(b.site())
	if err != nil {
		return "", err
	}
	if err := os.Remove(filepath.Join(without.dir, "Pulumi.global.yaml")); err != nil {
		return "", err
	}
	with, err := b.box(b.site())
	if err != nil {
		return "", err
	}
	for _, x := range []*box{without, with} {
		if err := x.ready(); err != nil {
			return "", err
		}
	}
	issued, err := b.copy(with)
	if err != nil {
		return "", err
	}
	for _, stack := range []string{"global", "oregon", "global"} {
		if _, err := issued.pulumi("up", "--yes", "--skip-preview", "--stack", stack); err != nil {
			return "", err
		}
	}
	starts := []start{{"no domain, so no load balancer", without}, {"load balancer", with}, {"the next update, which adds HTTPS", issued}}
	previews, ups, resources := map[string][]time.Duration{}, map[string][]time.Duration{}, map[string]string{}
	for range b.rounds {
		for _, s := range starts {
			x, err := b.copy(s.box)
			if err != nil {
				return "", err
			}
			preview, err := x.pulumi("preview", "--stack", "oregon")
			if err != nil {
				return "", err
			}
			up, err := x.pulumi("up", "--yes", "--stack", "oregon")
			if err != nil {
				return "", err
			}
			previews[s.what], ups[s.what] = append(previews[s.what], preview.wall), append(ups[s.what], up.wall)
			if count := created.FindStringSubmatch(up.output); count != nil {
				resources[s.what] = count[1]
			}
		}
	}
	var table strings.Builder
	table.WriteString("| Oregon | resources created | `preview` | `up` |\n|---|---|---|---|\n")
	for _, s := range starts {
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", s.what, resources[s.what], seconds(median(previews[s.what])), seconds(median(ups[s.what])))
	}
	more := func(of map[string][]time.Duration) string {
		return seconds(median(of[starts[1].what]) - median(of[starts[0].what]))
	}
	fmt.Fprintf(&table, "\nThe load balancer adds %s to the `preview` of a new site, and %s to its `up`.\n", more(previews), more(ups))
	return table.String(), nil
}
