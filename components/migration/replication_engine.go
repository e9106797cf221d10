package migration

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ReplicationEngine matches a DMS engine version, such as 3.6.1.
var ReplicationEngine = regexp.MustCompile(`^\d+\.\d+\.\d+$`)

// defaultReplicationEngine is the version that AWS uses if no version is given
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReleaseNotes.html, as of 2026).
const defaultReplicationEngine = "3.5.4"

// replicationEngines maps each major version of PostgreSQL to the first DMS engine
// version that reads it
// (https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Source.PostgreSQL.html).
var replicationEngines = map[string]string{"15": "3.5.1", "16": "3.5.3", "17": "3.6.1"}

// ReplicationEngineFor returns the DMS engine version for replication, in both
// directions, of databases of the given major versions of PostgreSQL. If given is not
// empty, it returns given and true, or, if given is too old, the first sufficient version
// and false. If given is empty, it returns an empty version if AWS's default is
// sufficient, otherwise the first sufficient version, and true.
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

// numbers returns the numbers in a version.
func numbers(version string) (list []int) {
	for part := range strings.SplitSeq(version, ".") {
		n, _ := strconv.Atoi(part) // ReplicationEngine matches only digits here
		list = append(list, n)
	}
	return list
}
