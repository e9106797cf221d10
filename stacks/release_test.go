package stacks_test

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/engine"
)

var release = flag.Bool("release", false, "keep what this program provisions as the last release")

// TestLastRelease updates stacks that are up by the last release, California's with
// every option and a migration: nothing is replaced, and nothing stateful is deleted.
// On the day of a release, `go test ./stacks -run TestLastRelease -release` keeps its
// stacks for the changes that follow.
func TestLastRelease(t *testing.T) {
	t.Parallel()
	stacks := []string{"oregon", "singapore", "california", "global"}
	if *release {
		p := engine.New(t)
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
	for _, stack := range stacks {
		for name, step := range p.Plan(stack) {
			assert.Contains(t, []string{"create", "update", "delete"}, step.Op, name)
			assert.False(t, step.Op == "delete" && step.OldState.Protect, "%s is protected and would be deleted", name)
		}
		p.Up(stack)
		assert.Empty(t, p.Preview(stack), "%s has nothing left to change", stack)
	}
}
