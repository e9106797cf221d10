// Package acceptance_test runs every AWS site on the real provider plugins,
// against an emulated AWS API.
package acceptance_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"multisite/internal/engine"
	"multisite/stacks"
)

func TestMain(m *testing.M) {
	if program := missing(); program != "" {
		fmt.Printf("acceptance: not run, since %s is not on PATH; see docs/emulation.md\n", program)
		if os.Getenv("ACCEPTANCE") == "required" {
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestSite takes every site through its life, the sites side by side: most of
// the time is waiting.
func TestSite(t *testing.T) {
	register, err := stacks.DefaultRegister()
	require.NoError(t, err)
	regions := []string{"us-east-1"}
	for _, site := range register.Sites {
		regions = append(regions, site.Region)
	}
	for stack, site := range register.Sites {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			p := engine.New(t)
			p.Cloud = "emulated"
			t.Cleanup(func() { assert.NoError(t, p.Command("reset").Run()) })
			p.Up(stack)
			state := p.State(stack)
			expectNoChanges(t, p, stack, false)
			p.Pulumi("refresh", "--stack", stack, "--yes", "--skip-preview")
			expectNoChanges(t, p, stack, true)
			inspect(t, p, stack, site.Region, regions)
			compareWithSimulation(t, stack, state)

			p.Edit(stack, func(config map[string]any) {
				config["multisite:tags"] = map[string]any{"CostCenter": "42"}
				config["multisite:deletionProtection"] = false
			})
			steps := p.Preview(stack)
			assert.Contains(t, steps["update"], "aws:ec2:Vpc "+stack+"-network")
			delete(steps, "update")
			assert.Empty(t, steps, "tags and protection are updates")
			p.Up(stack)
			for id, tags := range newAccount(t, p, site.Region).inventory() {
				assert.Equal(t, "42", tags["CostCenter"], id)
			}

			p.Pulumi("destroy", "--stack", stack, "--yes", "--skip-preview")
			for _, region := range regions {
				a := newAccount(t, p, region)
				assert.Empty(t, a.inventory(), region)
				assert.Empty(t, a.buckets())
				assert.Empty(t, a.distributions())
			}
			databases := 0
			for _, r := range state {
				if r.Type == "aws:rds/instance:Instance" {
					databases++
				}
			}
			assert.Len(t, newAccount(t, p, site.Region).snapshots(), databases, "every database has left its final snapshot")
		})
	}
}

// expectNoChanges demands a preview without changes, but for the emulator's gaps.
func expectNoChanges(t *testing.T, p *engine.Project, stack string, refreshed bool) {
	t.Helper()
	for name, step := range p.Plan(stack) {
		typ, _, _ := strings.Cut(name, " ")
		assert.Equal(t, "update", step.Op, name)
		assert.NotEmpty(t, step.DiffReasons, "%s differs in something", name)
		for _, property := range step.DiffReasons {
			assert.True(t, excepted(typ, property, refreshed), "%s: %s differs", name, property)
			wanted, found := step.NewState.Inputs[property], step.OldState.Outputs[property]
			for _, path := range unlike(property, wanted, found) {
				assert.True(t, excepted(typ, path, refreshed), "%s: %s is not what was asked for", name, path)
			}
		}
	}
}

// unlike lists the paths at which the account does not hold what the program
// asked for. What it holds beyond that is AWS's to fill in.
func unlike(path string, wanted, found any) []string {
	var paths []string
	switch wanted := wanted.(type) {
	case map[string]any:
		object, _ := found.(map[string]any)
		for name, value := range wanted {
			paths = append(paths, unlike(path+"."+name, value, object[name])...)
		}
	case []any:
		list, _ := found.([]any)
		if len(list) != len(wanted) {
			return []string{path}
		}
		for i := range wanted {
			paths = append(paths, unlike(path+"[]", wanted[i], list[i])...)
		}
	default:
		if wanted != found {
			return []string{path}
		}
	}
	return paths
}
