package guardrails

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"example.com/multisite/internal/awstypes"
)

// TestTheOriginIsForWhatIsOpen looks at what the names of resources decide.
func TestTheOriginIsForWhatIsOpen(t *testing.T) {
	own := func(typ, name string, inputs map[string]any) *resource {
		return &resource{typ: typ, name: name, inputs: inputs}
	}
	g := &Guard{site: Site{Region: "us-west-2", Origin: map[string]string{"oregon-copy-origin": "MX is copied", "oregon-forgotten": ""}}, known: map[string]*resource{
		"aws:rds:Instance oregon-d":                      own(awstypes.DBInstance, "oregon-d", map[string]any{"identifier": "oregon-d-0123"}),
		"aws:secretsmanager:Secret oregon-d":             own(awstypes.Secret, "oregon-d", nil),
		"aws:secretsmanager:Secret oregon-copy-origin":   own(awstypes.Secret, "oregon-copy-origin", nil),
		"aws:secretsmanager:Secret oregon-with-a-name-x": own(awstypes.Secret, "oregon-with-a-name-x", map[string]any{"name": "named"}),
	}}
	endpointWith := func(name, secretName string) *resource {
		return own(awstypes.DMSEndpoint, name, map[string]any{
			"secretsManagerArn": "arn:aws:secretsmanager:us-west-2:123456789012:secret:" + secretName + "-AbCdEf", "kmsKeyArn": "k", "sslMode": "require",
		})
	}
	secretWith := func(name, host string) *resource {
		return own(awstypes.SecretVersion, name, map[string]any{"secretString": `{"host": "` + host + `"}`})
	}
	for name, row := range map[string]struct {
		resource *resource
		allowed  bool
	}{
		"the database's secret":                      {endpointWith("oregon-copy-target", "oregon-d-0123456"), true},
		"the origin's secret, at the origin's end":   {endpointWith("oregon-copy-origin-source", "oregon-copy-origin-0123456"), true},
		"the origin's secret, elsewhere":             {endpointWith("oregon-copy-target", "oregon-copy-origin-0123456"), false},
		"a secret of another name":                   {endpointWith("oregon-copy-target", "oregon-with-a-name-x"), false},
		"a secret without a name":                    {endpointWith("oregon-copy-target", ""), false},
		"the database's host":                        {secretWith("oregon-d", "oregon-d-0123.abc.us-west-2.rds.amazonaws.com"), true},
		"the host of a database of another region":   {secretWith("oregon-d", "oregon-d-0123.abc.eu-west-1.rds.amazonaws.com"), false},
		"the host of a database of another stack":    {secretWith("oregon-d", "other.abc.us-west-2.rds.amazonaws.com"), false},
		"a host that only looks like one":            {secretWith("oregon-d", "oregon-d-0123.us-west-2.rds.amazonaws.com.example.com"), false},
		"the origin's host, where it is open":        {secretWith("oregon-copy-origin", "db.example.com"), true},
		"the origin's host, where no reason is left": {secretWith("oregon-forgotten", "db.example.com"), false},
		"the origin's host, under a longer name":     {secretWith("oregon-copy-originals", "db.example.com"), false},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, row.allowed, len(g.origin(row.resource)) == 0, g.origin(row.resource))
		})
	}
	assert.Empty(t, g.tls(endpointWith("oregon-copy-target", "oregon-d-0123456")), "within the site, encryption is enough")
	assert.NotEmpty(t, g.protection(own(awstypes.Secret, "oregon-d", nil)))
	assert.Empty(t, g.protection(own(awstypes.Secret, "oregon-copy-origin", nil)), "the origin's credentials can go")
}
