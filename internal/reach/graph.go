// Package reach proves from the states of all stacks that no path leads users' data to a place
// where it may not be stored. Its graph has resources, principals, networks and places as nodes,
// and as edges the ways by which data moves: edges.go, policies.go and routes.go. A resource that the graph has
// no row for is reported.
package reach

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
	"example.com/multisite/internal/pulumicli"
	"example.com/multisite/internal/siteconfig"
	"example.com/multisite/register"
	"example.com/multisite/register/residency"
)

type resource = pulumicli.Resource

// node is a resource or a place.
type node struct {
	label string
	site  string // empty if in no site
	edge  bool   // in us-east-1
	// public reports whether what reaches the node is public.
	public bool
	// unknown reports whether the graph has no row for the resource.
	unknown bool
	out     []step
}

// step is an edge to a node.
type step struct {
	to   *node
	by   string // TYPE NAME: property
	logs bool
}

// graph has the nodes of all states.
type graph struct {
	rules   *residency.Rules
	sites   map[string]*siteconfig.Site
	nodes   map[string]*node // by ARN, by TYPE ID, and by name of a place
	arns    []string
	edges   int
	allowed map[string]int
	unknown []string
}

// link adds an edge to a node.
func (n *node) link(g *graph, to *node, by string, logs bool) {
	if n != to {
		g.edges++
		n.out = append(n.out, step{to, by, logs})
	}
}

// allow counts an edge that data may take for a reason.
func (*node) allow(g *graph, reason string) { g.edges++; g.allowed[reason]++ }

// label returns TYPE NAME of a resource, as messages name it.
func label(r resource) string { return urn.URN(r.URN).Type().DisplayName() + " " + r.Name() }

// outside returns the node of a value that no state has. It is in a site only if it is an address
// block or a region of that site, and at the origin only if it is the origin.
func (g *graph) outside(value string) *node {
	key := "outside " + value
	if g.nodes[key] == nil {
		g.nodes[key] = &node{label: value}
		if value == origin {
			g.nodes[key].site = register.OriginPlace
		}
		for name, site := range g.rules.Register.Sites {
			if site.Region != "" && value == site.Region {
				g.nodes[key].site = name
			}
		}
	}
	return g.nodes[key]
}

var bucketHost = regexp.MustCompile(`^(.+)\.s3\.[a-z0-9-]+\.amazonaws\.com$`)

// named returns the node that a value names: an ARN, the host of a bucket, or the ID of a resource of a type.
func (g *graph) named(value, typ string) *node {
	arn := strings.TrimSuffix(value, ":*")
	if strings.HasPrefix(arn, "arn:aws:s3:::") {
		arn, _, _ = strings.Cut(arn, "/")
	}
	if match := bucketHost.FindStringSubmatch(value); match != nil {
		value = match[1]
	}
	for _, key := range []string{arn, typ + " " + value} {
		if n := g.nodes[key]; n != nil {
			return n
		}
	}
	return g.outside(value)
}

// matching returns the nodes whose ARNs match a pattern of a policy.
func (g *graph) matching(pattern string) (list []*node) {
	pattern = strings.TrimSuffix(pattern, ":*")
	bucket, _, _ := strings.Cut(pattern, "/")
	for _, arn := range g.arns {
		exact := arn == pattern || strings.HasPrefix(arn, "arn:aws:s3:::") && arn == bucket
		if matched, _ := path.Match(strings.ReplaceAll(pattern, "/", "|"), strings.ReplaceAll(arn, "/", "|")); exact || matched {
			list = append(list, g.nodes[arn])
		}
	}
	return list
}

// build makes the graph of the states of all stacks.
func build(states map[string][]resource, sites map[string]*siteconfig.Site, rules *residency.Rules) *graph {
	g := &graph{rules: rules, sites: sites, nodes: map[string]*node{}, allowed: map[string]int{}}
	for _, stack := range ordered.Keys(states) {
		regions := providerRegions(states[stack])
		for _, r := range states[stack] {
			if r.Provider == "" || strings.HasPrefix(r.Type, "pulumi:") {
				continue
			}
			known, hasRow := rows[r.Type]
			n := &node{label: label(r), site: stack, public: known.Public, unknown: !hasRow}
			if region := regions[r.Provider]; region != "" && sites[stack] != nil && region != sites[stack].Region {
				if n.edge = region == awstypes.EdgeRegion; !n.edge {
					n.site = g.outside(region).site
				}
			}
			g.nodes[r.URN], g.nodes[r.Type+" "+r.ID] = n, n
			if !hasRow {
				g.unknown = append(g.unknown, n.label+", a type without a row in internal/reach/edges.go")
			}
			for _, property := range []string{"arn", "endpointArn", "replicationTaskArn"} {
				arn, _ := r.Outputs[property].(string)
				if _, isInput := r.Inputs[property]; arn != "" && !isInput && known.Of == "" { // a version of a secret has the secret's ARN
					g.nodes[arn] = n
					g.arns = append(g.arns, arn)
				}
			}
		}
	}
	slices.Sort(g.arns)
	for _, stack := range ordered.Keys(states) {
		account := accountIn(states[stack])
		for _, r := range states[stack] {
			if n := g.nodes[r.URN]; n != nil {
				g.connect(n, r, states[stack], account)
			}
		}
	}
	return g
}

