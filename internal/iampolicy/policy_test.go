package iampolicy

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func parse(t *testing.T, documents ...string) Layer {
	t.Helper()
	var layer Layer
	for _, statement := range documents {
		policy, err := Parse([]byte(`{"Version": "2012-10-17", "Statement": ` + statement + `}`))
		require.NoError(t, err)
		layer = append(layer, policy)
	}
	return layer
}

const (
	allowAll  = `{"Effect": "Allow", "Action": "*", "Resource": "*"}`
	allowRead = `{"Sid": "read", "Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]}`
	denyB     = `[{"Sid": "b", "Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a/b"}]`
)

// TestLayers tests the flow chart in
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html.
func TestLayers(t *testing.T) {
	read := func(key string) Request { return Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/" + key} }
	for name, row := range map[string]struct {
		request Request
		layers  []Layer
		allowed bool
	}{
		"no policy":                           {read("x"), nil, false},
		"an empty layer":                      {read("x"), []Layer{parse(t, allowAll), {}}, false},
		"implicit denial":                     {Request{Action: "s3:PutObject", Resource: "arn:aws:s3:::a/x"}, []Layer{parse(t, allowRead)}, false},
		"allowed":                             {read("x"), []Layer{parse(t, allowRead)}, true},
		"allowed by the second policy":        {read("x"), []Layer{parse(t, denyB, allowRead)}, true},
		"denied before allowed":               {read("b"), []Layer{parse(t, denyB, allowAll)}, false},
		"denied after allowed":                {read("b"), []Layer{parse(t, allowAll, denyB)}, false},
		"denied by the boundary":              {read("b"), []Layer{parse(t, allowAll), parse(t, allowAll, denyB)}, false},
		"outside the boundary":                {Request{Action: "ec2:RunInstances", Resource: "*"}, []Layer{parse(t, allowAll), parse(t, allowRead)}, false},
		"inside the boundary":                 {read("x"), []Layer{parse(t, allowAll), parse(t, allowRead)}, true},
		"a boundary grants nothing by itself": {read("x"), []Layer{parse(t, denyB), parse(t, allowAll)}, false},
		"every level of an organization":      {read("x"), []Layer{parse(t, allowAll), parse(t, allowAll), parse(t, allowRead)}, true},
		"one level of an organization denies": {read("x"), []Layer{parse(t, allowAll), parse(t, denyB), parse(t, allowAll)}, false},
	} {
		assert.Equal(t, row.allowed, Decide(row.request, row.layers...).Allowed, name)
	}
	decision := Decide(read("b"), parse(t, allowAll), parse(t, allowRead, denyB))
	assert.Equal(t, "b", decision.By.Sid)
	assert.Equal(t, 1, decision.Layer)
}

// TestElements tests actions and resources as specified in
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html.
func TestElements(t *testing.T) {
	for name, row := range map[string]struct {
		statement, action, resource string
		allowed                     bool
	}{
		"actions ignore case":                 {`{"Effect": "Allow", "Action": "S3:getobject", "Resource": "*"}`, "s3:GetObject", "arn:aws:s3:::a/x", true},
		"resources do not ignore case":        {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::A/*"}`, "s3:GetObject", "arn:aws:s3:::a/x", false},
		"an asterisk inside":                  {`{"Effect": "Allow", "Action": "s3:Get*Acl", "Resource": "*"}`, "s3:GetObjectAcl", "*", true},
		"an asterisk spans separators":        {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::a*"}`, "s3:GetObject", "arn:aws:s3:::a-b/c/d", true},
		"a question mark is one character":    {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::a?"}`, "s3:ListBucket", "arn:aws:s3:::a", false},
		"an excluded action":                  {`{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, "iam:CreateUser", "*", false},
		"all but an action":                   {`{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}`, "s3:ListBucket", "*", true},
		"all but a resource":                  {`{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::a"}`, "s3:ListBucket", "arn:aws:s3:::b", true},
		"the excluded resource":               {`{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::a"}`, "s3:ListBucket", "arn:aws:s3:::a", false},
		"a variable without value":            {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username}"}`, "s3:ListBucket", "arn:aws:s3:::", false},
		"a variable":                          {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/Site}/*"}`, "s3:GetObject", "arn:aws:s3:::o*/x", true},
		"a variable's wildcard is literal":    {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:PrincipalTag/Site}/*"}`, "s3:GetObject", "arn:aws:s3:::other/x", false},
		"a variable's default":                {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:username, 'all'}"}`, "s3:ListBucket", "arn:aws:s3:::all", true},
		"an escaped asterisk":                 {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::a${*}"}`, "s3:ListBucket", "arn:aws:s3:::ab", false},
		"an escaped asterisk in the resource": {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::a${*}"}`, "s3:ListBucket", "arn:aws:s3:::a*", true},
		"an asterisk after a partial match":   {`{"Effect": "Allow", "Action": "*", "Resource": "arn:*:a*ab"}`, "s3:ListBucket", "arn:aws:s3:::aab:aaab", true},
		"text after the end of the pattern":   {`{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::a"}`, "s3:ListBucket", "arn:aws:s3:::ab", false},
	} {
		request := Request{row.action, row.resource, map[string][]string{"AWS:PrincipalTag/Site": {"o*"}}}
		assert.Equal(t, row.allowed, Decide(request, parse(t, row.statement)).Allowed, name)
	}
}

// TestConditions tests the operators as specified in
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html.
func TestConditions(t *testing.T) {
	for _, row := range []struct {
		condition string
		context   map[string][]string
		holds     bool
	}{
		{`{"StringEquals": {"k": "a"}}`, map[string][]string{"K": {"a"}}, true},
		{`{"StringEquals": {"k": ["b", "a"]}}`, map[string][]string{"k": {"a"}}, true},
		{`{"StringEquals": {"k": "a*"}}`, map[string][]string{"k": {"ab"}}, false},
		{`{"StringEquals": {"k": "a"}}`, nil, false},
		{`{"StringEquals": {"k": "a", "l": "b"}}`, map[string][]string{"k": {"a"}}, false},
		{`{"StringEquals": {"k": "a"}, "StringLike": {"l": "b*"}}`, map[string][]string{"k": {"a"}, "l": {"bc"}}, true},
		{`{"StringEquals": {"k": "${l}"}}`, map[string][]string{"k": {"x"}, "l": {"x"}}, true},
		{`{"StringEqualsIfExists": {"k": "a"}}`, nil, true},
		{`{"StringEqualsIfExists": {"k": "a"}}`, map[string][]string{"k": {"b"}}, false},
		{`{"StringEqualsIgnoreCase": {"k": "A"}}`, map[string][]string{"k": {"a"}}, true},
		{`{"StringNotEquals": {"k": ["a", "b"]}}`, map[string][]string{"k": {"b"}}, false},
		{`{"StringNotEquals": {"k": ["a", "b"]}}`, map[string][]string{"k": {"c"}}, true},
		{`{"StringNotEquals": {"k": "a"}}`, nil, true},
		{`{"StringLike": {"k": "a?c*"}}`, map[string][]string{"k": {"abcd"}}, true},
		{`{"StringNotLike": {"k": "a*"}}`, map[string][]string{"k": {"ab"}}, false},
		{`{"ArnLike": {"k": "arn:aws:s3:*:*:a*"}}`, map[string][]string{"k": {"arn:aws:s3:::abc"}}, true},
		{`{"ArnLike": {"k": "arn:aws:*:a"}}`, map[string][]string{"k": {"arn:aws:s3:::a"}}, false},
		{`{"ArnEquals": {"k": "arn:aws:iam::*:role/x"}}`, map[string][]string{"k": {"arn:aws:iam::1:role/x"}}, true},
		{`{"ArnNotEquals": {"k": "arn:aws:iam::*:role/x"}}`, map[string][]string{"k": {"arn:aws:iam::1:role/x"}}, false},
		{`{"Bool": {"k": true}}`, map[string][]string{"k": {"true"}}, true},
		{`{"Bool": {"k": "true"}}`, map[string][]string{"k": {"false"}}, false},
		{`{"Null": {"k": "true"}}`, nil, true},
		{`{"Null": {"k": "true"}}`, map[string][]string{"k": {"a"}}, false},
		{`{"Null": {"k": false}}`, map[string][]string{"k": {"a"}}, true},
		{`{"NumericLessThan": {"k": 1.2}}`, map[string][]string{"k": {"1.1"}}, true},
		{`{"NumericGreaterThanEquals": {"k": "2"}}`, map[string][]string{"k": {"1"}}, false},
		{`{"NumericEquals": {"k": "2"}}`, map[string][]string{"k": {"x"}}, false},
		{`{"ForAnyValue:StringEquals": {"k": ["a", "b"]}}`, map[string][]string{"k": {"x", "b"}}, true},
		{`{"ForAnyValue:StringEquals": {"k": "a"}}`, nil, false},
		{`{"ForAnyValue:StringNotEquals": {"k": "a"}}`, map[string][]string{"k": {"a", "b"}}, true},
		{`{"ForAllValues:StringEquals": {"k": ["a", "b"]}}`, map[string][]string{"k": {"a", "c"}}, false},
		{`{"ForAllValues:StringLike": {"k": "a*"}}`, map[string][]string{"k": {"a", "ab"}}, true},
		{`{"ForAllValues:StringEquals": {"k": "a"}}`, nil, true},
		{`{"ForAllValues:StringNotEquals": {"k": "a"}}`, map[string][]string{"k": {"b", "a"}}, false},
	} {
		layer := parse(t, `{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": `+row.condition+`}`)
		assert.Equal(t, row.holds, Decide(Request{"s3:ListBucket", "*", row.context}, layer).Allowed, "%s with %v", row.condition, row.context)
	}
}

func TestParseRefuses(t *testing.T) {
	for document, fault := range map[string]string{
		`{"Statement": []}`: `Version: found ""; allowed: 2012-10-17`,
		`{"Version": "2012-10-17", "Statement": {"Effect": "Permit", "Action": "*", "Resource": "*"}}`:                                                               `Effect: found "Permit"`,
		`{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "123456789012", "Action": "*", "Resource": "*"}}`:                                    `Principal: found "123456789012"`,
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*"}}`:                                                                               "either Action or NotAction",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*", "Resource": "*"}}`:                                              "either Action or NotAction",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*"}}`:                                                                                 "either Resource or NotResource",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Actions": "*", "Resource": "*"}}`:                                                               "unknown field",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"k": "2026-01-01"}}}}`:            `operator "DateLessThan"`,
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"ForSomeValues:StringEquals": {"k": "a"}}}}`:       "ForSomeValues",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"k": []}}}}`:                      "found no value",
		`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": {"a": 1}, "Resource": "*"}}`:                                                           "a string, a number or a boolean",
		`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "x", "Action": "*"}, {"Effect": "Allow", "A": 1}]}`: "unknown field",
	} {
		_, err := Parse([]byte(document))
		assert.ErrorContains(t, err, fault, document)
	}
}
