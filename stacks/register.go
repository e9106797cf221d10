package stacks

import (
	_ "embed"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"multisite/components"
)

//go:embed register.yaml
var registerFile []byte

// Register holds what a stack's configuration may choose from.
type Register struct {
	// Global is what the stack without a site has.
	Global struct {
		// Account is the AWS account, 12 digits; any if empty.
		Account string
	}
	Sites    map[string]SiteEntry
	Services map[string]struct{ Name string }
	Markets  map[string]Market
	// Deadlines are those of the move out of Beijing.
	Deadlines []Deadline
}

// registerPath is the register's file, for people to find.
const registerPath = "stacks/register.yaml"

// Names of resources are SITE-SERVICE-BUCKET, which leaves room for suffixes within
// the 63 characters of a bucket's name and the 64 of a role's.
const (
	maxSiteName    = 10
	maxServiceName = 19
	maxBucketName  = 20
)

// RDS takes neither two hyphens in a row nor one at the end.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// named reports whether resources can be named so.
func named(name string, longest int) bool {
	return len(name) <= longest && namePattern.MatchString(name)
}

// What can host a site.
const (
	providerAWS   = "aws"
	providerLocal = "localdc"
)

// SiteEntry pins the site of one name.
type SiteEntry struct {
	// Provider is what hosts the site: aws or localdc.
	Provider string
	// Region is the AWS region, such as us-west-2.
	Region string
	// Country is where a local data centre is, by the code of a market.
	Country string
	// Account is the AWS account, 12 digits; any if empty.
	Account string
	// CidrBlock is the site's own IPv4 block.
	CidrBlock string `yaml:"cidrBlock"`
}

// Market is a country or territory whose users are served.
type Market struct {
	Name string
	// PriceClass is the smallest CloudFront price class with edge locations near.
	PriceClass components.PriceClass `yaml:"priceClass"`
	Law        Law
}

// Law is what a market says of moving its users' data abroad. It is no legal advice.
type Law struct {
	Name string `json:"name"`
	Says string `json:"says"`
	// Source is a URL or a citation.
	Source string `json:"source"`
}

// DefaultRegister is the register of this repository.
func DefaultRegister() (*Register, error) { return LoadRegister(registerFile) }

// LoadRegister reads and checks the register, and reports all that is wrong with it.
func LoadRegister(data []byte) (*Register, error) {
	r := &Register{}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: %w", registerPath, err)
	}
	p := &Problems{File: registerPath}
	checkAccount(GlobalStack, r.Global.Account, p)
	for _, name := range names(r.Services) {
		if !named(name, maxServiceName) {
			p.add("services", name, fmt.Sprintf("names of up to %d lower-case letters, digits and hyphens, a letter first", maxServiceName))
		}
	}
	for _, name := range names(r.Sites) {
		site := r.Sites[name]
		if !named(name, maxSiteName) {
			p.add("sites", name, fmt.Sprintf("names of up to %d lower-case letters, digits and hyphens, a letter first", maxSiteName))
		}
		r.checkPlace(name, site, p)
		checkAccount("sites."+name, site.Account, p)
		block, err := netip.ParsePrefix(site.CidrBlock)
		if err != nil || components.CheckBlock(block) != nil {
			p.add("sites."+name+".cidrBlock", site.CidrBlock, "a private IPv4 block from /16 to /22, such as 10.64.0.0/16")
			continue
		}
		for _, other := range names(r.Sites) {
			taken, err := netip.ParsePrefix(r.Sites[other].CidrBlock)
			if err == nil && other < name && taken.Overlaps(block) {
				p.add("sites."+name+".cidrBlock", site.CidrBlock, fmt.Sprintf("a block apart from %s's, %s", other, taken))
			}
		}
	}
	for _, code := range names(r.Markets) {
		market := r.Markets[code]
		if !slices.Contains(components.PriceClasses, market.PriceClass) {
			p.add("markets."+code+".priceClass", string(market.PriceClass), fmt.Sprintf("one of %q", components.PriceClasses))
		}
		for field, text := range map[string]string{"name": market.Law.Name, "says": market.Law.Says, "source": market.Law.Source} {
			if text == "" {
				p.add("markets."+code+".law."+field, nil, "text")
			}
		}
	}
	r.checkDeadlines(p)
	return r, p.Err()
}

// checkPlace demands a place of the kind that the site's provider has.
func (r *Register) checkPlace(name string, site SiteEntry, p *Problems) {
	path := "sites." + name
	switch site.Provider {
	case providerAWS:
		if site.Region == "" || strings.HasPrefix(site.Region, "cn-") {
			p.add(path+".region", site.Region, "an AWS region outside of China")
		}
		if site.Country != "" {
			p.add(path+".country", site.Country, "none, since an AWS site has a region")
		}
	case providerLocal:
		if _, served := r.Markets[site.Country]; !served {
			p.add(path+".country", site.Country, "one of "+strings.Join(names(r.Markets), ", "))
		}
		if site.Region != "" {
			p.add(path+".region", site.Region, "none, since a local data centre has a country")
		}
	default:
		p.add(path+".provider", site.Provider, providerAWS+" or "+providerLocal)
	}
}

// names returns a map's keys in order.
func names[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// GlobalStack is the stack that is no site: it routes the users of all.
const GlobalStack = "global"
