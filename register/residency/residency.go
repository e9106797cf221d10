// Package residency holds the residency rules: where each class of each market's data may be
// stored, and which data may flow from one site to another (residency.yaml). It decides which
// configurations and flows are allowed; the package guardrails applies the rules to the
// resources of a stack. It does not decide which site serves a market: that is the
// placement, in the stacks' configuration.
package residency

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/diagnostic"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
)

//go:embed residency.yaml
var file []byte

// Path is the path of residency.yaml in the repository, for messages.
const Path = "register/residency/residency.yaml"

// Rules are the residency rules.
type Rules struct {
	// Classes are the classes of data by name.
	Classes map[string]Class
	// Services has the classes that each service of the register holds.
	Services map[string]ServiceData
	// Sites are the sites that may store data. They may precede their entries in the register.
	Sites []string
	// Flows are the data that may move from one place to another.
	Flows []Flow
	// Markets has the sites that may store the data of each market of the register.
	Markets map[string]MarketData

	// Register is the register that the rules refer to.
	Register *register.Register `yaml:"-"`
	// Today is the time with which the days of flows are compared.
	Today time.Time `yaml:"-"`
}

// Class is a class of data, such as account-identity.
type Class struct {
	// Name is the name for people.
	Name string
	// Public data may be stored in every site.
	Public bool
	// EveryService reports whether every service holds data of this class.
	EveryService bool `yaml:"everyService"`
}

// ServiceData lists the classes of data that a service holds.
type ServiceData struct {
	Holds []string
	// Buckets has the classes of buckets that hold fewer classes than the service, by the
	// bucket's name.
	Buckets map[string][]string
}

// MarketData lists the sites that may store the data of a market's users.
type MarketData struct {
	Sites []string
	// Only has the classes that only some of Sites may store, with these sites.
	Only map[string][]string
	// Reason states in one line why the market has its home sites, for reports.
	Reason string
}

// Default returns the residency rules of this repository, residency.yaml, with its register.
func Default() (*Rules, error) {
	reg, err := register.Default()
	if err != nil {
		return nil, err
	}
	return Load(file, reg, time.Now())
}

// Load reads residency rules and checks them against a register and the current time. Its error
// reports all problems at once.
func Load(data []byte, reg *register.Register, today time.Time) (*Rules, error) {
	r := &Rules{Register: reg, Today: today}
	if err := config.Decode(Path, data, r); err != nil {
		return nil, err
	}
	slices.Sort(r.Sites)
	p := &config.Problems{File: Path}
	all := func(key string, found, allowed []string) {
		for _, name := range found {
			if !slices.Contains(allowed, name) {
				p.Add(key, name, strings.Join(allowed, ", "))
			}
		}
	}
	classes, sites, markets := ordered.Keys(r.Classes), r.Sites, ordered.Keys(reg.Markets)
	for _, lists := range []struct {
		key                 string
		found, want, others []string
	}{
		{"services", ordered.Keys(r.Services), ordered.Keys(reg.Services), nil},
		{"markets", ordered.Keys(r.Markets), markets, nil},
		{"sites", sites, ordered.Keys(reg.Sites), sites}, // rules may precede a site's entry in the register
	} {
		all(lists.key, lists.found, append(lists.want, lists.others...))
		for _, name := range lists.want {
			if !slices.Contains(lists.found, name) {
				p.Add(lists.key, nil, "an entry for "+name)
			}
		}
	}
	for _, name := range ordered.Keys(r.Services) {
		service := r.Services[name]
		all("services."+name+".holds", service.Holds, classes)
		if len(service.Holds) == 0 {
			p.Add("services."+name+".holds", nil, "at least one of "+strings.Join(classes, ", "))
		}
		for _, bucket := range ordered.Keys(service.Buckets) {
			all("services."+name+".buckets."+bucket, service.Buckets[bucket], service.Holds)
		}
	}
	for _, code := range ordered.Keys(r.Markets) {
		market := r.Markets[code]
		all("markets."+code+".sites", market.Sites, sites)
		for _, site := range market.Sites {
			if country := reg.Sites[site].Country; country != "" && slices.Contains(reg.Markets[code].Law.NeverTo, country) {
				p.Add("markets."+code+".sites", site, fmt.Sprintf("sites outside of %s (%s)", country, r.law(code)))
			}
		}
		all("markets."+code+".only", ordered.Keys(market.Only), classes)
		for _, class := range ordered.Keys(market.Only) {
			all("markets."+code+".only."+class, market.Only[class], market.Sites)
		}
		if !config.OneLine.MatchString(market.Reason) {
			p.Add("markets."+code+".reason", market.Reason, "one line that states why the market has its home sites")
		}
	}
	for i, flow := range r.Flows {
		r.checkFlow(p, fmt.Sprintf("flows[%d]", i), flow, all)
	}
	return r, p.Err()
}

