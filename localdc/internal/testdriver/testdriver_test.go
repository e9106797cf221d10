package testdriver_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/conformance"
	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/internal/testdriver"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) driver.Driver {
		t.Helper()
		d, err := testdriver.Open(driver.Config{Settings: map[string]string{testdriver.Setting: t.TempDir()}})
		require.NoError(t, err)
		return d
	})
}
