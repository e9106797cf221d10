package awstypes

import (
	"cmp"
	"regexp"
)

// Import derives the ID that `pulumi import` takes. It has ARN for a type that AWS lists by
// tag, and Key for any other type.
type Import struct {
	// ARN matches the ARNs of the type's resources.
	ARN *regexp.Regexp
	// ID is a template of the ID with submatches of ARN, as regexp.Expand takes it; empty is $1.
	ID string
	// Input is the input that holds the ID, for types whose ARN does not contain the ID.
	Input string
	// Or is the Import of ARNs that ARN does not match.
	Or *Import
	// Key is a pattern of inputs, such as {subnetId}/{routeTableId}, that identifies a
	// resource within its type. {_name} is an underscore and the input; both are left out if
	// the input is empty. The key is the ID, except for VPCCidrBlock and BackupReplication, whose
	// IDs AWS generates.
	Key string
}

// IDFromARN returns the import ID that an ARN contains, and whether the ARN is of the type.
func (i Import) IDFromARN(arn string) (id string, matches bool) {
	if i.ARN == nil {
		return "", false
	}
	match := i.ARN.FindStringSubmatchIndex(arn)
	if match == nil && i.Or != nil {
		return i.Or.IDFromARN(arn)
	}
	if match == nil {
		return "", false
	}
	return string(i.ARN.ExpandString(nil, cmp.Or(i.ID, "$1"), arn, match)), true
}

// KeyOf returns the key of a resource with the given inputs, by the pattern Key.
func (i Import) KeyOf(inputs map[string]any) string {
	return keyPart.ReplaceAllStringFunc(i.Key, func(part string) string {
		match := keyPart.FindStringSubmatch(part)
		value, _ := inputs[match[2]].(string)
		if value == "" {
			return ""
		}
		return match[1] + value
	})
}

// keyPart matches one input of the pattern Key.
var keyPart = regexp.MustCompile(`\{(_?)(\w+)\}`)

// byARN returns the Import of a type whose ID is the first submatch of the pattern.
func byARN(pattern string) Import { return Import{ARN: regexp.MustCompile(pattern)} }

// byInput returns the Import of a type whose ARN does not contain the ID.
func byInput(pattern, input string) Import {
	return Import{ARN: regexp.MustCompile(pattern), Input: input}
}
