package live

import (
	"crypto/rand"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

//go:embed site.yaml
var siteFile string

// object is a part of a configuration.
type object = map[string]any

// noKey stands for the key of the copies in a plan, before there is one.
const noKey = "00000000-0000-0000-0000-000000000000"

// globalStack routes users to the site.
const globalStack = "global"

// stackYAML is the file of a stack's configuration.
func stackYAML(stack string) string { return "Pulumi." + stack + ".yaml" }

// stackFile is the working copy of a stack's configuration.
func (a *app) stackFile(stack string) string {
	return filepath.Join(a.project(), stackYAML(stack))
}

// readYAML reads a file, which need not be there.
func readYAML(file string) (object, error) {
	content := object{}
	data, err := os.ReadFile(file) //nolint:gosec // of the project
	if errors.Is(err, fs.ErrNotExist) {
		return content, nil
	}
	if err := errors.Join(err, yaml.Unmarshal(data, &content)); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return content, nil
}

func writeYAML(file string, content object) error {
	data, err := yaml.Marshal(content)
	return errors.Join(err, os.WriteFile(file, data, 0o600))
}

// edit changes a stack's configuration in the working copy. What Pulumi keeps beside
// the configuration, such as the salt of the secrets, stays.
func (a *app) edit(stack string, change func(config object)) error {
	content, err := readYAML(a.stackFile(stack))
	if err != nil {
		return err
	}
	config, _ := content["config"].(object)
	if config == nil {
		config = object{}
	}
	change(config)
	content["config"] = config
	return writeYAML(a.stackFile(stack), content)
}

// chooseServices finds what the small site hosts: a service with a bucket, and
// another whose database can be copied.
func (r *record) chooseServices(config object) error {
	services, _ := config["multisite:services"].(object)
	for _, name := range slices.Sorted(maps.Keys(services)) {
		service, _ := services[name].(object)
		buckets, _ := service["buckets"].(object)
		markets, _ := service["markets"].([]any)
		switch {
		case service["database"] == nil || len(markets) == 0:
		case r.Home == "" && len(buckets) > 0:
			r.Home, r.Bucket = name, slices.Sorted(maps.Keys(buckets))[0]
		case r.Moving == "":
			r.Moving, r.Market = name, fmt.Sprint(markets[0])
		}
	}
	if r.Home == "" {
		return fmt.Errorf("%s: multisite:services: found %v; allowed: at least one with a database and a bucket",
			stackYAML(r.Site), slices.Sorted(maps.Keys(services)))
	}
	return nil
}

// options returns a part of site.yaml with the run's values in it.
func (r *record) options(part, keyARN string) (object, error) {
	text := strings.NewReplacer("REGION", r.Region, "RUN", r.ID, "UNTIL", r.Until, "COPIES", r.copies(), "BUCKET", r.Bucket, "KEY", keyARN).Replace(siteFile)
	parts := map[string]object{}
	err := yaml.Unmarshal([]byte(text), &parts)
	return parts[part], err
}

// copies names the bucket that gets copies. It is known before there is one.
func (r *record) copies() string { return "multisite-" + r.ID + "-copies" }

// keyARN is the ARN of a key in the site's region.
func (r *record) keyARN(id string) string {
	return "arn:aws:kms:" + r.Region + ":" + r.Account + ":key/" + id
}

// small makes a site's configuration the small site's.
func (r *record) small(config object, keyARN string) error {
	parts := map[string]object{}
	for _, part := range []string{"site", "home", "moving"} {
		var err error
		if parts[part], err = r.options(part, keyARN); err != nil {
			return err
		}
	}
	services, _ := config["multisite:services"].(object)
	hosted := object{}
	for name, part := range map[string]object{r.Home: parts["home"], r.Moving: parts["moving"]} {
		if own, _ := services[name].(object); name != "" && own != nil {
			hosted[name] = part
			part["markets"] = own["markets"]
		}
	}
	lay(config, parts["site"])
	config["multisite:services"] = hosted
	delete(config, "multisite:migration")
	delete(config, "multisite:exceptions")
	if r.Moving != "" { // where every move begins
		config["multisite:migration"] = object{"services": object{r.Moving: object{"markets": object{r.Market: object{"phase": "origin"}}}}}
	}
	if r.Domain != "" {
		config["multisite:cdn"].(object)["domain"] = object{"name": "cdn." + r.Domain, "hostedZoneId": r.Zone}
	}
	return nil
}

// lay sets what the options name, and leaves what they do not.
func lay(config, options object) {
	for key, option := range options {
		nested, isObject := option.(object)
		existing, has := config[key].(object)
		if isObject && has && key != "geoRestriction" {
			lay(existing, nested)
		} else {
			config[key] = option
		}
	}
}

// global makes the global stack's configuration that of the small site's routes.
func (r *record) global(config object) {
	config["multisite:domain"] = r.routes()
	config["multisite:tags"] = object{runTag: r.ID, "LiveUntil": r.Until}
	for _, key := range []string{"multisite:elsewhere", "multisite:origins"} {
		of, _ := config[key].(object)
		for service, to := range of {
			if service != r.Home && service != r.Moving || key == "multisite:elsewhere" && to != r.Site {
				delete(of, service)
			}
		}
	}
	if r.Moving != "" { // whose users are sent to the origin until it has moved
		origins, _ := config["multisite:origins"].(object)
		if origins == nil {
			origins = object{}
		}
		origins[r.Moving] = "origin.example.net"
		config["multisite:origins"] = origins
	}
}

// routes is the zone that the global stack makes, within the one that is there.
func (r *record) routes() string { return "live." + r.Domain }

// makeProject makes the working copy: the project and the stacks of the run, with a
// state of their own. Doing it again changes nothing.
func (a *app) makeProject() error {
	if _, err := os.Stat(a.file("passphrase")); errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(a.file("passphrase"), []byte(randomHex(32)), 0o600); err != nil {
			return err
		}
	}
	if err := errors.Join(os.MkdirAll(a.project(), 0o700), os.MkdirAll(a.file("state"), 0o700), a.setenv()); err != nil {
		return err
	}
	project, err := readYAML(filepath.Join(a.root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	project["runtime"] = object{"name": "go", "options": object{"binary": a.program}}
	return writeYAML(filepath.Join(a.project(), "Pulumi.yaml"), project)
}

// configure writes a stack's configuration, the first time that it is asked to.
func (a *app) configure(stack string, change func(object) error) error {
	if _, err := os.Stat(a.stackFile(stack)); err == nil {
		return nil
	}
	content, err := readYAML(filepath.Join(a.root, stackYAML(stack)))
	if err != nil {
		return err
	}
	config, _ := content["config"].(object)
	if config == nil {
		return fmt.Errorf("%s: config: found none; allowed: a stack's configuration", stackYAML(stack))
	}
	if err := change(config); err != nil {
		return err
	}
	return writeYAML(a.stackFile(stack), object{"config": config})
}

// hasStack reports whether the run's state has a stack.
func (a *app) hasStack(stack string) bool {
	found, err := filepath.Glob(filepath.Join(a.file("state"), ".pulumi", "stacks", "*", stack+".json"))
	return err == nil && len(found) > 0
}

func randomHex(bytes int) string {
	random := make([]byte, bytes)
	_, _ = rand.Read(random) // which never fails
	return hex.EncodeToString(random)
}
