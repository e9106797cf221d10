package register

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
)

// Deadline is one deadline of the move out of Beijing: by the end of Day, Services must have
// moved to Sites.
type Deadline struct {
	Name            string
	Services, Sites []string
	// Day is a date such as 2014-10-31, in UTC.
	Day string
}

// Deadline returns the deadline of a service's move to a site. It is the zero Deadline if
// there is none.
func (r *Register) Deadline(service, site string) Deadline {
	for _, deadline := range r.Deadlines {
		if slices.Contains(deadline.Services, service) && slices.Contains(deadline.Sites, site) {
			return deadline
		}
	}
	return Deadline{}
}

// checkDeadlines reports deadlines that lack a value, name unknown services or sites, or
// repeat the service and site of an earlier deadline.
func (r *Register) checkDeadlines(p *config.Problems) {
	owners := map[string]string{} // paths of deadlines by service and site
	for i, deadline := range r.Deadlines {
		path := fmt.Sprintf("deadlines[%d]", i)
		if deadline.Name == "" {
			p.Add(path+".name", nil, "text")
		}
		if _, err := time.Parse(time.DateOnly, deadline.Day); err != nil {
			p.Add(path+".day", deadline.Day, "a day such as 2014-10-31")
		}
		for _, list := range []struct {
			key          string
			found, known []string
		}{{"services", deadline.Services, ordered.Keys(r.Services)}, {"sites", deadline.Sites, ordered.Keys(r.Sites)}} {
			if len(list.found) == 0 {
				p.Add(path+"."+list.key, nil, "at least one of "+strings.Join(list.known, ", "))
			}
			for _, name := range list.found {
				if !slices.Contains(list.known, name) {
					p.Add(path+"."+list.key, name, "one of "+strings.Join(list.known, ", "))
				}
			}
		}
		for _, service := range deadline.Services {
			for _, site := range deadline.Sites {
				if owner, taken := owners[service+" "+site]; taken {
					p.Add(path, service+" in "+site, "services and sites that "+owner+" does not list")
				}
				owners[service+" "+site] = path
			}
		}
	}
}
