package stacks

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"multisite/components"
)

// namespace is that of the project's own keys.
const namespace = "multisite:"

// Site is what a stack's configuration says, checked.
type Site struct {
	Name     string
	Region   string
	Network  Network
	Services map[string]Service
	// Tags go on every resource, beside those that the program sets.
	Tags               map[string]string
	DeletionProtection bool
	// PriceClass is the smallest that serves all of the site's markets well.
	PriceClass components.PriceClass
}

// Network is multisite:network.
type Network struct {
	CidrBlock   string
	Zones       int // how many of the region's zones
	NatGateways components.NatGateways
}

// Service is one entry of multisite:services.
type Service struct {
	Markets  []string
	Database *Database // none if nil
	Buckets  []string
}

// Database is a service's database.
type Database struct {
	InstanceClass             string
	StorageGiB, MaxStorageGiB int
}

// reservedTags are the ones that the program sets itself.
var reservedTags = []string{"ManagedBy", "Name", "Project", "Site", "Tier"}

var (
	bucketName    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	instanceClass = regexp.MustCompile(`^db\.[a-z0-9]+\.[a-z0-9]+$`)
)

// LoadSite checks a stack's configuration, given as the engine gives it: text by
// qualified key, JSON where a value is structured. It reports all problems at once.
func LoadSite(stack string, config map[string]string, register *Register) (*Site, error) {
	p := &Problems{File: "Pulumi." + stack + ".yaml"}
	entry, known := register.Sites[stack]
	if !known {
		p.add("the stack's name", stack, "a site of stacks/register.yaml: "+strings.Join(names(register.Sites), ", "))
	}
	root := rootNode(config, p)
	root.fields("region", "network", "services", "tags", "deletionProtection")
	site := &Site{
		Name:               stack,
		Region:             root.field("region").text(),
		Network:            loadNetwork(root.field("network")),
		Tags:               loadTags(root.field("tags")),
		DeletionProtection: root.field("deletionProtection").flag(true),
		Services:           map[string]Service{},
		PriceClass:         components.PriceClass100,
	}
	if known && site.Region != entry.Region {
		p.add(namespace+"region", site.Region, entry.Region+", the region of this site in stacks/register.yaml")
	}
	if block := root.field("network").field("cidrBlock"); known && block.value != entry.CidrBlock {
		p.add(block.path, block.value, entry.CidrBlock+", the block of this site in stacks/register.yaml")
	}
	services := root.field("services")
	for _, name := range services.fields(names(register.Services)...) {
		service := loadService(services.field(name), register)
		site.Services[name] = service
		for _, code := range service.Markets {
			site.PriceClass = larger(site.PriceClass, register.Markets[code].PriceClass)
		}
	}
	if len(site.Services) == 0 {
		p.add(services.path, nil, "at least one of "+strings.Join(names(register.Services), ", "))
	}
	return site, p.Err()
}

func loadNetwork(n node) Network {
	n.fields("cidrBlock", "zones", "natGateways")
	return Network{
		CidrBlock:   n.field("cidrBlock").text(),
		Zones:       n.field("zones").number(2, 8),
		NatGateways: components.NatGateways(n.field("natGateways").oneOf(string(components.NatPerZone), texts(components.AllNatGateways)...)),
	}
}

// loadTags keeps the names that the program and AWS use themselves.
func loadTags(n node) map[string]string {
	tags := map[string]string{}
	for _, name := range n.children() {
		if slices.Contains(reservedTags, name) || strings.HasPrefix(strings.ToLower(name), "aws:") {
			n.log.add(n.path, name, "tags other than aws:* and "+strings.Join(reservedTags, ", ")+", which the program sets")
		}
		tags[name] = n.field(name).text()
	}
	return tags
}

func loadService(n node, register *Register) Service {
	n.fields("markets", "database", "buckets")
	service := Service{Markets: n.field("markets").list(names(register.Markets)...)}
	if database := n.field("database"); database.value != nil {
		database.fields("instanceClass", "storageGiB", "maxStorageGiB")
		service.Database = &Database{
			InstanceClass: database.field("instanceClass").match(instanceClass, "an RDS instance class such as db.m7g.large"),
			StorageGiB:    database.field("storageGiB").number(20, 65536),
			MaxStorageGiB: database.field("maxStorageGiB").number(22, 65536),
		}
		if limit := service.Database; 10*limit.MaxStorageGiB < 11*limit.StorageGiB {
			database.field("maxStorageGiB").problem("at least a tenth above storageGiB")
		}
	}
	buckets := n.field("buckets")
	for _, name := range buckets.children() {
		if !bucketName.MatchString(name) {
			buckets.log.add(buckets.path, name, "bucket names of up to 20 lower-case letters, digits and hyphens, a letter first")
		}
		buckets.field(name).fields() // room for options
		service.Buckets = append(service.Buckets, name)
	}
	return service
}

// larger is the price class with more edge locations.
func larger(a, b components.PriceClass) components.PriceClass {
	for _, class := range components.PriceClasses {
		if class == a {
			return b
		}
		if class == b {
			return a
		}
	}
	return a
}

func texts[T ~string](values []T) []string {
	converted := make([]string, len(values))
	for i, value := range values {
		converted[i] = string(value)
	}
	return converted
}

// rootNode parses the raw configuration. Keys of other namespaces would have no effect.
func rootNode(config map[string]string, p *Problems) node {
	values := map[string]any{}
	for _, key := range names(config) {
		name, own := strings.CutPrefix(key, namespace)
		switch {
		case own:
			var value any = config[key]
			_ = json.Unmarshal([]byte(config[key]), &value) // text stays text
			values[name] = value
		case !strings.HasPrefix(key, "pulumi:"):
			p.add(key, config[key], fmt.Sprintf("keys that begin with %s; providers are set up by the program alone", namespace))
		}
	}
	return node{path: strings.TrimSuffix(namespace, ":"), value: values, log: p}
}
