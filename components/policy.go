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

// service is the principal of an AWS service, such as cloudfront.amazonaws.com.
func service(name string) pulumi.Map {
	return pulumi.Map{"Service": pulumi.String(name)}
}

// condition is a condition with one operator and one key.
func condition(operator, key string, value pulumi.StringInput) pulumi.Map {
	return pulumi.Map{operator: pulumi.Map{key: value}}
}
