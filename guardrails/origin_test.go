package guardrails

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
)

// TestOriginAccess checks which resources may connect to the origin, by the names of resources,
// secrets and hosts.
func TestOriginAccess(t *testing.T) {
	newResource := func(typ, name string, inputs map[string]any) *resource {
		return &resource{typ: typ, name: name, inputs: inputs}
	}
	g := &Guard{site: Site{Region: "us-west-2", Origin: map[string]string{"oregon-copy-origin": "MX is copied", "oregon-forgotten": ""}}, resources: map[string]*resource{
		"aws:rds:Instance oregon-d": newResource(awstypes.DBInstance, "oregon-d", map[string]any{"identifier": "oregon-d-0123"}),
	}}
	endpointWith := func(name, secretName string) *resource {
		const arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:s-AbCdEf"
		r := newResource(awstypes.DMSEndpoint, name, map[string]any{"secretsManagerArn": arn, "kmsKeyArn": "k", "sslMode": "require"})
		r.owners = map[string]*owned{arn: {typ: awstypes.Secret, name: secretName}}
		return r
	}
	secretWith := func(name, host string) *resource {
		r := newResource(awstypes.SecretVersion, name, map[string]any{"secretString": `{"host": "` + host + `"}`})
		r.owners = map[string]*owned{"oregon-d-0123.abc.us-west-2.rds.amazonaws.com": {typ: awstypes.DBInstance, name: "oregon-d"}}
		return r
	}
	for name, row := range map[string]struct {
		resource *resource
		allowed  bool
	}{
		"the secret of the database":                            {endpointWith("oregon-copy-target", "oregon-d"), true},
		"the origin's secret, with access to the origin":        {endpointWith("oregon-copy-origin-source", "oregon-copy-origin"), true},
		"the origin's secret, without access to the origin":     {endpointWith("oregon-copy-target", "oregon-copy-origin"), false},
		"the host of the database":                              {secretWith("oregon-d", "oregon-d-0123.abc.us-west-2.rds.amazonaws.com"), true},
		"the host of a database of another region":              {secretWith("oregon-d", "oregon-d-0123.abc.eu-west-1.rds.amazonaws.com"), false},
		"the host of a database of another stack":               {secretWith("oregon-d", "other.abc.us-west-2.rds.amazonaws.com"), false},
		"a host that only contains the name of a database":      {secretWith("oregon-d", "oregon-d-0123.us-west-2.rds.amazonaws.com.example.com"), false},
		"the origin's host, with access to the origin":          {secretWith("oregon-copy-origin", "db.example.com"), true},
		"the origin's host, with access without a reason":       {secretWith("oregon-forgotten", "db.example.com"), false},
		"the origin's host, from a resource with a longer name": {secretWith("oregon-copy-originals", "db.example.com"), false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, row.allowed, len(g.origin(row.resource)) == 0, g.origin(row.resource))
		})
	}
	assert.Empty(t, g.tls(endpointWith("oregon-copy-target", "oregon-d")), "within the site, TLS need not verify the host")
	assert.NotEmpty(t, g.protection(newResource(awstypes.Secret, "oregon-d", nil)))
	assert.Empty(t, g.protection(newResource(awstypes.Secret, "oregon-copy-origin", nil)), "the secret with the origin's credentials may be deleted")
}
