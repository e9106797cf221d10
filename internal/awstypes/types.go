// Package awstypes has one row per resource type: the facts that guardrails, verdicts,
// evidence, imports and the simulated cloud need about it. docs/new-resource-type.md says
// how to add a type.
package awstypes

import (
	"maps"
	"slices"
	"strings"
)

// Type is the row of one resource type.
type Type struct {
	// Stateful reports whether deletion or replacement of a resource loses data, keys or
	// addresses for good.
	Stateful bool
	// Holds is the kind of users' data in a resource.
	Holds Data
	// Readers is how the readers of users' data are found; empty where evidence
	// does not list the type.
	Readers Readers
	// KeyType is the type of the resource, of the same name, whose KeyProperties name the
	// key of this type's resources. Where it is empty, this type's KeyProperties do.
	KeyType string
	// KeyProperties name the KMS key that encrypts the resource. The guardrails demand
	// each of them.
	KeyProperties []KeyProperty
	// Encryption, TLS and Private are the inputs that encrypt data at rest, encrypt it in
	// transit, and close the resource to the public.
	Encryption, TLS, Private []Setting
	// EdgeRegion reports whether a resource may be in us-east-1, from where AWS runs
	// CloudFront, whatever the site's region is.
	EdgeRegion bool
	// Companions are types of which the stack must have a resource of the same name.
	Companions []string
	// Import is how the ID that `pulumi import` takes is found. It is empty for types that
	// AWS overwrites when a resource is created a second time.
	Import Import
	// Refs are the inputs that name other resources.
	Refs []Ref
}

// Data is a kind of users' data.
type Data string

// Kinds of users' data. Most types hold none.
const (
	Nothing  Data = ""
	Database Data = "database"
	Objects  Data = "objects"
	Files    Data = "files"
)

// Readers is how the readers of users' data are found.
type Readers string

const (
	// BySecret are the readers of the secret that has the name of the service.
	BySecret Readers = "secret"
	// ByPolicy are the principals of the bucket policy that has the name of the resource.
	ByPolicy Readers = "policy"
	// AtEndpoint are clients that the resource's endpoint accepts.
	AtEndpoint Readers = "endpoint"
)

// KeyProperty is an input that names a KMS key.
type KeyProperty struct {
	// Path is the input, such as serverSideEncryption.kmsKeyArn or rules[].key.
	Path string
	// When is the input that must be true for the key to be used; empty where it always is.
	When string
}

// Setting is an input whose value the guardrails demand.
type Setting struct {
	Path    string
	Allowed []any
	// Required settings have a default in AWS that is not allowed.
	Required bool
}

// Ref is an input, such as subnetIds[] or origins[].originAccessControlId, that holds IDs
// or ARNs of resources of a type.
type Ref struct{ Path, Type string }

// rows has the row of each type by its token. Types in unused are not created by the
// program.
var rows = merge(network, storage, database, keys, identity, edge, dns, monitoring, migration, local, unused)

func merge(groups ...map[string]Type) map[string]Type {
	all := map[string]Type{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}

// Of returns the row of a type such as aws:s3/bucketV2:BucketV2. A type without a row has
// the zero value.
func Of(token string) Type { return rows[token] }

// Tokens returns the tokens of all rows, sorted.
func Tokens() []string { return slices.Sorted(maps.Keys(rows)) }

// InUse reports whether the program creates resources of a type.
func InUse(token string) bool {
	_, known := rows[token]
	_, foreign := unused[token]
	return known && !foreign
}

// Service returns the AWS service of a type: s3 for aws:s3/bucketV2:BucketV2. It is empty
// for types that are not AWS's.
func Service(token string) string {
	rest, isAWS := strings.CutPrefix(token, "aws:")
	service, _, found := strings.Cut(rest, "/")
	if !isAWS || !found {
		return ""
	}
	return service
}

// edgeServices are run from us-east-1 with CloudFront, or for it.
var edgeServices = []string{"acm", "cloudfront", "route53", "sns", "wafv2"}

// EdgeRegion reports whether a resource of a type may be in us-east-1 whatever the site's
// region is: by its row, or, for a type without a row, by its service.
func EdgeRegion(token string) bool {
	if row, known := rows[token]; known {
		return row.EdgeRegion
	}
	return slices.Contains(edgeServices, Service(token))
}

// Text returns the text at a path of a resource's properties, such as
// rules[].destination.bucket: the first one of a list, empty if there is none.
func Text(properties any, path string) string {
	step, rest, more := strings.Cut(path, ".")
	name, list := strings.CutSuffix(step, "[]")
	object, _ := properties.(map[string]any)
	value := object[name]
	if elements, isList := value.([]any); list && isList && len(elements) > 0 {
		value = elements[0]
	}
	if more {
		return Text(value, rest)
	}
	text, _ := value.(string)
	return text
}
