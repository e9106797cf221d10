package check

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNewExceptionsAreListed adds an exception to a site and to the stack global, extends one, and
// keeps one.
func TestNewExceptionsAreListed(t *testing.T) {
	r := newLawRepository(t)
	const kept = `
  multisite:exceptions:
    - {rule: encryption, resource: "aws:sns:Topic kept", reason: the pager reads nothing else, until: "2026-02-28"}
    - {rule: encryption, resource: "aws:sns:Topic longer", reason: the pager reads nothing else, until: "2026-02-28"}
`
	r.replace(oregon, "config:\n", "config:"+kept)
	r.commit()
	longer := strings.Replace(kept, `longer", reason: the pager reads nothing else, until: "2026-02-28"`, `longer", reason: the pager reads nothing else, until: "2026-03-31"`, 1)
	added := `    - {rule: tls, resource: "aws:s3:BucketPolicy added", reason: an old client until March, until: "2026-02-28"}` + "\n"
	r.replace(oregon, kept, longer+added)
	r.replace("Pulumi.global.yaml", "config:\n", "config:\n  multisite:exceptions:\n"+added)
	var out bytes.Buffer
	require.NoError(t, check(r.dir, "origin/main", today, &out))
	const line = "multisite:exceptions: not in origin/main: aws:s3:BucketPolicy added: rule tls does not apply until 2026-02-28: an old client until March\n"
	assert.Equal(t, "Pulumi.global.yaml: "+line+
		"Pulumi.oregon.yaml: multisite:exceptions: not in origin/main: aws:sns:Topic longer: rule encryption does not apply until 2026-03-31: the pager reads nothing else\n"+
		"Pulumi.oregon.yaml: "+line+"5 sites checked; no problems found.\n", out.String())
}
