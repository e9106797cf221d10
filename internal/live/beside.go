package live

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/internal/cli"
)

// What the experiments have beside the site are CloudFormation stacks, which go as a
// whole, each of a template in beside/ with a name of its own for every resource.
//
//go:embed beside/*.yaml
var templates embed.FS

const (
	besideBound  = "boundary" // of the site's roles: the project's own template, not one of beside/
	besideCopies = "copies"   // the bucket that the site replicates to
	besideOrigin = "origin"   // the stand-in for the origin
	besideTools  = "tools"    // the subscriber and the container
	besideRoles  = "roles"    // those of AWS DMS, which have to outlive the site
)

// besideName is the name of a stack beside the site.
func (r *record) besideName(stack string) string { return "multisite-" + r.ID + "-" + stack }

// deployTools deploys what lives in the site's network, or reads its topics.
func (a *app) deployTools(ctx context.Context) error {
	r := a.run
	site, err := a.outputs(r.Site)
	if err != nil {
		return err
	}
	text := func(output string) string { return strings.Join(texts([]any{site[output]}), "") }
	database, parameters := r.Home, map[string]string{}
	if r.Moving != "" {
		database = r.Moving
	}
	if r.Moving != "" && !slices.Contains(r.Skip, databaseCopy.name) && !emulated() {
		if err := a.deployRoles(ctx); err != nil {
			return err
		}
		if err := a.deploy(ctx, besideOrigin, map[string]string{
			"VpcId": text("vpcId"), "DataSubnetIds": strings.Join(texts(site["dataSubnetIds"]), ","),
		}); err != nil {
			return err
		}
		ids, err := a.besideIDs()
		if err != nil {
			return err
		}
		if parameters["OriginHost"], err = a.databaseHost(ids["OriginDatabase"]); err != nil {
			return err
		}
		parameters["OriginSecretArn"] = ids["OriginSecret"]
	}
	parameters["CopiesName"], parameters["Schema"] = r.copies(), strings.ToLower(r.Market)
	parameters["AlarmTopic"], parameters["EdgeAlarmTopic"] = text("alarmTopicArn"), text("edgeAlarmTopicArn")
	parameters["HomeSecret"], parameters["SecretsKey"] = text(database+".databaseSecretArn"), text("secretsKeyArn")
	return a.deploy(ctx, besideTools, parameters)
}

// databaseHost is where a database answers.
func (a *app) databaseHost(id string) (host string, err error) {
	err = cli.AWS(&host, a.run.Region, "rds", "describe-db-instances", "--db-instance-identifier", id, "--query", "DBInstances[0].Endpoint.Address")
	return host, err
}

// deployRoles makes the two roles that AWS DMS looks for by name, if the account has none.
func (a *app) deployRoles(ctx context.Context) error {
	var roles []string
	if err := cli.AWS(&roles, edgeRegion, "iam", "list-roles", "--query", "Roles[].RoleName"); err != nil {
		return err
	}
	if slices.Contains(roles, "dms-vpc-role") && !a.run.ReplicationRoles {
		return nil
	}
	a.run.ReplicationRoles = true
	return errors.Join(a.save(), a.deploy(ctx, besideRoles, nil))
}

// deploy brings a stack beside the site to its parameters.
func (a *app) deploy(ctx context.Context, stack string, parameters map[string]string) error {
	name := a.run.besideName(stack)
	// A stack whose first deployment has failed takes no other.
	if all, err := a.besideStacks(); err != nil {
		return err
	} else if strings.HasPrefix(all[name], "ROLLBACK_") {
		if err := a.deleteStack(ctx, stack); err != nil {
			return err
		}
	}
	template, err := templates.ReadFile("beside/" + stack + ".yaml")
	if stack == besideBound {
		template, err = os.ReadFile(filepath.Join(a.root, "state", "roles-aws.yaml"))
	}
	if err != nil {
		return err
	}
	file := a.file("template.yaml")
	if err := os.WriteFile(file, template, 0o600); err != nil { //nolint:gosec // in the run's folder
		return err
	}
	args := []string{"cloudformation", "deploy", "--stack-name", name, "--template-file", file, "--no-fail-on-empty-changeset",
		"--capabilities", "CAPABILITY_NAMED_IAM", "--tags", "Project=multisite", runTag + "=" + a.run.ID, "LiveUntil=" + a.run.Until}
	var overrides []string
	for name, value := range parameters {
		overrides = append(overrides, name+"="+value)
	}
	if len(overrides) > 0 {
		slices.Sort(overrides)
		args = append(append(args, "--parameter-overrides"), overrides...)
	}
	return a.aws(ctx, a.run.Region, args...)
}

// besideStacks are the run's stacks beside the site, with their status.
func (a *app) besideStacks() (map[string]string, error) {
	var list struct {
		Stacks []struct{ StackName, StackStatus string }
	}
	if err := cli.AWS(&list, a.run.Region, "cloudformation", "describe-stacks"); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, stack := range list.Stacks {
		if strings.HasPrefix(stack.StackName, a.run.besideName("")) {
			all[stack.StackName] = stack.StackStatus
		}
	}
	return all, nil
}

// besideIDs are the physical IDs of what is beside the site, by their names in the templates.
func (a *app) besideIDs() (map[string]string, error) {
	ids := map[string]string{}
	all, err := a.besideStacks()
	for name := range all {
		var list struct {
			StackResourceSummaries []struct{ LogicalResourceID, PhysicalResourceID string }
		}
		err = errors.Join(err, cli.AWS(&list, a.run.Region, "cloudformation", "list-stack-resources", "--stack-name", name))
		for _, r := range list.StackResourceSummaries {
			ids[r.LogicalResourceID] = r.PhysicalResourceID
		}
	}
	return ids, err
}

// deleteStack deletes a stack beside the site, if there is one, and waits until it has gone.
func (a *app) deleteStack(ctx context.Context, stack string) error {
	name := a.run.besideName(stack)
	all, err := a.besideStacks()
	if err != nil || all[name] == "" {
		return err
	}
	if err := a.aws(ctx, a.run.Region, "cloudformation", "delete-stack", "--stack-name", name); err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	return a.aws(ctx, a.run.Region, "cloudformation", "wait", "stack-delete-complete", "--stack-name", name)
}
