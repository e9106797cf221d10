package placeholder_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/multisite/localdc/conformance"
	"example.com/multisite/localdc/driver"
	"example.com/multisite/localdc/drivers/placeholder"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) (driver.Driver, conformance.Traffic) {
		t.Helper()
		d, err := placeholder.Open(driver.Config{})
		require.NoError(t, err)
		return d, nil
	})
}
