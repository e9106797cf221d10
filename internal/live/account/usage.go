package account

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/ordered"
)

// RefuseUsed returns an error if an account is not a throw-away account for a site: if
// the register in the repository root names it, or if it holds a state bucket or a
// resource of the project. It also returns an error if the register binds the site or
// the global stack to another account, because the program then refuses this one.
func RefuseUsed(root, site, number string) error {
	if err := refuseRegistered(root, site, number); err != nil {
		return err
	}
	found, err := resources(root)
	if err != nil {
		return err
	}
	var buckets struct{ Buckets []struct{ Name string } }
	if err := cli.AWS(&buckets, awstypes.EdgeRegion, "s3api", "list-buckets"); err != nil {
		return err
	}
	for _, bucket := range buckets.Buckets {
		if strings.HasPrefix(bucket.Name, "multisite-state-") {
			found = append(found, bucket.Name)
		}
	}
	if len(found) > 0 {
		return fmt.Errorf("account: found %s, which is in use; allowed: an account without any resource of the project:\n%s",
			number, strings.Join(found, "\n"))
	}
	return nil
}

// refuseRegistered refuses an account that the register names.
func refuseRegistered(root, site, number string) error {
	accounts, err := registered(root)
	if err != nil {
		return err
	}
	for _, key := range ordered.Keys(accounts) {
		bound := key == "sites."+site+".account" || key == "global.account"
		switch named := accounts[key]; {
		case named == number:
			return fmt.Errorf("account: found %s, which register/register.yaml names in %s; allowed: an account that the register does not name", number, key)
		case named != "" && bound:
			return fmt.Errorf("register/register.yaml: %s: found %s; allowed: none, in a working copy for this run", key, named)
		}
	}
	return nil
}

// registered returns the accounts in register/register.yaml by their keys.
func registered(root string) (map[string]string, error) {
	type entry struct{ Account string }
	var register struct {
		Global entry
		Sites  map[string]entry
	}
	data, err := os.ReadFile(filepath.Join(root, "register", "register.yaml"))
	if err := errors.Join(err, yaml.Unmarshal(data, &register)); err != nil {
		return nil, fmt.Errorf("register/register.yaml: %w", err)
	}
	accounts := map[string]string{"global.account": register.Global.Account}
	for name, site := range register.Sites {
		accounts["sites."+name+".account"] = site.Account
	}
	return accounts, nil
}

// resources returns the ARNs of the project's resources in all its regions, without
// resources that are deleted or whose deletion is scheduled: an earlier run leaves keys
// and secrets for up to 30 days.
func resources(root string) ([]string, error) {
	all, err := regions(root)
	if err != nil {
		return nil, err
	}
	var resources []string
	for _, region := range all {
		found, err := Tagged(region, "Project", "multisite")
		if err != nil {
			return nil, err
		}
		for _, arn := range found {
			if deleted, pending := Deletion(region, arn); !deleted && pending == "" {
				resources = append(resources, arn)
			}
		}
	}
	return resources, nil
}

// regions returns the regions in state/regions.yaml and awstypes.EdgeRegion, sorted.
func regions(root string) ([]string, error) {
	data, err := os.ReadFile(filepath.Join(root, "state", "regions.yaml"))
	if err != nil {
		return nil, err
	}
	var all map[string]string
	if err := yaml.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("state/regions.yaml: %w", err)
	}
	list := []string{awstypes.EdgeRegion}
	for _, region := range all {
		list = append(list, region)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}
