package guardrails

import (
	"strings"

	"example.com/multisite/internal/awstypes"
)

// hostile is a value that names something outside of the stack, and its name for failures.
type hostile struct {
	name  string
	value any
}

const otherAccount = "210987654321"

// foreign are names of places, accounts, principals and resources outside of the stack, in the
// forms that inputs take.
var foreign = []hostile{
	{"the ARN of a key in another region", "arn:aws:kms:eu-west-1:" + account + ":key/1"},
	{"the ARN of a key in another site's region", "arn:aws:kms:us-west-1:" + account + ":key/1"},
	{"the ARN of a key in another account", "arn:aws:kms:us-west-2:" + otherAccount + ":key/1"},
	{"the ARN of another stack's key in the site's region", "arn:aws:kms:us-west-2:" + account + ":key/1"},
	{"the ARN of another stack's key in us-east-1", "arn:aws:kms:us-east-1:" + account + ":key/1"},
	{"the ARN of a bucket", "arn:aws:s3:::elsewhere"},
	{"the ARN of a bucket in China", "arn:aws-cn:s3:::elsewhere"},
	{"an ARN in JSON", `{"to": "arn:aws:s3:::elsewhere"}`},
	{"an escaped ARN in JSON", `{"to": "\u0061rn:aws:s3:::elsewhere"}`},
	{"a region", "eu-west-1"},
	{"a region of China", "cn-north-1"},
	{"a zone", "eu-west-1a"},
	{"a service of another region", "com.amazonaws.eu-west-1.s3"},
	{"an endpoint service of another region", "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0"},
	{"an account", otherAccount},
	{"an account in a text", "from " + otherAccount},
	{"a principal", "arn:aws:iam::" + otherAccount + ":root"},
	{"a URL", "https://elsewhere.example.com/path"},
	{"a bucket's URL", "s3://elsewhere/path"},
	{"a bucket's host in another region", "elsewhere.s3.eu-west-1.amazonaws.com"},
	{"a bucket's host without a region", "elsewhere.s3.amazonaws.com"},
	{"a host of AWS in China", "elsewhere.s3.cn-north-1.amazonaws.com.cn"},
	{"a policy", `{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::elsewhere/*"}]}`},
	{"a value that is unknown in an update", unknown{}},
}

// nameless are foreign names in forms that other texts have too: what they name depends on the
// input.
var nameless = []hostile{
	{"a bucket's name", "elsewhere"},
	{"a host", "elsewhere.example.com"},
	{"a host that begins with a declared name", declared + ".elsewhere.example.com"},
	{"an address", "203.0.113.7"},
	{"an address block", "203.0.113.0/24"},
	{"the ID of a zone", "euw1-az1"},
	{"the ID of a network", "vpc-0123456789abcdef0"},
	{"the ID of a key", "01234567-89ab-cdef-0123-456789abcdef"},
	{"every principal", "*"},
	{"an account as a number", 210987654321.0},
}

// others are values of other kinds than a text.
var others = []hostile{{"a flag", true}, {"a number", 1.0}}

// longer returns names that begin with the name of a resource of the stack.
func longer(types []string) (list []hostile) {
	for _, token := range types {
		for _, suffix := range []string{"-elsewhere", ".elsewhere.example.com", "@elsewhere.example.com"} {
			list = append(list, hostile{"a name that begins with the name of the stack's resource", own(token) + suffix})
		}
	}
	return list
}

// otherOwn returns the names of resources of the stack that are of no type in a list.
func otherOwn(types []string) (list []hostile) {
	for _, token := range []string{awstypes.Bucket, awstypes.Key, awstypes.Role} {
		named := false
		for _, typ := range types {
			named = named || typ == token
		}
		if !named {
			list = append(list, hostile{"the name of another type's resource", own(token)})
		}
	}
	return list
}

// grant is the statement of a policy that the guard allows, with an action of the policy's type.
const grant = `"Effect": "Allow", "Action": "ACTION", "Resource": "BUCKET/*", "Principal": {"AWS": "arn:aws:iam::` + account + `:role/x"}`

// document returns a policy with a statement. If the statement stands in a list, another one
// refuses requests without TLS, as the rule tls requires.
func document(token, format, statement string) string {
	const tls = `{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`
	action := allowedActions[token[strings.LastIndex(token, ":")+1:]][0]
	text := strings.NewReplacer("STATEMENT", "{"+statement+"}", "TLS", tls).Replace(format)
	return strings.NewReplacer("ACTION", action, "BUCKET", bucketARN+own(awstypes.Bucket)).Replace(text)
}

// goodPolicy returns a policy that the guard allows.
func goodPolicy(token string) string {
	return document(token, `{"Statement": [TLS, STATEMENT]}`, grant)
}

