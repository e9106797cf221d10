package guardrails

import (
	"encoding/json"
	"fmt"
	"strings"
)

// statement is one of a policy document, in a property of a resource.
type statement struct {
	path                    string
	Effect                  string
	Principal, NotPrincipal any
	Action, Resource        any
	NotAction               any
	Condition               map[string]map[string]any
}

// policies are the statements of all policy documents in a resource, as far as
// they are known.
func policies(r *resource) []statement {
	if r.parsed != nil {
		return r.parsed
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
			statements = make([]statement, 1) // a single one needs no list
			_ = json.Unmarshal(policy.Statement, &statements[0])
		}
		for i := range statements {
			statements[i].path = fmt.Sprintf("%s.Statement[%d]", l.path, i)
		}
		r.parsed = append(r.parsed, statements...)
	}
	return r.parsed
}

// texts are the values of what is one text, or a list, or an object of these.
func texts(value any) (list []string) {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		for _, element := range v {
			list = append(list, texts(element)...)
		}
	case map[string]any:
		for _, key := range sorted(v) {
			list = append(list, texts(v[key])...)
		}
	}
	return list
}

func (s statement) principals() []string { return texts(s.Principal) }

// refusesPlainText reports whether a statement denies everybody what is not TLS.
func (s statement) refusesPlainText() bool {
	if s.Effect != "Deny" || fmt.Sprint(s.principals()) != "[*]" {
		return false
	}
	value := s.Condition["Bool"]["aws:SecureTransport"]
	return fmt.Sprint(value) == "false" || fmt.Sprint(value) == "[false]"
}
