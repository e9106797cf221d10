package evidence

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/reach"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

type resource = pulumicli.Resource

// deployment has the resources in the state of a stack. The zero value is a stack without a state.
type deployment struct {
	stack     string
	resources []resource
}

// market is the report on one market.
type market struct {
	Code string       `json:"code"`
	Name string       `json:"name"`
	Law  register.Law `json:"law"`
	// Allowed lists the sites that may hold the market's data. Only lists them for data classes
	// with fewer sites.
	Allowed []string            `json:"allowed"`
	Only    map[string][]string `json:"only,omitempty"`
	// Unserved has the services that no site serves the market with, with the reason.
	Unserved map[string]string `json:"unserved,omitempty"`
	// Missing lists services that are configured for the market and not deployed: SERVICE in SITE.
	Missing  []string  `json:"notDeployed,omitempty"`
	Holdings []holding `json:"holdings"`
	Moves    []move    `json:"moves"`
	// Reachability is the result of the walk from all holders of users' data, in all stacks.
	Reachability reachability `json:"reachability"`
}

// reachability counts what internal/reach walked, and has the paths that lead the market's data out.
type reachability struct {
	Holders int            `json:"holders"`
	Edges   int            `json:"edges"`
	Allowed map[string]int `json:"allowed"` // edges by the reason
	Paths   []string       `json:"paths"`
	Unknown []string       `json:"unknown"`
}

// holding is a store, such as a database or a bucket, with data of a market's users.
type holding struct {
	Site    string   `json:"site"`
	Region  string   `json:"region"` // the country, for a local data centre
	Service string   `json:"service"`
	Store   string   `json:"store"`   // TYPE NAME: ID
	Classes []string `json:"classes"` // data classes of the register
	Key     string   `json:"key"`     // the encryption key
	Readers []string `json:"readers"`
	Copies  []string `json:"copies"`
}

// write writes a report per market into dir. project is the folder with Pulumi.yaml, and files are
// exports of the project's stacks.
func write(project, dir string, files []string) error {
	sites, rules, err := siteconfig.LoadProject(project)
	if err != nil {
		return err
	}
	deployments := map[string]deployment{}
	for _, file := range files {
		stack, resources, err := pulumicli.ReadExport(file)
		if err != nil {
			return err
		}
		deployments[stack] = deployment{stack, resources}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return err
	}
	states := map[string][]resource{}
	for stack, d := range deployments {
		states[stack] = d.resources
	}
	walked := reach.Check(states, sites, rules)
	for _, code := range ordered.Keys(rules.Register.Markets) {
		report := reportOn(code, rules, sites, deployments)
		report.Reachability = reachabilityOf(code, walked)
		encoded, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		for name, content := range map[string]string{code + ".json": string(encoded) + "\n", code + ".md": report.markdown()} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
				return err
			}
		}
	}
	return walked.Err()
}

// reachabilityOf returns the part of a walk that concerns a market.
func reachabilityOf(code string, walked reach.Report) reachability {
	part := reachability{walked.Holders, walked.Edges, walked.Allowed, []string{}, append([]string{}, walked.Unknown...)}
	for _, path := range walked.Paths {
		if path.Market == code {
			part.Paths = append(part.Paths, path.String())
		}
	}
	return part
}

// reportOn returns the report on the market with a code such as BR. deployments are by stack.
func reportOn(code string, rules *residency.Rules, sites map[string]*siteconfig.Site, deployments map[string]deployment) market {
	entry, data := rules.Register.Markets[code], rules.Markets[code]
	report := market{Code: code, Name: entry.Name, Law: entry.Law, Allowed: data.Sites, Only: data.Only, Unserved: entry.Unserved, Holdings: []holding{}, Moves: []move{}}
	for _, name := range ordered.Keys(sites) {
		for _, service := range ordered.Keys(sites[name].Services) {
			if !slices.Contains(sites[name].Services[service].Markets, code) {
				continue
			}
			d := deployments[name]
			if d.status() != "active" {
				report.Missing = append(report.Missing, service+" in "+name)
			}
			if m := moveOf(code, service, sites[name], d, deployments[register.GlobalStack], rules); m.Phase != "" && !sites[name].IsLocal() {
				report.Moves = append(report.Moves, m)
			}
			report.Holdings = append(report.Holdings, d.holdings(sites[name], service, rules)...)
		}
	}
	return report
}

// holdings returns a service's stores in a site, sorted by Store.
func (d deployment) holdings(site *siteconfig.Site, service string, rules *residency.Rules) (list []holding) {
	prefix, place := site.ResourceName(service), site.Region
	if site.IsLocal() {
		place = site.Local.Country
	}
	for _, r := range d.resources {
		// A resource of a local data centre holds no data while it is planned.
		if r.Name() != prefix && !strings.HasPrefix(r.Name(), prefix+"-") || r.Text("status") == "planned" {
			continue
		}
		h := holding{Site: site.Name, Region: place, Service: service, Store: r.Type + " " + r.Name() + ": " + r.ID, Copies: []string{}}
		h.Key = d.key(r)
		switch awstypes.Of(r.Type).Readers {
		case awstypes.BySecret:
			h.Classes = rules.Held(service, "")
			h.Readers = []string{"principals with access to the secret " + d.find(awstypes.Secret, prefix).Text("arn") + " or the permission rds-db:connect, from the workloads' security group, over TLS"}
			if !strings.Contains(r.Name(), "-replica-") {
				h.Copies = []string{fmt.Sprintf("automated backups in %s, for %v days", site.Region, r.Inputs["backupRetentionPeriod"])}
			}
		case awstypes.ByPolicy:
			h.Classes = rules.Held(service, strings.TrimPrefix(r.Name(), prefix+"-"))
			h.Readers = []string{"roles of the account " + account(r.Text("arn"), h.Key) + " with permissions for the bucket and its key"}
			h.Readers = append(h.Readers, d.policyPrincipals(r.Name())...)
			if replication := d.find(awstypes.BucketReplication, r.Name()); replication.URN != "" {
				h.Copies = replicationTargets(replication)
			}
		case awstypes.AtEndpoint:
			h.Classes = rules.Held(service, strings.TrimPrefix(r.Name(), prefix+"-"))
			h.Readers = []string{"clients that the endpoint " + r.Text("endpoint") + " accepts, over TLS"}
		default:
			continue
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b holding) int { return strings.Compare(a.Store, b.Store) })
	return list
}

