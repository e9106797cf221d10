package components

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// policyDocument renders an IAM policy document. It is not known in a preview as
// long as a part of a statement is not.
func policyDocument(statements ...pulumi.Map) pulumi.StringOutput {
	list := make(pulumi.Array, len(statements))
	for i, statement := range statements {
		list[i] = statement
	}
	return pulumi.JSONMarshal(pulumi.Map{
		"Version":   pulumi.String("2012-10-17"),
		"Statement": list,
	})
}

// allow lets a role do things to a resource, under a condition if there is one.
func allow(actions []string, resource pulumi.StringInput, when pulumi.Map) pulumi.Map {
	statement := pulumi.Map{
		"Effect":   pulumi.String("Allow"),
		"Action":   pulumi.ToStringArray(actions),
		"Resource": resource,
	}
	if len(actions) == 1 { // as AWS writes it
		statement["Action"] = pulumi.String(actions[0])
	}
	if when != nil {
		statement["Condition"] = when
	}
	return statement
}

// grant lets an AWS service do things to the resource that the policy is part of,
// or to what is in it, under a condition.
func grant(sid, principal string, actions []string, resource pulumi.StringInput, when pulumi.Map) pulumi.Map {
	statement := allow(actions, resource, when)
	statement["Sid"], statement["Principal"] = pulumi.String(sid), service(principal)
	return statement
}

// deny refuses an action to everybody under a condition.
func deny(sid, action string, resource pulumi.Input, when pulumi.Map) pulumi.Map {
	return pulumi.Map{
		"Sid":       pulumi.String(sid),
		"Effect":    pulumi.String("Deny"),
		"Principal": pulumi.Map{"AWS": pulumi.String("*")},
		"Action":    pulumi.String(action),
		"Resource":  resource,
		"Condition": when,
	}
}

// ofAccount holds for what an AWS service does on an account's behalf.
func ofAccount(id pulumi.StringInput) pulumi.Map {
	return condition("StringEquals", "aws:SourceAccount", id)
}

// insecure holds for a request without TLS.
var insecure = condition("Bool", "aws:SecureTransport", pulumi.String("false"))

// service is the principal of an AWS service, such as cloudfront.amazonaws.com.
func service(name string) pulumi.Map {
	return pulumi.Map{"Service": pulumi.String(name)}
}

// condition is a condition with one operator and one key.
func condition(operator, key string, value pulumi.StringInput) pulumi.Map {
	return pulumi.Map{operator: pulumi.Map{key: value}}
}
