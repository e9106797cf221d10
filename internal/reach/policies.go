package reach

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/ordered"
)

// statement is a statement of a policy document.
type statement struct {
	Effect                                   string
	Principal, NotPrincipal                  any
	Action, NotAction, Resource, NotResource any
	Condition                                map[string]map[string]any
}

// statements returns the statements of a policy document that allow something. A document that
// does not parse is one statement that allows everything.
func statements(document string) (allowed []statement) {
	var policy struct{ Statement json.RawMessage }
	err := json.Unmarshal([]byte(document), &policy)
	var list []statement
	if err == nil && json.Unmarshal(policy.Statement, &list) != nil {
		list = make([]statement, 1)
		err = json.Unmarshal(policy.Statement, &list[0])
	}
	if err != nil {
		return []statement{{Effect: "Allow", Principal: "*", Action: "*", Resource: "*"}}
	}
	return slices.DeleteFunc(list, func(s statement) bool { return s.Effect == "Deny" })
}

// texts returns all strings in a string, a list or an object.
func texts(value any) (list []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, element := range v {
			list = append(list, texts(element)...)
		}
	case map[string]any:
		for _, key := range ordered.Keys(v) {
			list = append(list, texts(v[key])...)
		}
	}
	return list
}

// does reports whether a statement allows an action that neither only writes (reading) nor only
// reads (writing). Actions whose verb is unknown do both.
func (s statement) does(reading bool) bool {
	verbs := []string{"Get", "List", "Describe", "Decrypt", "AssumeRole", "Verify"}
	if reading {
		verbs = []string{"Put", "Create", "Publish", "Replicate", "Encrypt", "GenerateDataKey", "Sign", "Describe", "Abort"}
	}
	return s.NotAction != nil || slices.ContainsFunc(texts(s.Action), func(action string) bool {
		service, verb, _ := strings.Cut(action, ":")
		if !reading && service == "kms" {
			return false // a key stores nothing
		}
		return !slices.ContainsFunc(verbs, func(known string) bool { return strings.HasPrefix(verb, known) })
	})
}

// accountKeys are the condition keys that limit a statement to an account.
var accountKeys = []string{"aws:SourceAccount", "aws:PrincipalAccount", "aws:SourceArn", "kms:CallerAccount", "kms:EncryptionContext:aws:logs:arn"}

// limited reports whether a condition requires the account, or a resource of the states.
func (g *graph) limited(s statement, account string) bool {
	for operator, keys := range s.Condition {
		base := strings.TrimSuffix(operator, "IfExists")
		if !slices.Contains([]string{"StringEquals", "StringLike", "ArnEquals", "ArnLike"}, base) {
			continue
		}
		for key, value := range keys {
			values := texts(value)
			foreign := slices.ContainsFunc(values, func(v string) bool { return v != account && accountOf(v) != account && g.nodes[v] == nil })
			if slices.Contains(accountKeys, key) && len(values) > 0 && !foreign {
				return true
			}
		}
	}
	return false
}

// admit adds an edge from a resource to each principal outside of the account that a policy lets
// read its data.
func (g *graph) admit(from *node, r resource, path, document, account string) {
	for i, s := range statements(document) {
		if !s.does(true) {
			continue
		}
		by := fmt.Sprintf("%s: %s.Statement allow %d", label(r), path, i)
		principals := texts(s.Principal)
		if s.NotPrincipal != nil {
			principals = append(principals, "*")
		}
		for _, principal := range principals {
			service := strings.HasSuffix(principal, ".amazonaws.com")
			switch {
			case !service && (principal == account || accountOf(principal) == account):
				from.allow(g, "principals of the site's account, whose own policies decide")
			case g.limited(s, account):
				from.allow(g, "AWS's services, or all principals, on behalf of the site's account alone")
			case service && r.Type == awstypes.Role:
				from.allow(g, byPass)
			case service && r.Type == awstypes.TopicPolicy, service && strings.HasSuffix(r.Name(), "alarms"):
				from.allow(g, byService)
			default:
				from.link(g, g.outside(principal), by, false)
			}
		}
	}
}

// bridge adds an edge from each resource that a role's policy lets it read to the role, and from
// the role to each resource that it may write.
func (g *graph) bridge(role *node, r resource, path, document string) {
	for i, s := range statements(document) {
		by := fmt.Sprintf("%s: %s.Statement allow %d", label(r), path, i)
		patterns := texts(s.Resource)
		if s.NotResource != nil {
			patterns = []string{"*"}
		}
		for _, pattern := range patterns {
			if strings.HasPrefix(pattern, "arn:aws:kms:") {
				continue // a key is of use only with the data, which another statement has to allow
			}
			found := g.matching(pattern)
			for _, n := range found {
				if s.does(true) {
					n.link(g, role, by, false)
				}
				if s.does(false) {
					role.link(g, n, by, false)
				}
			}
			if s.does(false) && (len(found) == 0 || pattern == "*") {
				role.link(g, g.outside(pattern), by, false)
			}
		}
	}
}

// through adds an edge from a VPC endpoint to each place outside of the account that its policy
// lets data go to.
func (g *graph) through(from *node, r resource, document, account string) {
	if document == "" {
		document = "{}"
	}
	for i, s := range statements(document) {
		switch {
		case !s.does(false):
			from.allow(g, "the endpoint's policy only lets data in")
		case g.limited(s, account):
			from.allow(g, "principals of the site's account, whose own policies decide")
		default:
			from.link(g, g.outside("any account"), fmt.Sprintf("%s: policy.Statement allow %d", label(r), i), false)
		}
	}
}

// accountOf returns the account in an ARN, or an empty string.
func accountOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 5 && parts[0] == "arn" {
		return parts[4]
	}
	return ""
}