// Check reports each market of a site's configuration whose data the site may not store, by
// service, with the classes, the sites that may store them, and the law.
func (r *Rules) Check(site Site) error {
	p := &config.Problems{File: diagnostic.Residency.Line(config.StackFile(site.Name))}
	for _, service := range ordered.Keys(site.Services) {
		for _, market := range site.Services[service].Markets {
			var elsewhere []string
			for _, class := range r.Held(service, "") {
				if allowed := r.Allowed(market, class); !slices.Contains(allowed, site.Name) {
					elsewhere = append(elsewhere, class+" in "+list(allowed))
				}
			}
			if len(elsewhere) > 0 {
				p.Add(config.Namespace+"services."+service+".markets", market, fmt.Sprintf("markets whose data may be stored in %s; data of %s may be stored elsewhere: %s (%s)",
					site.Name, market, strings.Join(elsewhere, "; "), r.law(market)))
			}
		}
	}
	return p.Err()
}

// Allowed returns the sites that may store a class of data of a market's users.
func (r *Rules) Allowed(market, class string) []string {
	if r.Classes[class].Public {
		return slices.Clone(r.Sites)
	}
	if only, limited := r.Markets[market].Only[class]; limited {
		return only
	}
	return r.Markets[market].Sites
}

// Held returns the classes that a service holds or, if bucket names a bucket that has its own
// list, the classes that the bucket holds. Every result has the classes that every service holds.
func (r *Rules) Held(service, bucket string) []string {
	held, has := r.Services[service].Buckets[bucket]
	if !has {
		held = r.Services[service].Holds
	}
	held = slices.Clone(held)
	for _, class := range ordered.Keys(r.Classes) {
		if r.Classes[class].EveryService {
			held = append(held, class)
		}
	}
	return held
}

// Legal returns the sites that may store all data that a service holds of a market's users.
func (r *Rules) Legal(service, market string) []string {
	return slices.DeleteFunc(slices.Clone(r.Sites), func(site string) bool {
		return slices.ContainsFunc(r.Held(service, ""), func(class string) bool {
			return !slices.Contains(r.Allowed(market, class), site)
		})
	})
}

// Alternatives returns the sites that may serve a market's users in place of their home. Every
// site may serve public content; all other data requires a site of Legal.
func (r *Rules) Alternatives(service, market string, public bool) []string {
	if public {
		return slices.Clone(r.Sites)
	}
	return r.Legal(service, market)
}

// HasPublic reports whether a service holds a class of public data.
func (r *Rules) HasPublic(service string) bool {
	return slices.ContainsFunc(r.Services[service].Holds, func(class string) bool { return r.Classes[class].Public })
}

// law returns the name of a market's law.
func (r *Rules) law(market string) string { return r.Register.Markets[market].Law.Name }

// list formats a list of sites for a message.
func list(sites []string) string {
	if len(sites) == 0 {
		return "none"
	}
	return strings.Join(sites, ", ")
}