// status returns the stack output status, such as planned or active; empty if there is none.
func (d deployment) status() string {
	for _, r := range d.resources {
		if r.Type == "pulumi:pulumi:Stack" {
			return r.Text("status")
		}
	}
	return ""
}

// find returns the resource of a type with a logical name, or the zero value.
func (d deployment) find(typ, name string) resource {
	for _, r := range d.resources {
		if r.Type == typ && r.Name() == name {
			return r
		}
	}
	return resource{}
}

// key returns the encryption key of a resource; empty if internal/awstypes names no property that
// holds it.
func (d deployment) key(r resource) string {
	row := awstypes.Of(r.Type)
	if row.KeyType != "" { // as the program sets it
		r, row = d.find(row.KeyType, r.Name()), awstypes.Of(row.KeyType)
		r.Outputs = nil
	}
	if len(row.KeyProperties) == 0 {
		return ""
	}
	path := row.KeyProperties[0].Path
	if key := awstypes.Text(r.Outputs, path); key != "" {
		return key
	}
	return awstypes.Text(r.Inputs, path)
}

// policyPrincipals returns the principals that a bucket's policy allows, as JSON.
func (d deployment) policyPrincipals(name string) (list []string) {
	var policy struct {
		Statement []struct {
			Effect    string
			Principal json.RawMessage
		}
	}
	_ = json.Unmarshal([]byte(d.find(awstypes.BucketPolicy, name).Text("policy")), &policy)
	for _, s := range policy.Statement {
		if s.Effect == "Allow" {
			list = append(list, string(s.Principal))
		}
	}
	return list
}

// replicationTargets returns the destinations of a bucket's replication, with their keys.
func replicationTargets(replication resource) (list []string) {
	encoded, _ := json.Marshal(replication.Inputs)
	var config struct {
		Rules []struct {
			Destination struct {
				Bucket                  string
				EncryptionConfiguration struct{ ReplicaKmsKeyID string }
			}
		}
	}
	_ = json.Unmarshal(encoded, &config)
	for _, rule := range config.Rules {
		list = append(list, rule.Destination.Bucket+", encrypted with "+rule.Destination.EncryptionConfiguration.ReplicaKmsKeyID)
	}
	return list
}

// account returns the first account ID in the ARNs. ARNs of buckets have none.
func account(arns ...string) string {
	for _, arn := range arns {
		if parts := strings.Split(arn, ":"); len(parts) > 4 && parts[4] != "" {
			return parts[4]
		}
	}
	return ""
}

// markdown renders the report.
func (m market) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s (%s)\n\nLaw: %s: %s. Source: %s\n\nThe data may be in: %s", m.Name, m.Code, m.Law.Name, m.Law.Summary, m.Law.Source, strings.Join(m.Allowed, ", "))
	for _, class := range ordered.Keys(m.Only) {
		fmt.Fprintf(&b, "; %s only in %s", class, cmp.Or(strings.Join(m.Only[class], ", "), "no site"))
	}
	b.WriteString(".\nIn parentheses are the rules of docs/residency.md that enforce each statement.\n")
	for _, h := range m.Holdings {
		fmt.Fprintf(&b, "\n## %s in %s (%s)\n\n", h.Service, h.Site, h.Region)
		copies := "none"
		if len(h.Copies) > 0 {
			copies = strings.Join(h.Copies, "; ") + "; no others"
		}
		for _, line := range []struct{ name, value, rules string }{
			{"data classes", strings.Join(h.Classes, ", "), "register/residency/residency.yaml"},
			{"store", "`" + h.Store + "`", "rules provider, region, account, protection"},
			{"encryption key", "`" + h.Key + "`", "rules encryption, flow"},
			{"readers", strings.Join(h.Readers, "; "), "rules public, principal, rights, ingress, tls"},
			{"copies", copies, "rules flow, backups"},
		} {
			fmt.Fprintf(&b, "- %s: %s (%s)\n", line.name, line.value, line.rules)
		}
	}
	r := m.Reachability
	fmt.Fprintf(&b, "\n## Reachability\n\nIn all stacks, %d resources hold users' data or emit logs, and %d edges may move data.\n", r.Holders, r.Edges)
	for _, reason := range ordered.Keys(r.Allowed) {
		fmt.Fprintf(&b, "- %d allowed: %s\n", r.Allowed[reason], reason)
	}
	fmt.Fprintf(&b, "- %d paths lead data of %s out of where it may be stored\n", len(r.Paths), m.Code)
	for _, path := range append(r.Paths, r.Unknown...) {
		fmt.Fprintf(&b, "  - %s\n", path)
	}
	if len(m.Moves) > 0 {
		b.WriteString("\n## Migration\n\n")
	}
	for _, m := range m.Moves {
		fmt.Fprintf(&b, "- %s\n", m)
	}
	for _, service := range ordered.Keys(m.Unserved) {
		fmt.Fprintf(&b, "\nNot served: %s: %s.\n", service, m.Unserved[service])
	}
	for _, missing := range m.Missing {
		fmt.Fprintf(&b, "\nNot deployed: %s.\n", missing)
	}
	return b.String()
}