// hostilePolicies returns policies that grant too much, each in one place of the statement grant.
func hostilePolicies(token string) []hostile {
	const role = `{"AWS": "arn:aws:iam::` + account + `:role/x"}`
	list := []hostile{
		{"a text that is no policy", "elsewhere"}, {"a policy without statements", `{"Version": "2012-10-17"}`},
		{"a policy as an object", map[string]any{"Statement": []any{}, "key": "elsewhere"}},
	}
	for _, change := range []struct{ name, old, replacement string }{
		{"an action that no policy needs", `"ACTION"`, `"iam:PassRole"`},
		{"every action of IAM", `"ACTION"`, `["ACTION", "iam:*"]`},
		{"every action but one", `"Action"`, `"NotAction"`},
		{"a bucket elsewhere", `BUCKET`, `arn:aws:s3:::elsewhere`},
		{"a bucket whose name begins with the stack's", `BUCKET/*`, `BUCKET*`},
		{"every bucket", `BUCKET/*`, `arn:aws:s3:::*`},
		{"a second resource elsewhere", `"BUCKET/*"`, `["BUCKET/*", "arn:aws:s3:::elsewhere/*"]`},
		{"every resource but one", `"Resource"`, `"NotResource"`},
		{"a key in another region", `BUCKET/*`, `arn:aws:kms:eu-west-1:` + account + `:key/1`},
		{"a key in every region", `BUCKET/*`, `arn:aws:kms:*:` + account + `:key/1`},
		{"a key in another account", `BUCKET/*`, `arn:aws:kms:us-east-1:` + otherAccount + `:key/1`},
		{"a key in every account", `BUCKET/*`, `arn:aws:kms:us-east-1:*:key/1`},
		{"every ARN", `BUCKET/*`, `arn:aws:*:*:*:*`},
		{"every principal", role, `"*"`},
		{"every principal of AWS", role, `{"AWS": ["*"]}`},
		{"every principal but one", `"Principal"`, `"NotPrincipal"`},
		{"a principal of another account", role, `{"AWS": "arn:aws:iam::` + otherAccount + `:root"}`},
		{"another account", role, `{"AWS": "` + otherAccount + `"}`},
		{"a service that no policy needs", role, `{"Service": "ec2.amazonaws.com"}`},
		{"a service of another region", role, `{"Service": "logs.eu-west-1.amazonaws.com"}`},
		{"a federation", role, `{"Federated": "accounts.example.com"}`},
		{"a canonical user", role, `{"CanonicalUser": "79a59df900b949e55d96a1e698fbaced"}`},
		{"an effect that does not exist", `"Allow"`, `"Permit"`},
		{"a condition key that no policy needs", role, role + `, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-elsewhere"}}`},
		{"a condition on another account", role, role + `, "Condition": {"StringEquals": {"aws:SourceAccount": "` + otherAccount + `"}}`},
		{"a condition on a bucket elsewhere", role, role + `, "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::elsewhere"}}`},
		{"every principal outside of the account", role, `"*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "` + account + `"}}`},
		{"every principal with TLS", role, `"*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}`},
	} {
		statement := strings.Replace(grant, change.old, change.replacement, 1)
		for _, form := range []struct{ name, format string }{
			{"", `{"Statement": [TLS, STATEMENT]}`},
			{", not in a list", `{"Statement": STATEMENT}`},
			{", before an equal field", `{"Statement": [TLS, STATEMENT], "Statement": [TLS]}`},
			{", before a field in small letters", `{"Statement": [TLS, STATEMENT], "statement": [TLS]}`},
		} {
			list = append(list, hostile{"a policy with " + change.name + form.name, document(token, form.format, statement)})
		}
	}
	return list
}

// hostileSecrets are credentials that lead elsewhere.
var hostileSecrets = []hostile{
	{"no JSON", "elsewhere.example.com"},
	{"a secret with a host elsewhere", `{"host": "elsewhere.example.com", "username": "u", "password": "p"}`},
	{"a secret with the host in capitals", `{"HOST": "elsewhere.example.com"}`},
	{"a secret with two hosts", `{"host": "elsewhere.example.com", "Host": ""}`},
	{"a secret with a region", `{"username": "u", "dbname": "eu-west-1"}`},
	{"a secret with an ARN", `{"username": "u", "dbInstanceIdentifier": "arn:aws:rds:eu-west-1:` + account + `:db:x"}`},
	{"a secret with a nested object", `{"username": {"host": "https://elsewhere.example.com"}}`},
	{"a secret with a list", `{"hosts": ["https://elsewhere.example.com"]}`},
}

// allowedValue returns a value that a meaning allows.
func (v visit) allowedValue(m awstypes.Meaning) any {
	switch {
	case len(m.Names) > 0:
		return own(m.Names[0])
	case len(m.Allowed) > 0:
		return m.Allowed[0]
	case m.Policy:
		return goodPolicy(v.token)
	case m.Secret:
		return `{"username": "u", "password": "p"}`
	case m.Document:
		return "[]"
	case m.Image:
		return account + ".dkr.ecr." + v.guard.site.Region + ".amazonaws.com/name:1"
	case m.Declared:
		return declared
	case m.Place:
		return v.guard.region(&resource{provider: v.provider["aws"]})
	default:
		return "text"
	}
}

// build returns inputs with a value at a path such as rules[].tags.*.
func build(path string, value any) map[string]any {
	step, rest, more := strings.Cut(path, ".")
	if more {
		value = build(rest, value)
	}
	name := strings.TrimRight(step, "[]")
	for range strings.Count(step, "[]") {
		value = []any{value}
	}
	return map[string]any{strings.ReplaceAll(name, "*", "key"): value}
}
