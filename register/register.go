// Package register reads the register: the sites, services, markets and deadlines that the
// stacks' configuration may use (register.yaml), and the certificate authorities of Amazon
// RDS (authorities.yaml). It checks these files alone: package siteconfig checks the stacks'
// configuration against them. The law that a market names is a reference for a lawyer; the
// package residency has the rules that the program enforces.
package register

import (
	_ "embed"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
)

//go:embed register.yaml
var file []byte

// Path is the path of register.yaml in the repository, for messages.
const Path = "register/register.yaml"

// GlobalStack is the name of the stack that has no site: it routes the users of all sites.
const GlobalStack = "global"

// contentName is the first label of the DNS names of public content.
const contentName = "static"

// Providers of sites.
const (
	// ProviderAWS is the provider of sites in an AWS region.
	ProviderAWS = "aws"
	// ProviderLocal is the provider of sites in a local data centre.
	ProviderLocal = "localdc"
)

// Names of resources are SITE-SERVICE-BUCKET. The limits leave room for suffixes within the
// 63 characters of a bucket's name and the 64 characters of a role's name.
const (
	maxSiteName    = 10
	maxServiceName = 19
	// MaxBucketName is the length of the longest name of a service's bucket, in characters.
	MaxBucketName = 20
)

// Register lists the values that a stack's configuration may use.
type Register struct {
	// Global describes the stack global.
	Global struct {
		// Account is the ID of the stack's AWS account, 12 digits; empty allows any account.
		Account string
	}
	// Sites are the sites by name, which is also the name of the site's stack.
	Sites map[string]Site
	// Origin is the data centre from which the markets move.
	Origin Origin
	// Services are the services by their name in resource names. Name is the name for people.
	Services map[string]struct{ Name string }
	// Markets are the markets by ISO 3166 code. They include the rest of the world.
	Markets map[string]Market
	// Deadlines are the deadlines of the move out of Beijing.
	Deadlines []Deadline
}

// Site fixes the location, account and address block of a site.
type Site struct {
	// Provider is aws or localdc.
	Provider string
	// Region is the AWS region, such as us-west-2. It is empty for a local data centre.
	Region string
	// Country is the market that a local data centre is in. It is empty for an AWS site.
	Country string
	// City is the city of a local data centre, or states that none is chosen. It is empty for an
	// AWS site.
	City string
	// Account is the ID of the site's AWS account, 12 digits; empty allows any account.
	Account string
	// CidrBlock is the site's IPv4 block. It overlaps no other site's block.
	CidrBlock string `yaml:"cidrBlock"`
}

// Market is a country or territory, or the rest of the world (components.RestOfWorld).
type Market struct {
	Name string
	// PriceClass is the smallest CloudFront price class with edge locations near the users.
	PriceClass components.PriceClass `yaml:"priceClass"`
	// Law is the law on moving the users' data abroad.
	Law Law
	// Unserved has the services that no site serves the users with, with the reason.
	Unserved map[string]string
}

// Law is a market's law on moving its users' data abroad. It is not legal advice.
type Law struct {
	Name string `json:"name"`
	// Summary is one line.
	Summary string `json:"says" yaml:"says"`
	// Source is a URL or a citation.
	Source string `json:"source"`
	// NeverTo lists the countries that the data may not go to, by ISO 3166 code.
	NeverTo []string `json:"neverTo,omitempty" yaml:"neverTo"`
}

// namePattern is the form of names. RDS takes neither two hyphens in a row nor a hyphen at
// the end.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Named reports whether a name has the form of a site's, service's or bucket's name and at
// most longest characters.
func Named(name string, longest int) bool {
	return len(name) <= longest && namePattern.MatchString(name)
}

// Default returns the register of this repository, register.yaml.
func Default() (*Register, error) { return Load(file) }

