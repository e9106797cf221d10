package siteconfig

import (
	"fmt"
	"strings"
	"time"

	"example.com/multisite/internal/migration"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

// Overdue says, in a line for each service, which of its markets a site should have by now.
func Overdue(site *Site, reg *register.Register, today time.Time) (lines []string) {
	for _, service := range ordered.Keys(site.Services) {
		deadline := reg.Deadline(service, site.Name)
		var waiting []string
		for _, market := range site.Services[service].Markets {
			if phase := site.phase(service, market); phase != migration.Done {
				waiting = append(waiting, fmt.Sprintf("%s is %s", market, phase))
			} else if site.Planned() {
				waiting = append(waiting, market+" is planned")
			}
		}
		if deadline.Day != "" && today.UTC().Format(time.DateOnly) > deadline.Day && len(waiting) > 0 {
			lines = append(lines, fmt.Sprintf("late: %s: due on %s (%s): %s", service, deadline.Day, deadline.Name, strings.Join(waiting, ", ")))
		}
	}
	return lines
}
