package residency

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"

	"go.yaml.in/yaml/v3"
)

//go:embed residency.yaml
var file []byte

// Path is the file, for people to find.
const Path = "register/residency/residency.yaml"

// Rules says which data may lie where.
type Rules struct {
	Classes  map[string]Class
	Services map[string]ServiceData
	Sites    map[string]SiteFlows
	Markets  map[string]MarketData

	// Register has the sites, services and markets that this is about.
	Register *register.Register `yaml:"-"`
}

// Class is a kind of data that laws and services tell apart.
type Class struct {
	Name string
	// Public data may lie in every site.
	Public bool
	// EveryService has data of this class.
	EveryService bool `yaml:"everyService"`
}

// ServiceData are the classes that a service holds.
type ServiceData struct {
	Holds []string
	// Buckets hold fewer, by name.
	Buckets map[string][]string
}

// SiteFlows are the flows out of a site, and into it.
type SiteFlows struct{ Out, In []Flow }

// Flow is data that goes from one site to another.
type Flow struct {
	To, From         string
	Classes, Markets []string
}

// MarketData are the sites that may hold the data of a market's users.
type MarketData struct {
	Sites []string
	// Only are the classes that fewer sites may hold.
	Only map[string][]string
	// Reason is why the market's homes are where they are, for people.
	Reason string
}

// Site is what the rules read of a site.
type Site struct {
	Name     string
	Services map[string]Service
}

// Service is a service of a site.
type Service struct {
	Markets []string
	// ResourceName is what the names of the service's resources begin with.
	ResourceName string
}

// Default is the placement of this repository, with its register.
func Default() (*Rules, error) {
	reg, err := register.Default()
	if err != nil {
		return nil, err
	}
	return Load(file, reg)
}

// Load reads and checks a placement, and reports all that is wrong with it.
func Load(data []byte, reg *register.Register) (*Rules, error) {
	l := &Rules{Register: reg}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(l); err != nil {
		return nil, fmt.Errorf("%s: %w", Path, err)
	}
	p := &config.Problems{File: Path}
	all := func(key string, found, allowed []string) {
		for _, name := range found {
			if !slices.Contains(allowed, name) {
				p.Add(key, name, strings.Join(allowed, ", "))
			}
		}
	}
	classes, sites, markets := ordered.Keys(l.Classes), ordered.Keys(l.Sites), ordered.Keys(reg.Markets)
	for _, lists := range []struct {
		key                string
		have, want, others []string
	}{
		{"services", ordered.Keys(l.Services), ordered.Keys(reg.Services), nil},
		{"markets", ordered.Keys(l.Markets), markets, nil},
		{"sites", sites, ordered.Keys(reg.Sites), sites}, // ones that are planned too
	} {
		all(lists.key, lists.have, append(lists.want, lists.others...))
		for _, name := range lists.want {
			if !slices.Contains(lists.have, name) {
				p.Add(lists.key, nil, "an entry for "+name)
			}
		}
	}
	for _, name := range ordered.Keys(l.Services) {
		service := l.Services[name]
		all("services."+name+".holds", service.Holds, classes)
		if len(service.Holds) == 0 {
			p.Add("services."+name+".holds", nil, "at least one of "+strings.Join(classes, ", "))
		}
		for _, bucket := range ordered.Keys(service.Buckets) {
			all("services."+name+".buckets."+bucket, service.Buckets[bucket], service.Holds)
		}
	}
	for _, code := range ordered.Keys(l.Markets) {
		market := l.Markets[code]
		all("markets."+code+".sites", market.Sites, sites)
		all("markets."+code+".only", ordered.Keys(market.Only), classes)
		for _, class := range ordered.Keys(market.Only) {
			all("markets."+code+".only."+class, market.Only[class], market.Sites)
		}
		if !config.OneLine.MatchString(market.Reason) {
			p.Add("markets."+code+".reason", market.Reason, "why its homes are where they are, in one line")
		}
	}
	for _, site := range sites {
		for i, flow := range l.Sites[site].Out {
			key := fmt.Sprintf("sites.%s.out[%d]", site, i)
			all(key+".to", []string{flow.To}, sites)
			all(key+".classes", flow.Classes, classes)
			all(key+".markets", flow.Markets, markets)
			l.checkFlow(p, key, site, flow)
		}
		for i, flow := range l.Sites[site].In {
			mirror := Flow{To: site, Classes: flow.Classes, Markets: flow.Markets}
			if !slices.ContainsFunc(l.Sites[flow.From].Out, mirror.equals) {
				p.Add(fmt.Sprintf("sites.%s.in[%d]", site, i), flow, "the same out of "+flow.From)
			}
		}
	}
	return l, p.Err()
}

// checkFlow demands that a flow is declared where it goes, and lawful.
func (l *Rules) checkFlow(p *config.Problems, key, site string, flow Flow) {
	mirror := Flow{From: site, Classes: flow.Classes, Markets: flow.Markets}
	if !slices.ContainsFunc(l.Sites[flow.To].In, mirror.equals) {
		p.Add(key, flow, "the same into "+flow.To)
	}
	if len(flow.Classes) == 0 || len(flow.Markets) == 0 {
		p.Add(key, flow, "at least one class and one market")
	}
	for _, class := range flow.Classes {
		for _, market := range flow.Markets {
			if allowed := l.Allowed(market, class); !slices.Contains(allowed, flow.To) {
				p.Add(key, class+" of "+market, fmt.Sprintf("flows to %s (%s)", list(allowed), l.law(market)))
			}
		}
	}
}

