package siteconfig

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// LoadProject is LoadAll with the residency rules of this repository, which it returns too.
func LoadProject(dir string) (map[string]*Site, *residency.Rules, error) {
	rules, err := residency.Default()
	if err != nil {
		return nil, nil, err
	}
	sites, err := LoadAll(dir, rules)
	return sites, rules, err
}

// LoadAll reads the configuration of all sites in a project's folder, by name, with the domain that
// the file of the stack global has, if there is one. It checks each site against the register and
// the residency rules, and the sites against one another. If the folder has
// a file for each site of the register, each market must have a home (CheckMarkets). The error
// reports all problems at once. A given site replaces its file, since the Pulumi engine may have
// read that site's configuration from another file.
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
			sites[stack], err = Load(stack, raw, rules)
		}
		problems = append(problems, err)
	}
	global, err := LoadGlobalFile(dir, rules.Register)
	if errors.Is(err, fs.ErrNotExist) {
		global, err = &Global{}, nil
	}
	problems = append(problems, err)
	for _, name := range ordered.Keys(sites) {
		problems = append(problems, rules.Check(sites[name].Residency()))
		if global != nil {
			sites[name].Domain, sites[name].HealthPath = global.Domain, global.HealthCheckPath
		}
	}
	err = errors.Join(append(problems, checkHomes(sites, rules), checkSecondaryBlocks(sites))...)
	missing := slices.ContainsFunc(ordered.Keys(rules.Register.Sites), func(name string) bool { return sites[name] == nil })
	if err == nil && !missing {
		err = CheckMarkets(sites, rules.Register)
	}
	return sites, err
}

// LoadGlobalFile reads and checks the configuration of the stack global in a project's folder.
func LoadGlobalFile(dir string, reg *register.Register) (*Global, error) {
	raw, err := readConfig(filepath.Join(dir, GlobalFile))
	if err != nil {
		return nil, err
	}
	return LoadGlobal(raw, reg)
}

// checkSecondaryBlocks reports secondary blocks of two sites that overlap. The register checks
// the primary blocks.
func checkSecondaryBlocks(sites map[string]*Site) error {
	var problems []error
	for _, name := range ordered.Keys(sites) {
		p := &config.Problems{File: config.StackFile(name)}
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

// readConfig reads a stack's file as the Pulumi engine does: structured values become JSON.
func readConfig(file string) (map[string]string, error) {
	data, err := os.ReadFile(file)
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

// sealed replaces secrets, {secure: CIPHERTEXT}, by their ciphertext: only the Pulumi engine can
// decrypt the secrets of its stack, and the program cannot decrypt the secrets of other stacks.
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
