package law

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"example.com/multisite/internal/command"
	"example.com/multisite/internal/config"
	"example.com/multisite/internal/siteconfig"
)

// organizationID matches the ID of an AWS organization.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
var organizationID = regexp.MustCompile(`^o-[a-z0-9]{10,32}$`)

// Command returns the command law.
func Command() *cobra.Command {
	c := &cobra.Command{
		Use:   "law DIR ORGANIZATION",
		Short: "Write the register's law as policies of AWS Organizations",
		Long: `Write service control policies and a resource control policy for each AWS account of the
register into DIR, as ACCOUNT-NAME.json, and print the commands that attach them. DIR must be
empty or not exist. ORGANIZATION is the ID of the organization, which
"aws organizations describe-organization" prints.`,
		Args: command.Args("DIR", "ORGANIZATION"),
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if !organizationID.MatchString(args[1]) {
			return command.Misused{Err: fmt.Errorf("ORGANIZATION: found %q; allowed: the ID of an organization, such as o-a1b2c3d4e5", args[1])}
		}
		accounts, err := load(".")
		if err != nil {
			return err
		}
		policies, err := policiesOf(accounts, args[1])
		if err != nil {
			return err
		}
		if err := write(args[0], policies); err != nil {
			return err
		}
		return explain(c.OutOrStdout(), args[0], accounts, policies)
	}
	return c
}

// load returns the accounts of a project.
func load(project string) ([]*account, error) {
	sites, rules, err := siteconfig.LoadProject(project)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(filepath.Join(project, statesPath))
	if err != nil {
		return nil, err
	}
	states := map[string]string{}
	if err := config.Decode(statesPath, data, &states); err != nil {
		return nil, err
	}
	return accountsOf(rules.Register, sites, states)
}

// policiesOf returns the policies of the accounts, account by account.
func policiesOf(accounts []*account, organization string) ([]policy, error) {
	var list []policy
	for _, a := range accounts {
		regions, err := a.regions()
		if err != nil {
			return nil, err
		}
		list = append(list, regions, a.flows(), a.perimeter(organization))
	}
	return list, nil
}

// write writes all policies into a folder, or none: it fills a new folder, and gives it the name
// at the end.
func write(dir string, policies []policy) error {
	files, problems := map[string][]byte{}, []error{}
	for _, p := range policies {
		content, err := p.encode()
		problems = append(problems, err)
		files[p.file()] = content
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	if found, err := os.ReadDir(dir); err == nil && len(found) > 0 {
		return fmt.Errorf("DIR: found %s with files in it; allowed: a folder that is empty or does not exist", dir)
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if err := os.MkdirAll(parent, 0o750); err != nil {
		return err
	}
	filled, err := os.MkdirTemp(parent, ".law-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(filled) }() // nothing is left of it after the rename
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(filled, name), content, 0o600); err != nil {
			return err
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, os.ErrNotExist) { // an empty folder
		return err
	}
	return os.Rename(filled, dir)
}

// explain prints the commands that create and attach the policies.
func explain(out io.Writer, dir string, accounts []*account, policies []policy) error {
	var text strings.Builder
	fmt.Fprintf(&text, "The policies of %d accounts are in %s. docs/law-outside.md tells how to attach them, one account first.\n", len(accounts), dir)
	for _, a := range accounts {
		fmt.Fprintf(&text, "\nAccount %s: %s\n\n", a.id, strings.Join(a.stacks, ", "))
		for _, p := range policies {
			if p.account == a.id {
				fmt.Fprintf(&text, "  aws organizations attach-policy --target-id %s --policy-id \"$(aws organizations create-policy --type %s --name multisite-%s-%s --description 'Law of %s' --content file://%s --query Policy.PolicySummary.Id --output text)\"\n",
					a.id, p.kind, a.id, p.name, strings.Join(a.stacks, ", "), filepath.Join(dir, p.file()))
			}
		}
	}
	_, err := io.WriteString(out, text.String())
	return err
}
