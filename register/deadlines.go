package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
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

// checkDeadlines demands that each names what there is, and that none repeats another.
func (r *Register) checkDeadlines(p *config.Problems) {
	taken := map[string]string{}
	for i, deadline := range r.Deadlines {
		path := fmt.Sprintf("deadlines[%d]", i)
		if deadline.Name == "" {
			p.Add(path+".name", nil, "text")
		}
		if _, err := time.Parse(time.DateOnly, deadline.Day); err != nil {
			p.Add(path+".day", deadline.Day, "a day such as 2014-10-31")
		}
		for _, list := range []struct {
			key         string
			have, known []string
		}{{"services", deadline.Services, ordered.Keys(r.Services)}, {"sites", deadline.Sites, ordered.Keys(r.Sites)}} {
			if len(list.have) == 0 {
				p.Add(path+"."+list.key, nil, "at least one of "+strings.Join(list.known, ", "))
			}
			for _, name := range list.have {
				if !slices.Contains(list.known, name) {
					p.Add(path+"."+list.key, name, "one of "+strings.Join(list.known, ", "))
				}
			}
		}
		for _, service := range deadline.Services {
			for _, site := range deadline.Sites {
				if other, again := taken[service+" "+site]; again {
					p.Add(path, service+" in "+site, "what "+other+" does not have")
				}
				taken[service+" "+site] = path
			}
		}
	}
}
