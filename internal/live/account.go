package live

import (
	"bufio"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"example.com/multisite/internal/cli"
)

// edgeRegion is where CloudFront, and what is global, is run from.
const edgeRegion = "us-east-1"

// account asks AWS which account the credentials are of.
func account(region string) (string, error) {
	var identity struct{ Account string }
	err := cli.AWS(&identity, region, "sts", "get-caller-identity")
	return identity.Account, err
}

// tagged lists the ARNs of a region's resources with a tag, in order.
func tagged(region, key, value string) ([]string, error) {
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

// regions are those in which the project has anything.
func (a *app) regions() ([]string, error) {
	data, err := os.ReadFile(filepath.Join(a.root, "state", "regions.yaml"))
	if err != nil {
		return nil, err
	}
	var all map[string]string
	if err := yaml.Unmarshal(data, &all); err != nil {
		return nil, fmt.Errorf("state/regions.yaml: %w", err)
	}
	list := []string{edgeRegion}
	for _, region := range all {
		list = append(list, region)
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

// registered are the accounts that the register names, by where it does.
func (a *app) registered() (map[string]string, error) {
	type entry struct{ Account string }
	var reg struct {
		Global entry
		Sites  map[string]entry
	}
	data, err := os.ReadFile(filepath.Join(a.root, "register", "register.yaml"))
	if err := errors.Join(err, yaml.Unmarshal(data, &reg)); err != nil {
		return nil, fmt.Errorf("register/register.yaml: %w", err)
	}
	accounts := map[string]string{"global.account": reg.Global.Account}
	for name, site := range reg.Sites {
		accounts["sites."+name+".account"] = site.Account
	}
	return accounts, nil
}

// refuseUsed refuses an account that is not for throwing away: one that the register
// names, or one that holds anything of the project's. The state of a stack is in
// buckets of a name of their own.
func (a *app) refuseUsed(number string) error {
	accounts, err := a.registered()
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(accounts)) {
		own := path == "sites."+a.site+".account" || path == globalStack+".account"
		switch named := accounts[path]; {
		case named == number:
			return fmt.Errorf("account: found %s, which register/register.yaml names in %s; allowed: an account of no site", number, path)
		case named != "" && own: // the program accepts no other credentials
			return fmt.Errorf("register/register.yaml: %s: found %s; allowed: none, in a working copy for this run", path, named)
		}
	}
	all, err := a.regions()
	if err != nil {
		return err
	}
	var problems []error
	for _, region := range all {
		found, err := tagged(region, "Project", "multisite")
		if err != nil {
			return err
		}
		for _, arn := range found {
			// Keys of an earlier run wait for weeks.
			if gone, when := a.gone(region, arn); !gone && when == "" {
				problems = append(problems, errors.New(arn))
			}
		}
	}
	var buckets struct{ Buckets []struct{ Name string } }
	if err := cli.AWS(&buckets, edgeRegion, "s3api", "list-buckets"); err != nil {
		return err
	}
	for _, bucket := range buckets.Buckets {
		if strings.HasPrefix(bucket.Name, "multisite-state-") {
			problems = append(problems, errors.New(bucket.Name))
		}
	}
	if len(problems) > 0 {
		return fmt.Errorf("account: found %s, which is in use; allowed: an account without anything of the project:\n%w",
			number, errors.Join(problems...))
	}
	return nil
}

// confirm demands the account's number, typed.
func (a *app) confirm(number string) error {
	_, _ = fmt.Fprintf(a.out, "\nType the account's number, %s, to begin: ", number)
	typed, _ := bufio.NewReader(a.in).ReadString('\n')
	if typed = strings.TrimSpace(typed); typed != number {
		return fmt.Errorf("confirmation: found %q; allowed: %s. Nothing was made", typed, number)
	}
	return nil
}

// sameAccount refuses to go on with another account's credentials.
func (a *app) sameAccount() error {
	number, err := account(a.run.Region)
	if err == nil && number != a.run.Account {
		err = fmt.Errorf("account: found %s; allowed: %s, in which the run was begun", number, a.run.Account)
	}
	return err
}
