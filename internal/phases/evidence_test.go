package phases

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestForwardStepsRequireFacts checks that no step to a later phase is taken without facts.
func TestForwardStepsRequireFacts(t *testing.T) {
	for i, from := range Phases[:len(Phases)-1] {
		assert.NotEmpty(t, required[[2]Phase{from, Phases[i+1]}], "from %s to %s", from, Phases[i+1])
	}
}
