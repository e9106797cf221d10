// Package account reads which AWS account the credentials belong to, and which of its
// resources belong to the project or to a run.
package account

import (
	"os"
	"slices"

	"example.com/multisite/internal/cli"
)

// Emulated reports whether an emulator answers instead of AWS.
func Emulated() bool { return os.Getenv("AWS_ENDPOINT_URL") != "" }

// Number returns the number of the account that the credentials belong to.
func Number(region string) (string, error) {
	var identity struct{ Account string }
	err := cli.AWS(&identity, region, "sts", "get-caller-identity")
	return identity.Account, err
}

// Tagged returns the ARNs of a region's resources that have a tag, sorted.
func Tagged(region, key, value string) ([]string, error) {
	var list struct {
		ResourceTagMappingList []struct{ ResourceARN string }
	}
	err := cli.AWS(&list, region, "resourcegroupstaggingapi", "get-resources", "--tag-filters", "Key="+key+",Values="+value)
	var found []string
	for _, r := range list.ResourceTagMappingList {
		found = append(found, r.ResourceARN)
	}
	slices.Sort(found)
	return found, err
}

// DatabaseHost returns the host name of an RDS instance.
func DatabaseHost(region, id string) (host string, err error) {
	err = cli.AWS(&host, region, "rds", "describe-db-instances", "--db-instance-identifier", id, "--query", "DBInstances[0].Endpoint.Address")
	return host, err
}
