package residency

import (
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/ordered"
)

// Site is the part of a site's configuration that the rules read.
type Site struct {
	Name     string
	Services map[string]Service
	// Public are the resources that hold only public content, by name, and the CDN of the site.
	Public []string
}

// Service is the part of a service's configuration that the rules read.
type Service struct {
	Markets []string
	// Resources maps the names of the resources that hold the service's data to the name of
	// the bucket, which is empty for a database.
	Resources map[string]string
}

// Everything returns a site whose resources may hold the data of all services and markets. It
// stands for a stack that serves no market, such as global: whatever it holds is not its own.
func (r *Rules) Everything() Site {
	everything := Site{Services: map[string]Service{}}
	for service := range r.Services {
		everything.Services[service] = Service{Markets: ordered.Keys(r.Markets)}
	}
	return everything
}

// Refuse returns why the data of a site's resource may not flow from one site to another, as
// the allowed value of a message: the classes, markets and laws of the data that may not. It
// is empty if all of the data may flow. from and to are sites or register.OriginPlace; an empty one
// stands for any other place.
func (r *Rules) Refuse(site Site, resource, from, to string) string {
	var refused []string
	for _, market := range site.markets() {
		var classes []string
		for _, class := range r.data(site, resource, market) {
			if !r.flows(from, to, class, market) {
				classes = append(classes, class)
			}
		}
		if len(classes) > 0 {
			refused = append(refused, fmt.Sprintf("%s of %s (%s)", strings.Join(classes, ", "), market, r.law(market)))
		}
	}
	if len(refused) == 0 {
		return ""
	}
	return fmt.Sprintf("flows that %s has; it has none from %s to %s of %s", Path, place(from), place(to), strings.Join(refused, "; "))
}

// data returns the classes of a market's data that a resource may hold. A resource that the site
// does not list may hold all of the site's data.
func (r *Rules) data(site Site, resource, market string) (classes []string) {
	if slices.Contains(site.Public, resource) {
		return slices.DeleteFunc(ordered.Keys(r.Classes), func(class string) bool { return !r.Classes[class].Public })
	}
	for _, name := range ordered.Keys(site.Services) {
		service := site.Services[name]
		bucket, ofService := service.Resources[resource]
		if ofService && slices.Contains(service.Markets, market) {
			return ordered.Unique(r.Held(name, bucket))
		}
		if ofService {
			return nil
		}
	}
	for _, name := range ordered.Keys(site.Services) {
		if slices.Contains(site.Services[name].Markets, market) {
			classes = append(classes, r.Held(name, "")...)
		}
	}
	return ordered.Unique(classes)
}

// markets returns the markets that a site serves, sorted, each once.
func (s Site) markets() (codes []string) {
	for _, service := range s.Services {
		codes = append(codes, service.Markets...)
	}
	return ordered.Unique(codes)
}

// place names a place for a message.
func place(site string) string {
	if site == "" {
		return "a place that is no site"
	}
	return site
}