// Load reads and checks a register. Its error reports all problems at once.
func Load(data []byte) (*Register, error) {
	r := &Register{}
	if err := config.Decode(Path, data, r); err != nil {
		return nil, err
	}
	p := &config.Problems{File: Path}
	checkAccount(GlobalStack, r.Global.Account, p)
	for _, name := range ordered.Keys(r.Services) {
		if !Named(name, maxServiceName) {
			p.Add("services", name, fmt.Sprintf("names of up to %d lower-case letters, digits and hyphens, a letter first", maxServiceName))
		}
		if name == contentName { // SERVICE.SITE.DOMAIN and static.SITE.DOMAIN would be one record
			p.Add("services", name, "names other than that of public content")
		}
	}
	for _, name := range ordered.Keys(r.Sites) {
		site := r.Sites[name]
		if !Named(name, maxSiteName) {
			p.Add("sites", name, fmt.Sprintf("names of up to %d lower-case letters, digits and hyphens, a letter first", maxSiteName))
		}
		if _, taken := r.Services[name]; taken { // static.SITE.DOMAIN and static.SERVICE.DOMAIN would be one record
			p.Add("sites", name, "names that no service has")
		}
		r.checkLocation(name, site, p)
		checkAccount("sites."+name, site.Account, p)
		block, err := netip.ParsePrefix(site.CidrBlock)
		if err != nil || components.CheckBlock(block) != nil {
			p.Add("sites."+name+".cidrBlock", site.CidrBlock, "a private IPv4 block from /16 to /22, such as 10.64.0.0/16")
			continue
		}
		for _, other := range ordered.Keys(r.Sites) {
			taken, err := netip.ParsePrefix(r.Sites[other].CidrBlock)
			if err == nil && other < name && taken.Overlaps(block) {
				p.Add("sites."+name+".cidrBlock", site.CidrBlock, fmt.Sprintf("a block apart from %s's, %s", other, taken))
			}
		}
	}
	r.Origin.check(r, p)
	for _, code := range ordered.Keys(r.Markets) {
		market := r.Markets[code]
		if !components.Country.MatchString(code) || code == "CN" {
			p.Add("markets", code, "ISO 3166 codes other than CN, mainland China, whose users' data stays in Beijing")
		}
		for _, service := range ordered.Keys(market.Unserved) {
			if _, known := r.Services[service]; !known {
				p.Unknown("markets."+code+".unserved."+service, ordered.Keys(r.Services))
			}
			if text := market.Unserved[service]; !config.Reason.MatchString(text) {
				p.Add("markets."+code+".unserved."+service, text, "the reason, in one line of three words or more")
			}
		}
		for i, never := range market.Law.NeverTo {
			if !components.Country.MatchString(never) || never == code {
				p.Add(fmt.Sprintf("markets.%s.law.neverTo[%d]", code, i), never, "the ISO 3166 code of another country, such as CN")
			}
		}
		if !slices.Contains(components.PriceClasses, market.PriceClass) {
			p.Add("markets."+code+".priceClass", string(market.PriceClass), fmt.Sprintf("one of %q", components.PriceClasses))
		}
		for field, text := range map[string]string{"name": market.Law.Name, "says": market.Law.Summary, "source": market.Law.Source} {
			if text == "" {
				p.Add("markets."+code+".law."+field, nil, "text")
			}
		}
	}
	if _, found := r.Markets[components.RestOfWorld]; !found {
		p.Add("markets", nil, "an entry for "+components.RestOfWorld+", the rest of the world")
	}
	r.checkDeadlines(p)
	return r, p.Err()
}

// checkLocation reports a site whose provider is unknown, an AWS site without a region outside
// of China, and a local data centre without a market's country or without a city.
func (r *Register) checkLocation(name string, site Site, p *config.Problems) {
	path := "sites." + name
	switch site.Provider {
	case ProviderAWS:
		if site.Region == "" || strings.HasPrefix(site.Region, "cn-") {
			p.Add(path+".region", site.Region, "an AWS region outside of China")
		}
		if site.Country != "" {
			p.Add(path+".country", site.Country, "none, since an AWS site has a region")
		}
		if site.City != "" {
			p.Add(path+".city", site.City, "none, since an AWS site has a region")
		}
	case ProviderLocal:
		countries := slices.DeleteFunc(ordered.Keys(r.Markets), func(code string) bool { return code == components.RestOfWorld || code == "CN" })
		if !slices.Contains(countries, site.Country) {
			p.Add(path+".country", site.Country, "one of "+strings.Join(countries, ", "))
		}
		if site.City == "" {
			p.Add(path+".city", nil, "the city of the data centre")
		}
		if site.Region != "" {
			p.Add(path+".region", site.Region, "none, since a local data centre has a country")
		}
	default:
		p.Add(path+".provider", site.Provider, ProviderAWS+" or "+ProviderLocal)
	}
}
