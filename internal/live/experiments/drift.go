package experiments

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"example.com/multisite/internal/pulumicli"
)

var driftAfterUp = Experiment{
	Name:    "drift-after-up",
	promise: "a preview with a refresh finds no changes right after up",
	done:    "previews every stack with --refresh",
	try:     func(_ context.Context, t *Trial) (string, error) { return t.noChanges("--refresh") },
}

var drift = Experiment{
	Name:    "drift",
	promise: "the nightly drift check finds no changes after log delivery and the database copy have begun, such as of rds.force_ssl and the log bucket's policy",
	done:    "previews every stack with --refresh, twice, refreshes, and previews again",
	try: func(ctx context.Context, t *Trial) (string, error) {
		for range 2 {
			if _, err := t.noChanges("--refresh"); err != nil {
				return "", err
			}
		}
		for _, stack := range t.Stacks() {
			if err := t.Pulumi(ctx, "refresh", "--stack", stack, "--yes", "--skip-preview"); err != nil {
				return "", err
			}
		}
		return t.noChanges()
	},
}

// noChanges previews all stacks. The evidence of a broken promise lists the properties
// that differ.
func (t *Trial) noChanges(flags ...string) (string, error) {
	var differs []string
	for _, stack := range t.Stacks() {
		var plan pulumicli.Preview
		err := t.PulumiJSON(&plan, append([]string{"preview", "--stack", stack, "--json"}, flags...)...)
		if err != nil {
			return "", err
		}
		if len(plan.Steps) == 0 {
			return "", errors.New("the preview of " + stack + " has no steps")
		}
		for _, step := range plan.Steps {
			if step.Op != "same" && step.Op != "refresh" && step.Op != "read" {
				u := urn.URN(step.URN)
				differs = append(differs, fmt.Sprintf("%s %s %s: %s", step.Op, u.Type().DisplayName(), u.Name(), strings.Join(step.DiffReasons, ", ")))
			}
		}
	}
	if len(differs) > 0 {
		slices.Sort(differs)
		return "", broken("%s", strings.Join(differs, "; "))
	}
	return "no changes in " + strings.Join(t.Stacks(), " and "), nil
}
