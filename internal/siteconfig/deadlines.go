package siteconfig

import (
	"fmt"
	"strings"
	"time"

	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/phases"
	"example.com/multisite/register"
)

// Overdue returns a warning for each service that has unfinished moves after its deadline at the
// site.
func Overdue(site *Site, reg *register.Register, today time.Time) (lines []string) {
	for _, service := range ordered.Keys(site.Services) {
		deadline := reg.Deadline(service, site.Name)
		var unfinished []string
		for _, market := range site.Services[service].Markets {
			if phase := site.phase(service, market); phase != phases.Done {
				unfinished = append(unfinished, fmt.Sprintf("%s is %s", market, phase))
			} else if site.Planned() {
				unfinished = append(unfinished, market+" is planned")
			}
		}
		if deadline.Day != "" && today.UTC().Format(time.DateOnly) > deadline.Day && len(unfinished) > 0 {
			lines = append(lines, diagnostic.Late.Line(fmt.Sprintf("%s: due on %s (%s): %s", service, deadline.Day, deadline.Name, strings.Join(unfinished, ", "))))
		}
	}
	return lines
}
