package account

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDate(t *testing.T) {
	assert.Equal(t, "2026-12-24", date("1798106268.72"), "AWS CLI version 1")
	assert.Equal(t, "2026-12-24", date("2026-12-24T09:57:48.720000+00:00"), "AWS CLI version 2")
}
