package components

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ReplicationEngine is the form of a DMS engine version, such as 3.6.1.
var ReplicationEngine = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// defaultReplicationEngine is what AWS takes where no version is given
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReleaseNotes.html, in 2026).
const defaultReplicationEngine = "3.5.4"

// replicationEngines are the first DMS engine versions that read a major version of
// PostgreSQL (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html).
var replicationEngines = map[string]string{"15": "3.5.1", "16": "3.5.3", "17": "3.6.1"}

// ReplicationEngineFor returns the DMS engine version to use for copies, both ways, of
// databases of the given major versions of PostgreSQL: the given one; none, where AWS's
// default is enough; otherwise the first that is. Where the given one is too old, enough
// is false, and version is the first that is not.
func ReplicationEngineFor(given string, postgres []string) (version string, enough bool) {
	least := defaultReplicationEngine
	if given != "" {
		least = given
	}
	for _, major := range postgres {
		if first := replicationEngines[major]; slices.Compare(numbers(least), numbers(first)) < 0 {
			least = first
		}
	}
	switch {
	case given != "":
		return least, least == given
	case least == defaultReplicationEngine:
		return "", true
	default:
		return least, true
	}
}

// numbers are the parts of a version.
func numbers(version string) (list []int) {
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part) // digits, by the form
		list = append(list, n)
	}
	return list
}
