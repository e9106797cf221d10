package provision

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// PolicyDocument returns an IAM policy document. In a preview, the document is unknown if
// any part of a statement is unknown.
func PolicyDocument(statements ...pulumi.Map) pulumi.StringOutput {
	list := make(pulumi.Array, len(statements))
	for i, statement := range statements {
		list[i] = statement
	}
	return pulumi.JSONMarshal(pulumi.Map{
		"Version":   pulumi.String("2012-10-17"),
		"Statement": list,
	})
}

// Allow returns a statement that allows actions on a resource, under the condition when
// unless it is nil.
func Allow(actions []string, resource pulumi.StringInput, when pulumi.Map) pulumi.Map {
	statement := pulumi.Map{
		"Effect":   pulumi.String("Allow"),
		"Action":   pulumi.ToStringArray(actions),
		"Resource": resource,
	}
	if len(actions) == 1 { // the form in which AWS writes a single action
		statement["Action"] = pulumi.String(actions[0])
	}
	if when != nil {
		statement["Condition"] = when
	}
	return statement
}

// Grant returns a statement that allows an AWS service actions on the resource to which
// the policy belongs, or on its contents, under the condition when unless it is nil.
func Grant(sid, principal string, actions []string, resource pulumi.StringInput, when pulumi.Map) pulumi.Map {
	statement := Allow(actions, resource, when)
	statement["Sid"], statement["Principal"] = pulumi.String(sid), service(principal)
	return statement
}

// Deny returns a statement that denies an action to all principals, under the condition
// when.
func Deny(sid, action string, resource pulumi.Input, when pulumi.Map) pulumi.Map {
	return pulumi.Map{
		"Sid":       pulumi.String(sid),
		"Effect":    pulumi.String("Deny"),
		"Principal": pulumi.Map{"AWS": pulumi.String("*")},
		"Action":    pulumi.String(action),
		"Resource":  resource,
		"Condition": when,
	}
}

// OfAccount returns the condition that an AWS service acts on behalf of an account.
func OfAccount(id pulumi.StringInput) pulumi.Map {
	return Condition("StringEquals", "aws:SourceAccount", id)
}

// Insecure is the condition that a request does not use TLS.
var Insecure = Condition("Bool", "aws:SecureTransport", pulumi.String("false"))

// service returns the principal of an AWS service, such as cloudfront.amazonaws.com.
func service(name string) pulumi.Map {
	return pulumi.Map{"Service": pulumi.String(name)}
}

// Condition returns a condition with one operator and one key.
func Condition(operator, key string, value pulumi.StringInput) pulumi.Map {
	return pulumi.Map{operator: pulumi.Map{key: value}}
}
