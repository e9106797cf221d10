package simulation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHealthChecks checks which health checks Route 53 refuses.
func TestHealthChecks(t *testing.T) {
	c := newAccount(t)
	endpoint := c.create(healthCheck, "endpoint", Properties{"type": "HTTPS", "fqdn": "app.example.com", "port": 443.0, "requestInterval": 30.0, "failureThreshold": 3.0})
	inverted := c.create(healthCheck, "inverted", Properties{"type": "HTTPS", "fqdn": "claims.example.com", "invertHealthcheck": true})
	calculated := Properties{"type": "CALCULATED", "childHealthchecks": []any{endpoint, inverted}, "childHealthThreshold": 2.0}
	for _, row := range []struct {
		inputs  Properties
		message string
	}{
		{Properties{"type": "CALCULATED"}, "ChildHealthChecks must be specified"},
		{merge(calculated, Properties{"fqdn": "app.example.com"}), "fqdn cannot be specified"},
		{merge(calculated, Properties{"childHealthchecks": []any{"missing"}}), "api error NoSuchHealthCheck"},
		{merge(calculated, Properties{"childHealthThreshold": 257.0}), "expected a number in the range (0 - 256)"},
		{Properties{"type": "HTTPS"}, "Either FullyQualifiedDomainName or IPAddress"},
	} {
		_, err := c.try(healthCheck, "refused", row.inputs)
		require.ErrorContains(t, err, row.message)
	}
	id := c.create(healthCheck, "calculated", calculated)
	assert.Equal(t, []any{endpoint, inverted}, c.read(healthCheck, id)["childHealthchecks"])
	require.ErrorContains(t, c.delete(healthCheck, endpoint), "api error HealthCheckInUse")
}
