package preflight

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
)

// target is the stack that the update changes, as the project's files describe it.
type target struct {
	stack string
	// sites are all sites of the project by name.
	sites map[string]*siteconfig.Site
	// site is the configuration of the stack's site; nil for the stack global.
	site *siteconfig.Site
	// global is the configuration of the stack global; nil for a site.
	global *siteconfig.Global
	// registered is the AWS account of the stack in register/register.yaml; empty if none.
	registered string
	// stateRegion is the AWS region of the stack's state.
	stateRegion string
	// secretsProvider is the secretsprovider of the stack's file; empty if none.
	secretsProvider string
}

// region returns the AWS region of the stack's resources, except the resources at the edge.
func (t *target) region() string {
	if t.global != nil {
		return awstypes.EdgeRegion
	}
	return t.site.Region
}

// file returns the name of the stack's configuration file.
func (t *target) file() string { return config.StackFile(t.stack) }

// emails returns the addresses that receive alarms.
func (t *target) emails() []string {
	if t.global != nil {
		return t.global.Stack.AlarmEmails
	}
	return t.site.AlarmEmails
}

// load reads the project's files. Its error lists all faults at once.
func load(dir, stack string) (*target, error) {
	regions, err := siteconfig.StateRegions(dir)
	if err != nil {
		return nil, err
	}
	t := &target{stack: stack, stateRegion: regions[stack]}
	if t.stateRegion == "" {
		return nil, fmt.Errorf("%w: state/regions.yaml: STACK: found %q; allowed: one of %s", ErrUsage, stack, strings.Join(ordered.Keys(regions), ", "))
	}
	sites, rules, err := siteconfig.LoadProject(dir)
	if err != nil {
		return nil, err
	}
	t.sites, t.site = sites, sites[stack]
	if stack == register.GlobalStack {
		if t.global, err = siteconfig.LoadGlobalFile(dir, rules.Register); err != nil {
			return nil, err
		}
	} else if t.site == nil {
		return nil, fmt.Errorf("%w: %s: found none; allowed: a file for each site of register/register.yaml", ErrUsage, t.file())
	}
	t.registered = rules.Register.AccountOf(stack)
	file, err := readYAML[struct {
		SecretsProvider string `yaml:"secretsprovider"`
	}](dir, t.file())
	t.secretsProvider = file.SecretsProvider
	return t, err
}

// ErrUsage is wrapped by the error of Run if the stack does not exist.
var ErrUsage = errors.New("no such stack")

func readYAML[T any](dir, name string) (content T, err error) {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return content, err
	}
	if err := yaml.Unmarshal(data, &content); err != nil {
		return content, fmt.Errorf("%s: %w", name, err)
	}
	return content, nil
}
