package awstypes

import (
	"cmp"
	"regexp"
)

// Import is how the ID that `pulumi import` takes is found. A type that AWS lists by tag has
// ARN, and any other one has Key.
type Import struct {
	// ARN matches the ARNs of the type.
	ARN *regexp.Regexp
	// ID makes the ID of ARN's submatches, as regexp.Expand does; empty for $1.
	ID string
	// Input is the input that holds the ID, for types whose ARN does not.
	Input string
	// Key is a pattern of inputs, such as {subnetId}/{routeTableId}, that tells resources
	// of a type apart. {_name} is an underscore and the input; both are left out where the
	// input is empty. The key is the ID, unless AWS draws the ID (VPCCidrBlock).
	Key string
}

func byARN(pattern string) Import { return Import{ARN: regexp.MustCompile(pattern)} }

func byInput(pattern, input string) Import {
	return Import{ARN: regexp.MustCompile(pattern), Input: input}
}

// IDFromARN returns the import ID that an ARN holds, and whether the ARN is of the type.
func (i Import) IDFromARN(arn string) (id string, matches bool) {
	if i.ARN == nil {
		return "", false
	}
	match := i.ARN.FindStringSubmatchIndex(arn)
	if match == nil {
		return "", false
	}
	return string(i.ARN.ExpandString(nil, cmp.Or(i.ID, "$1"), arn, match)), true
}

var keyPart = regexp.MustCompile(`\{(_?)(\w+)\}`)

// KeyOf returns the Key of a resource with the given inputs.
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