// connect adds the edges of a resource.
func (g *graph) connect(n *node, r resource, state []resource, account string) {
	known := rows[r.Type]
	covered, subject := map[string]bool{}, n
	if known.Of != "" {
		subject = g.named(awstypes.Text(r.Inputs, known.Of), ofType[known.Of])
	}
	for _, e := range known.Edges {
		covered[e.From], covered[e.To] = true, true
		for _, from := range g.ends(n, r, e.From, e.Type) {
			for _, to := range g.ends(n, r, e.To, e.Type) {
				by := label(r) + ": " + to.path
				if e.To == "" {
					by = label(r) + ": " + from.path
				}
				switch {
				case e.Allowed != "":
					n.allow(g, e.Allowed)
				case r.Type == awstypes.Route && strings.HasPrefix(to.value, "igw-"):
					n.allow(g, byRules)
				default:
					from.link(g, to.node, by, e.Logs)
				}
			}
		}
	}
	if known.Policy != "" {
		if document := r.Text(known.Policy); document != "" {
			g.admit(subject, r, known.Policy, document, account)
		}
	}
	g.special(n, subject, r, state, account)
	for _, l := range leaves("", r.Inputs) {
		switch {
		case n.unknown:
			if other := g.nodes[strings.TrimSuffix(l.value, ":*")]; other != nil {
				other.link(g, n, label(r)+": "+l.path, false)
			}
		case !covered[index.ReplaceAllString(l.path, "[]")] && !strings.Contains(l.value, "Statement") && g.foreign(l.value, n, account):
			subject.link(g, g.outside(l.value), label(r)+": "+l.path, false)
		}
	}
}

// ofType has the type of the resource that an input of row.Of names.
var ofType = map[string]string{"bucket": awstypes.Bucket, "secretId": awstypes.Secret, "routeTableId": awstypes.RouteTable, "topic": awstypes.Topic}

// end is a resource that an input names.
type end struct {
	*node
	path, value string
}

// ends returns the resources that an input names, or the resource itself for an empty path.
func (g *graph) ends(n *node, r resource, path, typ string) (list []end) {
	if path == "" {
		return []end{{n, "", ""}}
	}
	for _, l := range leaves("", r.Inputs) {
		if index.ReplaceAllString(l.path, "[]") == path && l.value != "" {
			list = append(list, end{g.named(l.value, typ), l.path, l.value})
		}
	}
	return list
}

var (
	index  = regexp.MustCompile(`\[\d+\]`)
	region = regexp.MustCompile(`\b[a-z]{2}(?:-[a-z]+)+-\d\b`)
)

// foreign reports whether a text is an ARN of another account, or names a region that is neither the site's nor
// the edge region.
func (g *graph) foreign(text string, n *node, account string) bool {
	if other := accountOf(text); other != "" && other != "aws" && other != account {
		return true
	}
	site := g.sites[n.site]
	return site != nil && strings.HasPrefix(text, "arn:") && slices.ContainsFunc(region.FindAllString(text, -1), func(name string) bool {
		return name != site.Region && name != awstypes.EdgeRegion
	}) || site != nil && region.FindString(text) == text && text != "" && text != site.Region
}

// leaf is a text in a resource's inputs.
type leaf struct{ path, value string }

// leaves returns the texts in a value, with their paths.
func leaves(path string, value any) (list []leaf) {
	switch v := value.(type) {
	case string:
		return []leaf{{path, v}}
	case []any:
		for i, element := range v {
			list = append(list, leaves(fmt.Sprintf("%s[%d]", path, i), element)...)
		}
	case map[string]any:
		for _, key := range ordered.Keys(v) {
			if key != "__defaults" {
				list = append(list, leaves(strings.TrimPrefix(path+"."+key, "."), v[key])...)
			}
		}
	}
	return list
}

// accountIn returns the account of a stack, from the ARN of one of its keys.
func accountIn(state []resource) string {
	for _, r := range state {
		if r.Type == awstypes.Key {
			return accountOf(r.Text("arn"))
		}
	}
	return ""
}

// providerRegions returns the region of each provider, by the reference that resources have.
func providerRegions(state []resource) map[string]string {
	regions := map[string]string{}
	for _, r := range state {
		if r.Type == "pulumi:providers:aws" {
			regions[r.URN+"::"+r.ID] = r.Text("region")
		}
	}
	return regions
}
