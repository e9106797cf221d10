package siteconfig

import (
	"testing"
	"time"

	"example.com/multisite/internal/phases"

	"github.com/stretchr/testify/assert"
)

// TestOverdue checks the last day of a deadline and the day after.
func TestOverdue(t *testing.T) {
	site := moving(phases.Canary, phases.Evidence{})
	assert.Empty(t, Overdue(site, loadRegister(t), time.Date(2014, 10, 31, 23, 0, 0, 0, time.UTC)))
	after := time.Date(2014, 11, 1, 0, 0, 0, 0, time.UTC)
	assert.Equal(t, []string{"late: ecommerce: due on 2014-10-31 (e-commerce to AWS): SG is canary"}, Overdue(site, loadRegister(t), after))
	assert.Empty(t, Overdue(moving(phases.Done, phases.Evidence{}), loadRegister(t), after))
}
