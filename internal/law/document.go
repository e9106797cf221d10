package law

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// Kinds of policies, the values of `aws organizations create-policy --type`.
const (
	serviceControl  = "SERVICE_CONTROL_POLICY"
	resourceControl = "RESOURCE_CONTROL_POLICY"
)

// maxLength is the most characters of a policy of either kind. AWS counts white space too, so
// the files have none. An account takes at most 5 policies of a kind, one of which is AWS's own
// policy that allows everything.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
const maxLength = 5120

// policy is a policy for one account.
type policy struct {
	kind       string
	account    string
	name       string // the file is ACCOUNT-NAME.json
	statements []statement
}

// statement is a Deny. An SCP accepts all elements of IAM except principals
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html).
// An RCP requires the principal *, and its actions begin with a service that supports RCPs
// (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html).
type statement struct {
	Sid         string
	Effect      string
	Principal   string                    `json:",omitempty"`
	Action      []string                  `json:",omitempty"`
	NotAction   []string                  `json:",omitempty"`
	Resource    string                    `json:",omitempty"`
	NotResource []string                  `json:",omitempty"`
	Condition   map[string]map[string]any `json:",omitempty"`
}

// when is a statement's condition: values by operator and key.
type when = map[string]map[string]any

// file returns the name of the policy's file.
func (p policy) file() string { return p.account + "-" + p.name + ".json" }

// encode returns the policy as JSON without white space. Its error reports a policy that AWS
// would not accept because of its length.
func (p policy) encode() ([]byte, error) {
	for i := range p.statements {
		s := &p.statements[i]
		s.Effect = "Deny"
		if p.kind == resourceControl {
			s.Principal = "*"
		}
		if len(s.NotResource) == 0 {
			s.Resource = "*"
		}
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"Version": "2012-10-17", "Statement": p.statements}); err != nil {
		return nil, err
	}
	content := bytes.TrimSpace(encoded.Bytes())
	if length := utf8.RuneCount(content); length > maxLength {
		return nil, fmt.Errorf("%s: found %d characters; allowed: %d. Give some of the account's sites a separate account", p.file(), length, maxLength)
	}
	return content, nil
}
