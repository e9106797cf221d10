// Package support deploys CloudFormation stacks with the resources that experiments need
// in addition to the site. The templates are in templates/, except for the permission
// boundary, which is state/roles-aws.yaml of the repository.
package support

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"example.com/multisite/internal/awstypes"
	"example.com/multisite/internal/cli"
	"example.com/multisite/internal/live/account"
	"example.com/multisite/internal/live/workspace"
)

// No logical ID occurs in two templates, so that IDs can return the resources of all
// stacks in one map.
//
//go:embed templates/*.yaml
var templates embed.FS

// The stacks. Each name is the end of the CloudFormation stack's name, and all but
// Boundary are the name of a template.
const (
	// Boundary has the permission boundary of the site's roles.
	Boundary = "boundary"
	// Copies has the bucket that the site replicates to, and its key.
	Copies = "copies"
	// Origin has the database that stands in for the origin.
	Origin = "origin"
	// Tools has the subscriber of the topics, and the container.
	Tools = "tools"
	// Roles has the roles that AWS DMS finds by name. Delete it after the site.
	Roles = "roles"
)

// stackName returns the name of a CloudFormation stack.
func stackName(r *workspace.Record, stack string) string { return "multisite-" + r.ID + "-" + stack }

// DeployTools deploys Tools, and before it, for the copy of a database, Origin and Roles.
// All of them need the site's outputs.
func DeployTools(ctx context.Context, w *workspace.Workspace, copyDatabase bool) error {
	r := w.Record
	site, err := w.Outputs(r.Site)
	if err != nil {
		return err
	}
	database, parameters := r.Home, map[string]string{}
	if r.Moving != "" {
		database = r.Moving
	}
	if copyDatabase {
		if parameters["OriginHost"], parameters["OriginSecretArn"], err = deployOrigin(ctx, w, site); err != nil {
			return err
		}
	}
	parameters["CopiesName"], parameters["Schema"] = r.CopiesBucket(), strings.ToLower(r.Market)
	parameters["AlarmTopic"], parameters["EdgeAlarmTopic"] = site.Text("alarmTopicArn"), site.Text("edgeAlarmTopicArn")
	parameters["HomeSecret"], parameters["SecretsKey"] = site.Text(database+".databaseSecretArn"), site.Text("secretsKeyArn")
	return Deploy(ctx, w, Tools, parameters)
}

// deployOrigin deploys Roles and Origin.
func deployOrigin(ctx context.Context, w *workspace.Workspace, site workspace.Outputs) (host, secretARN string, err error) {
	if err := deployRoles(ctx, w); err != nil {
		return "", "", err
	}
	if err := Deploy(ctx, w, Origin, map[string]string{
		"VpcId": site.Text("vpcId"), "DataSubnetIds": strings.Join(site.List("dataSubnetIds"), ","),
	}); err != nil {
		return "", "", err
	}
	ids, err := IDs(w)
	if err != nil {
		return "", "", err
	}
	host, err = account.DatabaseHost(w.Record.Region, ids["OriginDatabase"])
	return host, ids["OriginSecret"], err
}

// deployRoles deploys Roles, unless the account already has roles of these names.
func deployRoles(ctx context.Context, w *workspace.Workspace) error {
	var roles []string
	if err := cli.AWS(&roles, awstypes.EdgeRegion, "iam", "list-roles", "--query", "Roles[].RoleName"); err != nil {
		return err
	}
	if slices.Contains(roles, "dms-vpc-role") && !w.Record.ReplicationRoles {
		return nil
	}
	w.Record.ReplicationRoles = true
	return errors.Join(w.Save(), Deploy(ctx, w, Roles, nil))
}

// Deploy creates or updates a stack.
func Deploy(ctx context.Context, w *workspace.Workspace, stack string, parameters map[string]string) error {
	r := w.Record
	name := stackName(r, stack)
	// CloudFormation does not update a stack whose creation failed.
	if all, err := statuses(r); err != nil {
		return err
	} else if strings.HasPrefix(all[name], "ROLLBACK_") {
		if err := Delete(ctx, w, stack); err != nil {
			return err
		}
	}
	template, err := templates.ReadFile("templates/" + stack + ".yaml")
	if stack == Boundary {
		template, err = os.ReadFile(filepath.Join(w.Root, "state", "roles-aws.yaml"))
	}
	if err != nil {
		return err
	}
	file := w.File("template.yaml")
	if err := os.WriteFile(file, template, 0o600); err != nil {
		return err
	}
	args := []string{
		"cloudformation", "deploy", "--stack-name", name, "--template-file", file, "--no-fail-on-empty-changeset",
		"--capabilities", "CAPABILITY_NAMED_IAM", "--tags", "Project=multisite", workspace.RunTag + "=" + r.ID, workspace.UntilTag + "=" + r.Until,
	}
	var overrides []string
	for name, value := range parameters {
		overrides = append(overrides, name+"="+value)
	}
	if len(overrides) > 0 {
		slices.Sort(overrides)
		args = append(append(args, "--parameter-overrides"), overrides...)
	}
	return w.AWS(ctx, r.Region, args...)
}

// Delete deletes a stack, if it exists, and waits until it is deleted.
func Delete(ctx context.Context, w *workspace.Workspace, stack string) error {
	name := stackName(w.Record, stack)
	all, err := statuses(w.Record)
	if err != nil || all[name] == "" {
		return err
	}
	if err := w.AWS(ctx, w.Record.Region, "cloudformation", "delete-stack", "--stack-name", name); err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	return w.AWS(ctx, w.Record.Region, "cloudformation", "wait", "stack-delete-complete", "--stack-name", name)
}

// IDs returns the physical IDs of the resources in all stacks by their logical IDs.
func IDs(w *workspace.Workspace) (map[string]string, error) {
	ids := map[string]string{}
	all, err := statuses(w.Record)
	for name := range all {
		var list struct {
			StackResourceSummaries []struct{ LogicalResourceID, PhysicalResourceID string }
		}
		err = errors.Join(err, cli.AWS(&list, w.Record.Region, "cloudformation", "list-stack-resources", "--stack-name", name))
		for _, r := range list.StackResourceSummaries {
			ids[r.LogicalResourceID] = r.PhysicalResourceID
		}
	}
	return ids, err
}

// statuses returns the status of each of the run's CloudFormation stacks by its name.
func statuses(r *workspace.Record) (map[string]string, error) {
	var list struct {
		Stacks []struct{ StackName, StackStatus string }
	}
	if err := cli.AWS(&list, r.Region, "cloudformation", "describe-stacks"); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, stack := range list.Stacks {
		if strings.HasPrefix(stack.StackName, stackName(r, "")) {
			all[stack.StackName] = stack.StackStatus
		}
	}
	return all, nil
}
