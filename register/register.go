package register

import (
	_ "embed"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/components"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
)

//go:embed register.yaml
var file []byte

// Register holds what a stack's configuration may choose from.
type Register struct {
	// Global is what the stack without a site has.
	Global struct {
		// Account is the AWS account, 12 digits; any if empty.
		Account string
	}
	Sites    map[string]Site
	Services map[string]struct{ Name string }
	Markets  map[string]Market
	// Deadlines are those of the move out of Beijing.
	Deadlines []Deadline
}

// Path is the register's file, for people to find.
const Path = "register/register.yaml"

// Names of resources are SITE-SERVICE-BUCKET, which leaves room for suffixes within
// the 63 characters of a bucket's name and the 64 of a role's.
const (
	maxSiteName    = 10
	maxServiceName = 19
	MaxBucketName  = 20
)

// RDS takes neither two hyphens in a row nor one at the end.
var namePattern = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Named reports whether resources can be named so.
func Named(name string, longest int) bool {
	return len(name) <= longest && namePattern.MatchString(name)
}

// What can host a site.
const (
	ProviderAWS   = "aws"
	ProviderLocal = "localdc"
)

// Site pins the site of one name.
type Site struct {
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

// Default is the register of this repository.
func Default() (*Register, error) { return Load(file) }

// Load reads and checks the register, and reports all that is wrong with it.
func Load(data []byte) (*Register, error) {
	r := &Register{}
	decoder := yaml.NewDecoder(strings.NewReader(string(data)))
	decoder.KnownFields(true)
	if err := decoder.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: %w", Path, err)
	}
	p := &config.Problems{File: Path}
	checkAccount(GlobalStack, r.Global.Account, p)
	for _, name := range ordered.Keys(r.Services) {
		if !Named(name, maxServiceName) {
			p.Add("services", name, fmt.Sprintf("names of up to %d lower-case letters, digits and hyphens, a letter first", maxServiceName))
		}
	}
	for _, name := range ordered.Keys(r.Sites) {
		site := r.Sites[name]
		if !Named(name, maxSiteName) {
			p.Add("sites", name, fmt.Sprintf("names of up to %d lower-case letters, digits and hyphens, a letter first", maxSiteName))
		}
		r.checkPlace(name, site, p)
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
	for _, code := range ordered.Keys(r.Markets) {
		market := r.Markets[code]
		if !slices.Contains(components.PriceClasses, market.PriceClass) {
			p.Add("markets."+code+".priceClass", string(market.PriceClass), fmt.Sprintf("one of %q", components.PriceClasses))
		}
		for field, text := range map[string]string{"name": market.Law.Name, "says": market.Law.Says, "source": market.Law.Source} {
			if text == "" {
				p.Add("markets."+code+".law."+field, nil, "text")
			}
		}
	}
	r.checkDeadlines(p)
	return r, p.Err()
}

// checkPlace demands a place of the kind that the site's provider has.
func (r *Register) checkPlace(name string, site Site, p *config.Problems) {
	path := "sites." + name
	switch site.Provider {
	case ProviderAWS:
		if site.Region == "" || strings.HasPrefix(site.Region, "cn-") {
			p.Add(path+".region", site.Region, "an AWS region outside of China")
		}
		if site.Country != "" {
			p.Add(path+".country", site.Country, "none, since an AWS site has a region")
		}
	case ProviderLocal:
		if _, served := r.Markets[site.Country]; !served {
			p.Add(path+".country", site.Country, "one of "+strings.Join(ordered.Keys(r.Markets), ", "))
		}
		if site.Region != "" {
			p.Add(path+".region", site.Region, "none, since a local data centre has a country")
		}
	default:
		p.Add(path+".provider", site.Provider, ProviderAWS+" or "+ProviderLocal)
	}
}

// GlobalStack is the stack that is no site: it routes the users of all.
const GlobalStack = "global"
