package check

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSecretsProvider checks the key of the secrets in a stack's state.
func TestSecretsProvider(t *testing.T) {
	r := newLawRepository(t)
	const wanted = "awskms://alias/pulumi-secrets-oregon?region=us-west-2"
	const allowed = `; allowed: ` + wanted + `, in the region of the state (state/regions.yaml)`
	for name, row := range map[string]struct {
		top     string
		reports []string
	}{
		"the site's key":       {"secretsprovider: " + wanted + "\nencryptedkey: a2V5\n", nil},
		"another region":       {"secretsprovider: awskms://alias/pulumi-secrets-oregon?region=us-east-1\n", []string{`found "awskms://alias/pulumi-secrets-oregon?region=us-east-1"` + allowed}},
		"another account":      {"secretsprovider: awskms:///arn:aws:kms:us-west-2:333333333333:key/k?region=us-west-2\n", []string{`found "awskms:///arn:aws:kms:us-west-2:333333333333:key/k?region=us-west-2"` + allowed}},
		"another site's key":   {"secretsprovider: awskms://alias/pulumi-secrets-india?region=ap-south-1\n", []string{`found "awskms://alias/pulumi-secrets-india?region=ap-south-1"` + allowed}},
		"a passphrase":         {"secretsprovider: passphrase\n", []string{`found "passphrase"` + allowed}},
		"a key of no provider": {"encryptedkey: a2V5\n", []string{`found nothing` + allowed}},
		"a salt":               {"secretsprovider: " + wanted + "\nencryptionsalt: v1:c2FsdA\n", []string{`Pulumi.oregon.yaml: encryptionsalt: found "v1:c2FsdA"; allowed: none: a passphrase encrypts no secrets of a stack`}},
	} {
		t.Run(name, func(t *testing.T) {
			defer r.replace(oregon, "config:\n", row.top+"config:\n")()
			lines := r.check()
			require.Len(t, lines, len(row.reports))
			for i, report := range row.reports {
				assert.Contains(t, lines[i], report)
			}
		})
	}
	t.Run("another encrypted key", func(t *testing.T) {
		r.replace(oregon, "config:\n", "secretsprovider: "+wanted+"\nencryptedkey: a2V5\nconfig:\n")
		r.commit()
		defer r.replace(oregon, "encryptedkey: a2V5", "encryptedkey: b3RoZXI=")()
		assert.Equal(t, []string{`Pulumi.oregon.yaml: encryptedkey: found b3RoZXI=; allowed: a2V5, as in origin/main, or a new entry for "Pulumi.oregon.yaml encryptedkey" in register/history.yaml`}, r.check())
	})
}
