package stacks

import (
	"encoding/json"
	"fmt"
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
	CidrBlock string
	// Zones is how many of the region's zones, in the order of their names, and
	// ZoneNames which ones: the first is 0 where the second is given.
	Zones       int
	ZoneNames   []string
	NatGateways components.NatGateways
	// InterfaceEndpoints are AWS services beside S3 and DynamoDB.
	InterfaceEndpoints []string
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
		Region:             root.field("region").pinned(entry.Region),
		Network:            loadNetwork(root.field("network"), entry),
		Tags:               loadTags(root.field("tags")),
		DeletionProtection: root.field("deletionProtection").flag(true),
		Services:           map[string]Service{},
		PriceClass:         components.PriceClass100,
	}
	services := root.field("services")
	for _, name := range services.fields(names(register.Services)...) {
		service := loadService(services.field(name), register)
		site.Services[name] = service
		for _, code := range service.Markets {
			site.PriceClass = larger(site.PriceClass, register.Markets[code].PriceClass)
		}
	}
	checkNames(site.Services, p)
	if len(site.Services) == 0 {
		p.add(services.path, nil, "at least one of "+strings.Join(names(register.Services), ", "))
	}
	return site, p.Err()
}

func loadNetwork(n node, entry SiteEntry) Network {
	n.fields("cidrBlock", "zones", "natGateways", "interfaceEndpoints")
	network := Network{
		CidrBlock:   n.field("cidrBlock").pinned(entry.CidrBlock),
		NatGateways: components.NatGateways(n.field("natGateways").oneOf(string(components.NatPerZone), texts(components.AllNatGateways)...)),
	}
	if endpoints := n.field("interfaceEndpoints"); endpoints.value != nil {
		network.InterfaceEndpoints = endpoints.names(1, components.ServiceName)
	}
	if zones := n.field("zones"); zones.isList() {
		network.ZoneNames = zones.names(2, components.ZoneName)
	} else {
		network.Zones = zones.number(2, 8)
	}
	return network
}

// checkNames finds services and buckets whose joined names, mi-cloud-photos for
// one, are the same.
func checkNames(services map[string]Service, p *Problems) {
	owners := map[string]string{}
	for _, service := range names(services) {
		for _, bucket := range services[service].Buckets {
			joined, path := service+"-"+bucket, namespace+"services."+service+".buckets"
			if owner, taken := owners[joined]; taken {
				p.add(path, bucket, "names that do not make "+joined+", as one of "+owner+" does")
			}
			owners[joined] = path
		}
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
			InstanceClass: database.field("instanceClass").match(components.InstanceClass, "an RDS instance class such as db.m7g.large"),
			StorageGiB:    database.field("storageGiB").number(components.MinStorageGiB, components.MaxStorageGiB),
			MaxStorageGiB: database.field("maxStorageGiB").number(components.MinStorageGiB, components.MaxStorageGiB),
		}
		if size := service.Database; size.MaxStorageGiB > 0 && !components.CanGrow(size.StorageGiB, size.MaxStorageGiB) {
			database.field("maxStorageGiB").problem("at least a tenth above storageGiB")
		}
	}
	buckets := n.field("buckets")
	for _, name := range buckets.children() {
		if !named(name, maxBucketName) {
			buckets.log.add(buckets.path, name, "names of up to 20 lower-case letters, digits and hyphens, a letter first")
		}
		buckets.field(name).fields() // room for options
		service.Buckets = append(service.Buckets, name)
	}
	return service
}

// larger is the price class with more edge locations.
func larger(a, b components.PriceClass) components.PriceClass {
	return components.PriceClasses[max(slices.Index(components.PriceClasses, a), slices.Index(components.PriceClasses, b))]
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
