// Package resolver follows the names of services through the DNS records in the states of all stacks,
// to the hosts that users reach. It sends no queries.
package resolver

import (
	"errors"
	"fmt"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

// Unserved is the prefix of the host that users get if no site serves their market.
const Unserved = "unserved."

// Resource is a resource of a stack's state.
type Resource = pulumicli.Resource

// Resolver has the configuration of a project, and the records in the states of its stacks.
type Resolver struct {
	Rules *residency.Rules
	// Sites are the sites of the project, and Homes the home of each market by service.
	Sites map[string]*siteconfig.Site
	Homes map[string]map[string]siteconfig.Home
	// Origins are the hosts outside of all sites, by service.
	Origins map[string]string
	// Stacks are the resources in the states, by stack.
	Stacks map[string][]Resource
	// Names are the host names that users request, by SERVICE, or by SERVICE-static for public
	// content.
	Names map[string]string

	hosts   map[string]string     // sites, by the host of their load balancer or CDN
	records map[string][]Resource // by name
	checks  map[string]string     // hosts that health checks request, by ID of the check
}

// Load reads a project, and the exports of its stacks from files. It requires an export of the stack
// global.
func Load(project string, files []string) (*Resolver, error) {
	sites, rules, err := siteconfig.LoadProject(project)
	if err != nil {
		return nil, err
	}
	global, err := siteconfig.LoadGlobalFile(project, rules.Register)
	if err != nil {
		return nil, err
	}
	r := New(rules, sites, global.Origins)
	for _, file := range files {
		stack, resources, err := pulumicli.ReadExport(file)
		if err != nil {
			return nil, fmt.Errorf("EXPORT: %w", err)
		}
		r.Read(stack, resources)
	}
	if len(r.Names) == 0 {
		return nil, errors.New("EXPORT: found no host names of the stack " + register.GlobalStack + "; allowed: exports of all stacks, " + register.GlobalStack + " included")
	}
	return r, nil
}

// New returns a resolver without any state. Origins are the hosts outside of all sites, by service.
func New(rules *residency.Rules, sites map[string]*siteconfig.Site, origins map[string]string) *Resolver {
	return &Resolver{
		Rules: rules, Sites: sites, Homes: siteconfig.Homes(sites), Origins: origins, Stacks: map[string][]Resource{}, Names: map[string]string{},
		hosts: map[string]string{}, records: map[string][]Resource{}, checks: map[string]string{},
	}
}

// Read adds the resources of a stack.
func (r *Resolver) Read(stack string, resources []Resource) {
	r.Stacks[stack] = resources
	for _, one := range resources {
		switch one.Type {
		case "pulumi:pulumi:Stack":
			r.readOutputs(stack, one)
		case awstypes.Record:
			r.records[one.Text("name")] = append(r.records[one.Text("name")], one)
		case awstypes.HealthCheck:
			r.checks[one.ID] = one.Text("fqdn")
		}
	}
}

// readOutputs reads the names that users request from the outputs of the stack global, and the hosts of
// a site from the outputs of its stack.
func (r *Resolver) readOutputs(stack string, outputs Resource) {
	if stack == register.GlobalStack {
		for output := range outputs.Outputs {
			if name, ok := strings.CutSuffix(output, ".hostname"); ok {
				r.Names[name] = outputs.Text(output)
			}
		}
		return
	}
	if outputs.Outputs["serving"] != true {
		return
	}
	for _, output := range []string{"entryHost", "cdnDomainName", "cdnDistributionHost"} {
		if host := outputs.Text(output); host != "" {
			r.hosts[host] = stack
		}
	}
}

// Site returns the site of a load balancer or CDN; empty if the host is none of the sites'.
func (r *Resolver) Site(host string) string { return r.hosts[host] }

// Hosts returns the hosts of a site's load balancer and CDN.
func (r *Resolver) Hosts(site string) (hosts []string) {
	for host, of := range r.hosts {
		if of == site {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// HasRecord reports whether the zone has a record of a name.
func (r *Resolver) HasRecord(name string) bool { return len(r.records[name]) > 0 }

// Output returns an output of a stack; nil if the stack has none of the name.
func (r *Resolver) Output(stack, name string) any {
	for _, one := range r.Stacks[stack] {
		if one.Type == "pulumi:pulumi:Stack" {
			return one.Outputs[name]
		}
	}
	return nil
}
