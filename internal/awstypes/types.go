// Package awstypes has one row per resource type: the properties of the type that guardrails,
// verdicts, evidence, imports and the simulated cloud read. It calls neither AWS nor Pulumi.
// docs/new-resource-type.md explains how to add a type.
package awstypes

import (
	"maps"
	"slices"
	"strings"
)

// Type is the row of one resource type. Its zero value is the row of an unknown type.
type Type struct {
	// Stateful reports whether the deletion or replacement of a resource loses data, keys or
	// addresses for good.
	Stateful bool
	// Holds is the kind of users' data that a resource holds.
	Holds Data
	// Readers is how evidence finds the readers of the users' data. It is empty for types
	// that evidence does not list.
	Readers Readers
	// KeyType is the type of the resource of the same name that holds the KMS key: the
	// KeyProperties of KeyType apply. If it is empty, the KeyProperties of this row apply.
	KeyType string
	// KeyProperties are the inputs that name the KMS keys of the resource. The guardrails
	// require each of them.
	KeyProperties []KeyProperty
	// Encryption, TLS and Private are the inputs that encrypt data at rest, encrypt it in
	// transit, and close the resource to the public.
	Encryption, TLS, Private []Setting
	// EdgeRegion reports whether a resource of a site in any region may be in us-east-1,
	// from where AWS runs CloudFront.
	EdgeRegion bool
	// Companions are the types of resources that must exist with the same name as this
	// resource.
	Companions []string
	// Import derives the ID that `pulumi import` takes. It is empty for types whose resources
	// AWS overwrites when they are created a second time.
	Import Import
	// Refs are the inputs that name other resources.
	Refs []Ref
}

// Data is a kind of users' data.
type Data string

// Kinds of users' data. Most types hold Nothing.
const (
	Nothing  Data = ""
	Database Data = "database"
	Objects  Data = "objects"
	Files    Data = "files"
)

// Readers is how evidence finds the readers of users' data.
type Readers string

// Ways to find the readers of users' data.
const (
	// BySecret finds the readers of the secret that has the name of the service.
	BySecret Readers = "secret"
	// ByPolicy finds the principals in the bucket policy that has the name of the resource.
	ByPolicy Readers = "policy"
	// AtEndpoint stands for all clients that the resource's endpoint accepts.
	AtEndpoint Readers = "endpoint"
)

// KeyProperty is an input that names a KMS key.
type KeyProperty struct {
	// Path is the input, such as serverSideEncryption.kmsKeyArn or rules[].key.
	Path string
	// When is the input that must be true for AWS to use the key. It is empty if AWS always
	// uses the key.
	When string
}

// Setting is an input whose value the guardrails check.
type Setting struct {
	// Path is the input, such as origins[].customOriginConfig.originProtocolPolicy.
	Path string
	// Allowed are the values that the input may have.
	Allowed []any
	// Required reports whether the input must be set, since AWS's default is not allowed.
	Required bool
}

// Ref is an input, such as subnetIds[] or origins[].originAccessControlId, that holds IDs
// or ARNs of resources of a type.
type Ref struct{ Path, Type string }

// rows has the row of each type by its token, such as aws:s3/bucketV2:BucketV2. The program
// creates no resources of the types in unused.
var rows = merge(network, storage, database, keys, identity, edge, dns, monitoring, migration, local, unused)

// edgeServices are services whose resources for CloudFront, or for the DNS of all sites, are in
// us-east-1.
var edgeServices = []string{"acm", "cloudfront", "route53", "sns", "wafv2"}

// Of returns the row of a type, by its token. It is the zero Type if the type has no row.
func Of(token string) Type { return rows[token] }

// Tokens returns the tokens of all rows, sorted.
func Tokens() []string { return slices.Sorted(maps.Keys(rows)) }

// InUse reports whether the program creates resources of a type. A type without a row is not
// in use.
func InUse(token string) bool {
	_, hasRow := rows[token]
	_, isUnused := unused[token]
	return hasRow && !isUnused
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

// EdgeRegion is the region from which AWS runs CloudFront, IAM and Route 53, whatever the
// region of a site.
const EdgeRegion = "us-east-1"

// MayBeAtEdge reports whether a resource of a type may be in EdgeRegion for a site in any region.
// For a type without a row, the type's service decides.
func MayBeAtEdge(token string) bool {
	if row, hasRow := rows[token]; hasRow {
		return row.EdgeRegion
	}
	return slices.Contains(edgeServices, Service(token))
}

// Text returns the text at a path of a resource's properties, such as
// rules[].destination.bucket. Of a list it takes the first element. It is empty if the path
// leads to no text.
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

// merge returns one map of all rows.
func merge(groups ...map[string]Type) map[string]Type {
	all := map[string]Type{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}
