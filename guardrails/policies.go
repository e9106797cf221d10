package guardrails

import (
	"encoding/json"
	"fmt"
	"strings"

	"example.com/multisite/internal/ordered"
)

// statement is a statement of a policy document in a property of a resource.
type statement struct {
	path                    string // such as policy.Statement[0]
	Effect                  string
	Principal, NotPrincipal any
	Action, Resource        any
	NotAction               any
	Condition               map[string]map[string]any
}

// policies returns the statements of the policy documents in a resource's inputs. It skips
// documents that are unknown in a preview.
func policies(r *resource) []statement {
	if r.statementsCache != nil {
		return r.statementsCache
	}
	for _, l := range r.leaves() {
		document, ok := l.value.(string)
		if !ok || !strings.HasPrefix(strings.TrimSpace(document), "{") {
			continue
		}
		var policy struct{ Statement json.RawMessage }
		if json.Unmarshal([]byte(document), &policy) != nil || policy.Statement == nil {
			continue
		}
		var statements []statement
		if json.Unmarshal(policy.Statement, &statements) != nil {
			statements = make([]statement, 1) // a single statement may stand without a list
			_ = json.Unmarshal(policy.Statement, &statements[0])
		}
		for i := range statements {
			statements[i].path = fmt.Sprintf("%s.Statement[%d]", l.path, i)
		}
		r.statementsCache = append(r.statementsCache, statements...)
	}
	return r.statementsCache
}

// texts returns all strings in a string, a list or an object, at any depth.
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

// principals returns the principals of all kinds, such as AWS and Service.
func (s statement) principals() []string { return texts(s.Principal) }

// deniesPlainText reports whether a statement denies every principal requests without TLS.
func (s statement) deniesPlainText() bool {
	if s.Effect != "Deny" || fmt.Sprint(s.principals()) != "[*]" {
		return false
	}
	value := s.Condition["Bool"]["aws:SecureTransport"]
	return fmt.Sprint(value) == "false" || fmt.Sprint(value) == "[false]"
}
