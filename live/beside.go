package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"multisite/internal/cli"
)

//go:embed beside.yaml
var besideTemplate []byte

//go:embed replication-roles.yaml
var rolesTemplate []byte

// besideName is the CloudFormation stack of what the experiments have beside the site.
func (r *record) besideName() string { return "multisite-" + r.ID }

// rolesName is the stack of AWS DMS's roles, which has to outlive the site.
func (r *record) rolesName() string { return r.besideName() + "-roles" }

// deployNetworked deploys what lives in the site's network, or reads its topics.
func (a *app) deployNetworked(ctx context.Context) error {
	r := a.run
	site, err := a.outputs(r.Site)
	if err != nil {
		return err
	}
	database := r.Moving
	if database == "" {
		database = r.Home
	}
	copied := r.Moving != "" && !slices.Contains(r.Skip, databaseCopy.name) && !emulated()
	if copied {
		if err := a.deployRoles(ctx); err != nil {
			return err
		}
	}
	return a.deployBeside(ctx, map[string]string{
		"VpcId": fmt.Sprint(site["vpcId"]), "DataSubnetIds": strings.Join(texts(site["dataSubnetIds"]), ","),
		"AlarmTopic": fmt.Sprint(site["alarmTopicArn"]), "EdgeAlarmTopic": fmt.Sprint(site["edgeAlarmTopicArn"]),
		"HomeSecret": fmt.Sprint(site[database+".databaseSecretArn"]), "SecretsKey": fmt.Sprint(site["secretsKeyArn"]),
		"Schema": strings.ToLower(r.Market), "Origin": fmt.Sprint(copied),
	})
}

// deployRoles makes the two roles that AWS DMS looks for by name, if the account has none.
func (a *app) deployRoles(ctx context.Context) error {
	var roles struct{ Roles []struct{ RoleName string } }
	if err := cli.AWS(&roles, edgeRegion, "iam", "list-roles"); err != nil {
		return err
	}
	for _, role := range roles.Roles {
		if role.RoleName == "dms-vpc-role" && !a.run.ReplicationRoles {
			return nil
		}
	}
	a.run.ReplicationRoles = true
	return errors.Join(a.save(), a.deploy(ctx, a.run.rolesName(), rolesTemplate, nil))
}

// deployBeside brings what is beside the site to its parameters. Without any, it is
// made as far as it can be before the site, and left as it is if it is there.
func (a *app) deployBeside(ctx context.Context, parameters map[string]string) error {
	if ids, err := a.besideIDs(); err != nil || parameters == nil && ids["Copies"] != "" {
		return err
	}
	overrides := []string{"CopiesName=" + a.run.copies()}
	for name, value := range parameters {
		overrides = append(overrides, name+"="+value)
	}
	slices.Sort(overrides)
	return a.deploy(ctx, a.run.besideName(), besideTemplate, overrides)
}

func (a *app) deploy(ctx context.Context, name string, template []byte, overrides []string) error {
	// A stack whose first deployment has failed takes no other.
	if status, err := a.stackStatus(name); err != nil {
		return err
	} else if strings.HasPrefix(status, "ROLLBACK_") {
		if err := a.deleteStack(ctx, name); err != nil {
			return err
		}
	}
	file := a.file("beside.yaml")
	if err := os.WriteFile(file, template, 0o600); err != nil {
		return err
	}
	args := []string{"cloudformation", "deploy", "--stack-name", name, "--template-file", file, "--no-fail-on-empty-changeset",
		"--capabilities", "CAPABILITY_NAMED_IAM", "--tags", "Project=multisite", runTag + "=" + a.run.ID, "LiveUntil=" + a.run.Until}
	if len(overrides) > 0 {
		args = append(append(args, "--parameter-overrides"), overrides...)
	}
	return a.aws(ctx, a.run.Region, args...)
}

// besideIDs are the physical IDs of what is beside the site, by their names in
// beside.yaml: empty before it is there.
func (a *app) besideIDs() (map[string]string, error) {
	ids, name := map[string]string{}, a.run.besideName()
	status, err := a.stackStatus(name)
	if err != nil || status == "" {
		return ids, err
	}
	var list struct {
		StackResourceSummaries []struct{ LogicalResourceID, PhysicalResourceID string }
	}
	err = cli.AWS(&list, a.run.Region, "cloudformation", "list-stack-resources", "--stack-name", name)
	for _, r := range list.StackResourceSummaries {
		ids[r.LogicalResourceID] = r.PhysicalResourceID
	}
	return ids, err
}

// stackStatus is a stack's, or empty if there is none.
func (a *app) stackStatus(name string) (string, error) {
	var list struct {
		Stacks []struct{ StackName, StackStatus string }
	}
	if err := cli.AWS(&list, a.run.Region, "cloudformation", "describe-stacks"); err != nil {
		return "", err
	}
	for _, stack := range list.Stacks {
		if stack.StackName == name {
			return stack.StackStatus, nil
		}
	}
	return "", nil
}

// deleteStack deletes a stack, if there is one, and waits until it has gone.
func (a *app) deleteStack(ctx context.Context, name string) error {
	if err := a.aws(ctx, a.run.Region, "cloudformation", "delete-stack", "--stack-name", name); err != nil {
		return err
	}
	return a.aws(ctx, a.run.Region, "cloudformation", "wait", "stack-delete-complete", "--stack-name", name)
}