func (f Flow) equals(other Flow) bool {
	return f.To == other.To && f.From == other.From && slices.Equal(f.Classes, other.Classes) && slices.Equal(f.Markets, other.Markets)
}

// Allowed are the sites that may hold a class of data of a market's users.
func (l *Rules) Allowed(market, class string) []string {
	if l.Classes[class].Public {
		return ordered.Keys(l.Sites)
	}
	if only, limited := l.Markets[market].Only[class]; limited {
		return only
	}
	return l.Markets[market].Sites
}

// Held are the classes that a service has, in a bucket and what is part of it, or
// in general.
func (l *Rules) Held(service, part string) []string {
	held := slices.Clone(l.Services[service].Holds)
	for _, bucket := range ordered.Keys(l.Services[service].Buckets) { // of two that fit, the longer comes last
		if under(part, bucket) {
			held = slices.Clone(l.Services[service].Buckets[bucket])
		}
	}
	for _, class := range ordered.Keys(l.Classes) {
		if l.Classes[class].EveryService {
			held = append(held, class)
		}
	}
	return held
}

func (l *Rules) law(market string) string { return l.Register.Markets[market].Law.Name }

// Check holds a site to the placement: every class of every market that it serves
// may lie there.
func (l *Rules) Check(site Site) error {
	p := &config.Problems{File: "residency: Pulumi." + site.Name + ".yaml"}
	for _, service := range ordered.Keys(site.Services) {
		for _, market := range site.Services[service].Markets {
			var elsewhere []string
			for _, class := range l.Held(service, "") {
				if allowed := l.Allowed(market, class); !slices.Contains(allowed, site.Name) {
					elsewhere = append(elsewhere, class+" in "+list(allowed))
				}
			}
			if len(elsewhere) > 0 {
				p.Add(config.Namespace+"services."+service+".markets", market, fmt.Sprintf("markets whose data may lie in %s; that of %s may lie elsewhere: %s (%s)",
					site.Name, market, strings.Join(elsewhere, "; "), l.law(market)))
			}
		}
	}
	return p.Err()
}

// Refuse says why the data of a site's resource may not go from one site to another,
// by market, class and law; it is empty where all of it may. A site is empty where
// nobody knows which it is.
func (l *Rules) Refuse(site Site, resource, from, to string) string {
	var refused []string
	for _, market := range site.markets() {
		var classes []string
		for _, class := range l.data(site, resource, market) {
			if !l.flows(from, to, class, market) {
				classes = append(classes, class)
			}
		}
		if len(classes) > 0 {
			refused = append(refused, fmt.Sprintf("%s of %s (%s)", strings.Join(classes, ", "), market, l.law(market)))
		}
	}
	if len(refused) == 0 {
		return ""
	}
	return fmt.Sprintf("flows that %s has; it has none from %s to %s of %s", Path, place(from), place(to), strings.Join(refused, "; "))
}

func place(site string) string {
	if site == "" {
		return "a place that is no site"
	}
	return site
}

// flows reports whether data may go from a site to another.
func (l *Rules) flows(from, to, class, market string) bool {
	if from == "" || to == "" || !slices.Contains(l.Allowed(market, class), to) {
		return false
	}
	return l.Classes[class].Public || slices.ContainsFunc(l.Sites[from].Out, func(f Flow) bool {
		return f.To == to && slices.Contains(f.Classes, class) && slices.Contains(f.Markets, market)
	})
}

// data are the classes that a resource has of a market's users, as its name tells:
// SITE-SERVICE, SITE-SERVICE-BUCKET, or SITE-cdn for public content. Whatever is
// named otherwise may have all that the site has.
func (l *Rules) data(site Site, resource, market string) (classes []string) {
	if under(resource, site.Name+"-cdn") {
		return slices.DeleteFunc(ordered.Keys(l.Classes), func(class string) bool { return !l.Classes[class].Public })
	}
	for _, own := range []bool{true, false} {
		for _, service := range ordered.Keys(site.Services) {
			if name := site.Services[service].ResourceName; slices.Contains(site.Services[service].Markets, market) && (!own || under(resource, name)) {
				classes = append(classes, l.Held(service, strings.TrimPrefix(resource, name+"-"))...)
			}
		}
		if own && slices.ContainsFunc(ordered.Keys(site.Services), func(service string) bool { return under(resource, site.Services[service].ResourceName) }) {
			break
		}
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

// under reports whether a resource is of this name, or part of what is.
func under(resource, name string) bool {
	return resource == name || strings.HasPrefix(resource, name+"-")
}

// markets are all that a site serves.
func (s Site) markets() (codes []string) {
	for _, service := range s.Services {
		codes = append(codes, service.Markets...)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// list names sites for a message.
func list(sites []string) string {
	if len(sites) == 0 {
		return "none"
	}
	return strings.Join(sites, ", ")
}

// Legal are the sites that may hold all that a service has of a market's users.
func (l *Rules) Legal(service, market string) []string {
	return slices.DeleteFunc(ordered.Keys(l.Sites), func(site string) bool {
		return slices.ContainsFunc(l.Held(service, ""), func(class string) bool {
			return !slices.Contains(l.Allowed(market, class), site)
		})
	})
}

// Alternatives are the sites that may hold all that a service has of a market's
// users, or its public content, which any may.
func (l *Rules) Alternatives(service, market string, public bool) []string {
	if public {
		return ordered.Keys(l.Sites)
	}
	return l.Legal(service, market)
}

// HasPublic reports whether a service has public content.
func (l *Rules) HasPublic(service string) bool {
	return slices.ContainsFunc(l.Services[service].Holds, func(class string) bool { return l.Classes[class].Public })
}
