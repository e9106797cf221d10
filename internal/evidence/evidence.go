package evidence

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

type resource = pulumicli.Resource

// deployment is what a stack has made. One that is not there has made nothing.
type deployment struct {
	stack     string
	resources []resource
}

// market is the report on one market.
type market struct {
	Code string       `json:"code"`
	Name string       `json:"name"`
	Law  register.Law `json:"law"`
	// Allowed are the sites that may hold the data, and Only those of classes that fewer may.
	Allowed  []string            `json:"allowed"`
	Only     map[string][]string `json:"only,omitempty"`
	Missing  []string            `json:"notDeployed,omitempty"`
	Holdings []holding           `json:"holdings"`
	Moves    []move              `json:"moves"`
}

// holding is one place where data of a market's users lies.
type holding struct {
	Site    string   `json:"site"`
	Region  string   `json:"region"` // of a local data centre, its country
	Service string   `json:"service"`
	Store   string   `json:"store"` // TYPE NAME: ID
	Classes []string `json:"classes"`
	Key     string   `json:"key"`
	Readers []string `json:"readers"`
	Copies  []string `json:"copies"`
}

// write writes a report per market of a project into a folder, from exports of
// its stacks.
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
	if err := os.MkdirAll(dir, 0o750); err != nil { //nolint:gosec // named by whoever runs the command
		return err
	}
	for _, code := range slices.Sorted(maps.Keys(rules.Register.Markets)) {
		report := reportOn(code, rules, sites, deployments)
		encoded, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		for name, content := range map[string]string{code + ".json": string(encoded) + "\n", code + ".md": report.Markdown()} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil { //nolint:gosec // as above
				return err
			}
		}
	}
	return nil
}

func reportOn(code string, rules *residency.Rules, sites map[string]*siteconfig.Site, deployments map[string]deployment) market {
	entry, data := rules.Register.Markets[code], rules.Markets[code]
	report := market{Code: code, Name: entry.Name, Law: entry.Law, Allowed: data.Sites, Only: data.Only, Holdings: []holding{}, Moves: []move{}}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		for _, service := range slices.Sorted(maps.Keys(sites[name].Services)) {
			if !slices.Contains(sites[name].Services[service].Markets, code) {
				continue
			}
			d := deployments[name]
			if d.status() != "active" {
				report.Missing = append(report.Missing, service+" in "+name)
			}
			if m := moveOf(code, service, sites[name], d, deployments[register.GlobalStack], slices.Sorted(maps.Keys(rules.Register.Markets))); m.Phase != "" && sites[name].Local == nil {
				report.Moves = append(report.Moves, m)
			}
			report.Holdings = append(report.Holdings, d.holdings(sites[name], service, rules)...)
		}
	}
	return report
}

// holdings are a service's databases and buckets.
func (d deployment) holdings(site *siteconfig.Site, service string, rules *residency.Rules) (list []holding) {
	prefix, place := site.ResourceName(service), site.Region
	if site.Local != nil {
		place = site.Local.Country
	}
	for _, r := range d.resources {
		// What is planned in a local data centre holds nothing.
		if r.Name() != prefix && !strings.HasPrefix(r.Name(), prefix+"-") || r.Text("status") == "planned" {
			continue
		}
		h := holding{Site: site.Name, Region: place, Service: service, Store: r.Type + " " + r.Name() + ": " + r.ID, Copies: []string{}}
		h.Key = d.key(r)
		switch awstypes.Of(r.Type).Readers {
		case awstypes.BySecret:
			h.Classes = rules.Held(service, "")
			h.Readers = []string{"who has the secret " + d.find(awstypes.Secret, prefix).Text("arn") + ", or the right rds-db:connect, from the workloads' security group, over TLS"}
			if !strings.Contains(r.Name(), "-replica-") {
				h.Copies = []string{fmt.Sprintf("automated backups in %s, for %v days", site.Region, r.Inputs["backupRetentionPeriod"])}
			}
		case awstypes.ByPolicy:
			h.Classes = rules.Held(service, strings.TrimPrefix(r.Name(), prefix+"-"))
			h.Readers = []string{"roles of the account " + account(r.Text("arn"), h.Key) + " with rights to the bucket and its key"}
			h.Readers = append(h.Readers, d.granted(r.Name())...)
			if replication := d.find(awstypes.BucketReplication, r.Name()); replication.URN != "" {
				h.Copies = targets(replication)
			}
		case awstypes.AtEndpoint:
			h.Classes = rules.Held(service, strings.TrimPrefix(r.Name(), prefix+"-"))
			h.Readers = []string{"who the endpoint " + r.Text("endpoint") + " admits, over TLS"}
		default:
			continue
		}
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b holding) int { return strings.Compare(a.Store, b.Store) })
	return list
}

