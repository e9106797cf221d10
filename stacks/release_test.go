package stacks_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/engine"
)

var release = flag.Bool("release", false, "store the stacks of this program as the last release")

// TestLastRelease updates stacks that the last release created, California's with every option
// and a migration, after the edits that CHANGELOG.md lists. The update must replace no resource,
// and delete no protected resource. On
// the day of a release, run `go test ./stacks -run TestLastRelease -release` to store the
// stacks of the new release.
func TestLastRelease(t *testing.T) {
	t.Parallel()
	stacks := []string{"oregon", "singapore", "california", "india", "brazil", "global"}
	if *release {
		p := engine.NewLocal(t)
		p.EveryOption("california")
		p.MoveShop()
		p.Up("global")
		for _, stack := range stacks {
			p.Up(stack)
		}
		p.Step("copying")
		p.Up("california")
		p.Up("global")
		p.Release()
		return
	}
	p := engine.Released(t)
	p.Edit("global", func(config map[string]any) {
		for service, site := range engine.Object(config, "multisite:elsewhere") {
			p.Edit(site.(string), func(config map[string]any) {
				entry := engine.Object(config, "multisite:services", service)
				entry["markets"] = append(entry["markets"].([]any), "ZZ")
			})
		}
		delete(config, "multisite:elsewhere")
	})
	// The release had no register of the origin's hosts.
	addToRegister(t, p, properties{"hosts": []string{"example.net"}})
	for _, stack := range stacks {
		for name, step := range p.Plan(stack) {
			assert.Contains(t, []string{"create", "update", "delete"}, step.Op, name)
			if strings.HasSuffix(name, "-from-elsewhere") {
				assert.Equal(t, "update", step.Op, name)
			}
			assert.False(t, step.Op == "delete" && step.OldState.Protect, "%s is protected, but would be deleted", name)
		}
		p.Up(stack)
		assert.Empty(t, p.Preview(stack), "%s has nothing left to change", stack)
	}
}
