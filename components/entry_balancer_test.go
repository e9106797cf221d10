package components

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestPhysicalNames checks names of load balancers and target groups: AWS accepts them, they
// stay the same, and they differ wherever two resources may exist at a time.
func TestPhysicalNames(t *testing.T) {
	const long = "california-entry-a-service-with-a-long-name"
	seen := map[string]string{}
	for _, row := range []struct {
		name     string
		port     int
		protocol TargetProtocol
	}{
		{"california-entry", 0, ""}, {"o-entry-a", 8443, TargetHTTPS}, {"o-entry-a", 8080, TargetHTTPS}, {"o-entry-a", 8443, TargetHTTP},
		{long, 8443, TargetHTTPS}, {long + "-2", 8443, TargetHTTPS}, {"california-entry-ecomm-", 8443, TargetHTTPS},
	} {
		name := physicalName(row.name, row.port, row.protocol)
		assert.Equal(t, name, physicalName(row.name, row.port, row.protocol))
		assert.LessOrEqual(t, len(name), 32, name)
		assert.Regexp(t, `^[a-z0-9]([a-z0-9]|-[a-z0-9])*$`, name)
		assert.True(t, strings.HasPrefix(name, row.name[:min(len(row.name), 20)]), name)
		assert.Empty(t, seen[name], "%s has the name of %s", row.name, seen[name])
		seen[name] = row.name
	}
}
