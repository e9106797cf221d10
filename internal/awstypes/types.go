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
	// IDs are the outputs by which inputs of other resources name a resource, in addition to
	// its ID, such as arn or options.name, a field of each of a list's elements. They are arn
	// if the row lists none.
	IDs []string

	// The following fields give each input a meaning. The guardrails refuse an input without a
	// meaning, and a value that differs from the meaning. An input with two meanings may have
	// either. A path such as dimensions.* stands for all keys of an object. Tags need no
	// entry.

	// Refs are the inputs that hold the ID or ARN of a resource of the stack.
	Refs []Ref
	// Names are the inputs that name a resource of the stack by one of its IDs, or begin with
	// it and a slash or colon. Unlike Refs, the simulated cloud does not check them.
	Names []Ref
	// Policies are the inputs that hold a policy document.
	Policies []string
	// Places are the inputs that name a region or zone.
	Places []string
	// Declared are the inputs that name something outside of the stack, which the register or
	// the configuration declares.
	Declared []string
	// Images are the inputs that name a container image in the registry of the site's account and
	// region.
	Images []string
	// Documents are the inputs that hold a JSON document. The fields in it have meanings as
	// inputs have: containerDefinitions[].image.
	Documents []string
	// Secrets are the inputs that hold the credentials of a database, as AWS Secrets Manager
	// stores them in JSON.
	Secrets []string
	// Fixed are the inputs that have one of a few values.
	Fixed []Setting
	// Plain are the inputs that name no place, account or resource: numbers, flags, and texts
	// that AWS does not follow.
	Plain []string
	// Inbound are the inputs that name the source of data. Data flows to the places that all
	// other inputs name.
	Inbound []string
	// Ignorable are the paths that a resource may name in the option ignoreChanges, since a
	// difference there neither opens the resource nor moves its data. "*" stands for all inputs.
	Ignorable []string
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

// rows has the row of each type by its token, such as aws:s3/bucketV2:BucketV2. The guardrails
// refuse all other types.
var rows = merge(network, storage, database, keys, identity, edge, entry, dns, monitoring, migration, workloads, local, providers)

// Of returns the row of a type, by its token. It is the zero Type if the type has no row.
func Of(token string) Type { return rows[token] }

// Tokens returns the tokens of all rows, sorted.
func Tokens() []string { return slices.Sorted(maps.Keys(rows)) }

// Has reports whether a type has a row.
func Has(token string) bool {
	_, has := rows[token]
	return has
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

// StatusPath is the path of the SSM parameters in which sites publish their status.
const StatusPath = "/multisite/sites/"

// RecoveryPath is the path of the SSM parameters in which a site and its recovery site publish what
// the other needs to copy data: RecoveryPath + SITE, in us-east-1.
const RecoveryPath = "/multisite/recovery/"

// ServicePath is the path of the SSM parameters that tell application teams what a workload of a
// service needs: ServicePath + SITE/SERVICE.
const ServicePath = "/multisite/services/"

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

// paths returns the paths in a text, which white space separates.
func paths(text string) []string { return strings.Fields(text) }

// merge returns one map of all rows.
func merge(groups ...map[string]Type) map[string]Type {
	all := map[string]Type{}
	for _, group := range groups {
		maps.Copy(all, group)
	}
	return all
}
