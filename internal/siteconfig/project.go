package siteconfig

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"

	"go.yaml.in/yaml/v3"
)

// LoadProject checks a project's sites against the placement of this repository.
func LoadProject(dir string) (map[string]*Site, *residency.Rules, error) {
	rules, err := residency.Default()
	if err != nil {
		return nil, nil, err
	}
	sites, err := LoadAll(dir, rules)
	return sites, rules, err
}

// LoadAll checks the configuration of every stack of a project, and the sites
// beside one another. It reports all problems at once. A site that is given stands
// for its file: the engine may have its configuration from elsewhere.
func LoadAll(dir string, rules *residency.Rules, given ...*Site) (map[string]*Site, error) {
	files, err := filepath.Glob(filepath.Join(dir, "Pulumi.*.yaml"))
	if err != nil {
		return nil, err
	}
	sites, problems := map[string]*Site{}, []error{}
	for _, site := range given {
		sites[site.Name] = site
	}
	for _, file := range files {
		stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml")
		if sites[stack] != nil || stack == register.GlobalStack {
			continue
		}
		raw, err := readConfig(file)
		if err == nil {
			sites[stack], err = Load(stack, raw, rules.Register)
		}
		problems = append(problems, err)
	}
	for _, name := range ordered.Keys(sites) {
		problems = append(problems, rules.Check(sites[name].Residency()))
	}
	return sites, errors.Join(append(problems, checkHomes(sites), checkSecondaryBlocks(sites))...)
}

// LoadGlobalFile checks the configuration of a project's global stack.
func LoadGlobalFile(dir string, reg *register.Register) (*Global, error) {
	raw, err := readConfig(filepath.Join(dir, GlobalFile))
	if err != nil {
		return nil, err
	}
	return LoadGlobal(raw, reg)
}

// readConfig reads a stack's file as the engine does: JSON where a value is structured.
func readConfig(file string) (map[string]string, error) {
	data, err := os.ReadFile(file) //nolint:gosec // a file of the project
	if err != nil {
		return nil, err
	}
	var content struct{ Config map[string]any }
	if err := yaml.Unmarshal(data, &content); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	raw := map[string]string{}
	for key, value := range content.Config {
		value = sealed(value)
		text, isText := value.(string)
		if !isText {
			encoded, err := json.Marshal(value)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", filepath.Base(file), key, err)
			}
			text = string(encoded)
		}
		raw[key] = text
	}
	return raw, nil
}

// sealed puts the ciphertext of secrets, {secure: …}, in their place: only the
// engine can read the stack's own, and nobody here those of other stacks.
func sealed(value any) any {
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	if secret, ok := object["secure"].(string); ok && len(object) == 1 {
		return secret
	}
	for key := range object {
		object[key] = sealed(object[key])
	}
	return object
}

// checkHomes demands one home for each market of each service. Another site may
// serve the market too only where the home names it as the one that stands in.
func checkHomes(sites map[string]*Site) error {
	var problems []error
	for _, name := range ordered.Keys(sites) {
		p := &config.Problems{File: "Pulumi." + name + ".yaml"}
		for _, service := range ordered.Keys(sites[name].Services) {
			own := sites[name].Services[service]
			path := config.Namespace + "services." + service
			for _, market := range own.Markets {
				for _, other := range ordered.Keys(sites) {
					if other > name && sites[other].serves(service, market) && own.StandIn != other && sites[other].Services[service].StandIn != name {
						p.Add(path+".markets", market, "markets that "+other+" does not serve; or "+other+" as the standIn")
					}
				}
			}
			for _, market := range own.Markets {
				if own.StandIn != "" && (sites[own.StandIn] == nil || !sites[own.StandIn].serves(service, market)) {
					p.Add(path+".standIn", own.StandIn, "a site that serves "+market+" with "+service)
				}
			}
		}
		problems = append(problems, p.Err())
	}
	return errors.Join(problems...)
}

// serves reports whether a site lists a market for a service.
func (s *Site) serves(service, market string) bool {
	return slices.Contains(s.Services[service].Markets, market)
}

// checkSecondaryBlocks finds secondary blocks that two sites have. The register
// keeps the others apart.
func checkSecondaryBlocks(sites map[string]*Site) error {
	var problems []error
	for _, name := range ordered.Keys(sites) {
		p := &config.Problems{File: "Pulumi." + name + ".yaml"}
		for _, text := range sites[name].Network.SecondaryCidrBlocks {
			for _, other := range ordered.Keys(sites) {
				for _, taken := range sites[other].Network.SecondaryCidrBlocks {
					a, errA := netip.ParsePrefix(text)
					b, errB := netip.ParsePrefix(taken)
					if other < name && errA == nil && errB == nil && a.Overlaps(b) {
						p.Add(config.Namespace+"network.secondaryCidrBlocks", text, "blocks apart from "+other+"'s, "+taken)
					}
				}
			}
		}
		problems = append(problems, p.Err())
	}
	return errors.Join(problems...)
}
