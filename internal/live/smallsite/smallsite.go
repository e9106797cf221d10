// Package smallsite reduces a site's configuration to the small site that a test creates:
// one service with a bucket, one service whose database is copied, every option, and the
// smallest instance classes.
package smallsite

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/live/workspace"
	"example.com/multisite/internal/ordered"
)

//go:embed site.yaml
var optionsFile string

// object is a mapping in a configuration.
type object = map[string]any

// NoKey is the ID of the replication key in a preview, before the key exists.
const NoKey = "00000000-0000-0000-0000-000000000000"

// originHost is in the reserved domain that register/register.yaml has for the origin. No host
// answers there.
const originHost = "origin.beijing.example"

// ChooseServices sets the record's Home, Bucket, Moving and Market from a site's
// configuration. Home is the first service with a database and a bucket, Moving another
// service with a database.
func ChooseServices(r *workspace.Record, config map[string]any) error {
	services, _ := config["multisite:services"].(object)
	for _, name := range ordered.Keys(services) {
		service, _ := services[name].(object)
		buckets, _ := service["buckets"].(object)
		markets, _ := service["markets"].([]any)
		switch {
		case service["database"] == nil || len(markets) == 0:
		case r.Home == "" && len(buckets) > 0:
			r.Home, r.Bucket = name, ordered.Keys(buckets)[0]
		case r.Moving == "":
			r.Moving, r.Market = name, fmt.Sprint(markets[0])
		}
	}
	if r.Home == "" {
		return fmt.Errorf("%s: multisite:services: found %v; allowed: at least one with a database and a bucket",
			workspace.ConfigFile(r.Site), ordered.Keys(services))
	}
	return nil
}

// Configure changes a site's configuration to that of the small site, which encrypts
// replicated objects with the key keyID.
func Configure(r *workspace.Record, config map[string]any, keyID string) error {
	parts := map[string]object{}
	for _, part := range []string{"site", "home", "moving"} {
		var err error
		if parts[part], err = options(r, part, r.KeyARN(keyID)); err != nil {
			return err
		}
	}
	services, _ := config["multisite:services"].(object)
	hosted := object{}
	for name, part := range map[string]object{r.Home: parts["home"], r.Moving: parts["moving"]} {
		if configured, _ := services[name].(object); name != "" && configured != nil {
			hosted[name] = part
			part["markets"] = configured["markets"]
		}
	}
	merge(config, parts["site"])
	config["multisite:services"] = hosted
	delete(config, "multisite:migration")
	delete(config, "multisite:exceptions")
	if r.Moving != "" { // a migration begins in this phase
		config["multisite:migration"] = object{"services": object{r.Moving: object{"markets": object{r.Market: object{"phase": "origin"}}}}}
	}
	if r.Domain != "" {
		config["multisite:cdn"].(object)["domain"] = object{"name": "cdn." + r.Domain, "hostedZoneId": r.Zone}
	}
	return nil
}

// SetReplicationKey sets the key that encrypts replicated objects.
func SetReplicationKey(r *workspace.Record, config map[string]any, keyID string) {
	child(config, "multisite:services", r.Home, "buckets", r.Bucket, "replication")["keyArn"] = r.KeyARN(keyID)
}

// ConfigureGlobal changes the global stack's configuration to the routes of the small site.
func ConfigureGlobal(r *workspace.Record, config map[string]any) {
	config["multisite:domain"] = r.RoutesDomain()
	config["multisite:tags"] = object{workspace.RunTag: r.ID, workspace.UntilTag: r.Until}
	origins, _ := config["multisite:origins"].(object)
	for service := range origins {
		if service != r.Home && service != r.Moving {
			delete(origins, service)
		}
	}
	if r.Moving != "" { // until it has moved, its users are routed to the origin
		if origins == nil {
			origins = object{}
		}
		origins[r.Moving] = originHost
		config["multisite:origins"] = origins
	}
}

// ConfigureCopy adds to a site's configuration the copy of Moving's database from a host
// in the given IPv4 blocks. certificates is the PEM bundle that verifies the host. The
// caller sets the password, which is a secret.
func ConfigureCopy(r *workspace.Record, config map[string]any, certificates, host string, blocks []string, now time.Time) error {
	replication, err := options(r, "migration", "")
	if err != nil {
		return err
	}
	migration := child(config, "multisite:migration")
	merge(migration, replication)
	child(migration, "replication")["originCidrBlocks"] = blocks
	migration["certificates"] = certificates
	service := child(migration, "services", r.Moving)
	service["origin"] = object{"database": object{"host": host, "name": "origin", "username": "multisite"}}
	child(service, "markets")[r.Market] = object{"phase": "copying", "facts": object{
		"for": "copying", "measured": now.Format(time.DateOnly), "homeEmpty": true,
	}}
	return nil
}

// options returns a part of site.yaml with the run's values.
func options(r *workspace.Record, part, keyARN string) (object, error) {
	text := strings.NewReplacer("REGION", r.Region, "RUN", r.ID, "UNTIL", r.Until, "COPIES", r.CopiesBucket(), "BUCKET", r.Bucket, "KEY", keyARN).Replace(optionsFile)
	parts := map[string]object{}
	err := yaml.Unmarshal([]byte(text), &parts)
	return parts[part], err
}

// merge sets the keys of options in a configuration and keeps the other keys.
// geoRestriction is replaced as a whole, since it allows either block or allow.
func merge(config, options object) {
	for key, option := range options {
		nested, isObject := option.(object)
		existing, has := config[key].(object)
		if isObject && has && key != "geoRestriction" {
			merge(existing, nested)
		} else {
			config[key] = option
		}
	}
}

// child returns the object at a path of keys, and creates objects that do not exist.
func child(config object, path ...string) object {
	for _, key := range path {
		next, _ := config[key].(object)
		if next == nil {
			next = object{}
			config[key] = next
		}
		config = next
	}
	return config
}
