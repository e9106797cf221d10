package stacks

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Deadline is a part of the move out of Beijing: services that are to be in sites.
type Deadline struct {
	Name            string
	Services, Sites []string
	// Day is the last one for it, YYYY-MM-DD, in UTC.
	Day string
}

// Deadline is the one by which a service is to be in a site, or zero.
func (r *Register) Deadline(service, site string) Deadline {
	for _, deadline := range r.Deadlines {
		if slices.Contains(deadline.Services, service) && slices.Contains(deadline.Sites, site) {
			return deadline
		}
	}
	return Deadline{}
}

// late says, in a line for each service, which of its markets a site should have by now.
func late(site *Site, register *Register, today time.Time) (lines []string) {
	for _, service := range names(site.Services) {
		deadline := register.Deadline(service, site.Name)
		var waiting []string
		for _, market := range site.Services[service].Markets {
			if phase := site.phase(service, market); phase != Done {
				waiting = append(waiting, fmt.Sprintf("%s is %s", market, phase))
			} else if site.planned() {
				waiting = append(waiting, market+" is planned")
			}
		}
		if deadline.Day != "" && today.UTC().Format(time.DateOnly) > deadline.Day && len(waiting) > 0 {
			lines = append(lines, fmt.Sprintf("late: %s: due on %s (%s): %s", service, deadline.Day, deadline.Name, strings.Join(waiting, ", ")))
		}
	}
	return lines
}

// checkDeadlines demands that each names what there is, and that none repeats another.
func (r *Register) checkDeadlines(p *Problems) {
	taken := map[string]string{}
	for i, deadline := range r.Deadlines {
		path := fmt.Sprintf("deadlines[%d]", i)
		if deadline.Name == "" {
			p.add(path+".name", nil, "text")
		}
		if _, err := time.Parse(time.DateOnly, deadline.Day); err != nil {
			p.add(path+".day", deadline.Day, "a day such as 2014-10-31")
		}
		for _, list := range []struct {
			key         string
			have, known []string
		}{{"services", deadline.Services, names(r.Services)}, {"sites", deadline.Sites, names(r.Sites)}} {
			if len(list.have) == 0 {
				p.add(path+"."+list.key, nil, "at least one of "+strings.Join(list.known, ", "))
			}
			for _, name := range list.have {
				if !slices.Contains(list.known, name) {
					p.add(path+"."+list.key, name, "one of "+strings.Join(list.known, ", "))
				}
			}
		}
		for _, service := range deadline.Services {
			for _, site := range deadline.Sites {
				if other, again := taken[service+" "+site]; again {
					p.add(path, service+" in "+site, "what "+other+" does not have")
				}
				taken[service+" "+site] = path
			}
		}
	}
}