// status is how far the site has come, as the stack's output says.
func (d deployment) status() string {
	for _, r := range d.resources {
		if r.Type == "pulumi:pulumi:Stack" {
			return r.Text("status")
		}
	}
	return ""
}

func (d deployment) find(typ, name string) resource {
	for _, r := range d.resources {
		if r.Type == typ && r.Name() == name {
			return r
		}
	}
	return resource{}
}

// key returns the KMS key, or the local one, that encrypts a resource; empty if its row
// names none.
func (d deployment) key(r resource) string {
	row := awstypes.Of(r.Type)
	if row.KeyType != "" {
		r, row = d.find(row.KeyType, r.Name()), awstypes.Of(row.KeyType)
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

// granted are the principals that a bucket's policy lets in.
func (d deployment) granted(name string) (list []string) {
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

// targets are the buckets that objects are copied to.
func targets(replication resource) (list []string) {
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
		list = append(list, rule.Destination.Bucket+" under "+rule.Destination.EncryptionConfiguration.ReplicaKmsKeyID)
	}
	return list
}

// account is the first account that an ARN names; those of buckets name none.
func account(arns ...string) string {
	for _, arn := range arns {
		if parts := strings.Split(arn, ":"); len(parts) > 4 && parts[4] != "" {
			return parts[4]
		}
	}
	return ""
}

func (m market) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s (%s)\n\nLaw: %s: %s. Source: %s\n\nThe data may lie in: %s", m.Name, m.Code, m.Law.Name, m.Law.Summary, m.Law.Source, strings.Join(m.Allowed, ", "))
	for _, class := range slices.Sorted(maps.Keys(m.Only)) {
		fmt.Fprintf(&b, "; %s in %s alone", class, strings.Join(m.Only[class], ", "))
	}
	b.WriteString(".\nBehind each statement stand the rules of docs/residency.md that refuse anything else.\n")
	for _, h := range m.Holdings {
		fmt.Fprintf(&b, "\n## %s in %s (%s)\n\n", h.Service, h.Site, h.Region)
		for _, line := range []struct{ what, value, rules string }{
			{"holds", strings.Join(h.Classes, ", "), "register/residency/residency.yaml"},
			{"in", "`" + h.Store + "`", "rules provider, region, account, protection"},
			{"under the key", "`" + h.Key + "`", "rules encryption, flow"},
			{"reached by", strings.Join(h.Readers, "; "), "rules public, principal, rights, ingress, tls"},
			{"copies", strings.Join(append(h.Copies, "no others"), "; "), "rules flow, backups"},
		} {
			fmt.Fprintf(&b, "- %s: %s (%s)\n", line.what, line.value, line.rules)
		}
	}
	if len(m.Moves) > 0 {
		b.WriteString("\n## Moves\n\n")
	}
	for _, m := range m.Moves {
		fmt.Fprintf(&b, "- %s\n", m)
	}
	for _, missing := range m.Missing {
		fmt.Fprintf(&b, "\nNot deployed: %s.\n", missing)
	}
	return b.String()
}
