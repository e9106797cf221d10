package workspace

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"example.com/multisite/internal/cli"
)

// GlobalStack is the stack that routes users to the site.
const GlobalStack = "global"

// Stacks returns the run's stacks in the order of their updates.
func (w *Workspace) Stacks() []string {
	if w.Record.Domain == "" {
		return []string{w.Record.Site}
	}
	return []string{w.Record.Site, GlobalStack}
}

// HasStack reports whether the run's state has a stack.
func (w *Workspace) HasStack(stack string) bool {
	found, err := filepath.Glob(filepath.Join(w.File("state"), ".pulumi", "stacks", "*", stack+".json"))
	return err == nil && len(found) > 0
}

// Update runs pulumi up on a stack, after Recover.
func (w *Workspace) Update(ctx context.Context, stack string) error {
	if err := w.RefuseOver(); err != nil {
		return err
	}
	if killed, err := w.Recover(ctx, stack); err != nil {
		return err
	} else if killed {
		if err := w.Pulumi(ctx, "refresh", "--stack", stack, "--yes", "--skip-preview", "--clear-pending-creates"); err != nil {
			return err
		}
	}
	if err := w.Pulumi(ctx, "up", "--stack", stack, "--yes", "--skip-preview"); err != nil {
		return err
	}
	if !slices.Contains(w.Record.Up, stack) {
		w.Record.Up = append(w.Record.Up, stack)
	}
	return w.Save()
}

// Recover cancels the lock of a killed update, and imports the resources that the update
// created but did not save to the state (docs/runbook.md, "An update was killed, or its
// lock is stuck"). No other command can have the lock, since Open admits only one.
func (w *Workspace) Recover(ctx context.Context, stack string) (killed bool, err error) {
	locks, err := filepath.Glob(filepath.Join(w.File("state"), ".pulumi", "locks", "*", "*", stack, "*.json"))
	if err != nil || len(locks) == 0 {
		return false, err
	}
	if err := w.Pulumi(ctx, "cancel", "--stack", stack, "--yes"); err != nil {
		return true, err
	}
	return true, w.run(ctx, w.project(), w.Out, w.Sites, "adopt", stack)
}

// Outputs are the outputs of a stack by name.
type Outputs map[string]any

// Outputs reads the outputs of a stack.
func (w *Workspace) Outputs(stack string) (Outputs, error) {
	var outputs Outputs
	err := w.PulumiJSON(&outputs, "stack", "output", "--stack", stack, "--json", "--show-secrets")
	return outputs, err
}

// Text returns an output that is a string; empty if there is none.
func (o Outputs) Text(name string) string {
	text, _ := o[name].(string)
	return text
}

// List returns the elements of an output that is a list.
func (o Outputs) List(name string) []string {
	elements, _ := o[name].([]any)
	var all []string
	for _, element := range elements {
		all = append(all, fmt.Sprint(element))
	}
	return all
}

// RecordDatabases adds the identifiers of the run's RDS instances to the record.
func (w *Workspace) RecordDatabases() error {
	var list struct {
		DBInstances []struct {
			DBInstanceIdentifier string
			TagList              []struct{ Key, Value string }
		}
	}
	if err := cli.AWS(&list, w.Record.Region, "rds", "describe-db-instances"); err != nil {
		return err
	}
	for _, instance := range list.DBInstances {
		for _, tag := range instance.TagList {
			if tag.Key == RunTag && tag.Value == w.Record.ID && !slices.Contains(w.Record.Databases, instance.DBInstanceIdentifier) {
				w.Record.Databases = append(w.Record.Databases, instance.DBInstanceIdentifier)
			}
		}
	}
	return w.Save()
}
