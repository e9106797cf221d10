package register

import (
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryRegionHasAnAuthority checks that the region of each AWS site has a root
// certificate that is valid for another ten years.
func TestEveryRegionHasAnAuthority(t *testing.T) {
	reg, err := Default()
	require.NoError(t, err)
	authorities, err := DefaultAuthorities()
	require.NoError(t, err)
	for name, site := range reg.Sites {
		if site.Provider == ProviderAWS {
			require.Contains(t, authorities, site.Region, name)
			block, _ := pem.Decode([]byte(authorities[site.Region].Certificate))
			certificate, err := x509.ParseCertificate(block.Bytes)
			require.NoError(t, err)
			assert.True(t, certificate.IsCA)
			assert.True(t, certificate.NotAfter.After(time.Now().AddDate(10, 0, 0)), "%s expires on %s", name, certificate.NotAfter)
		}
	}
}

// TestLoadAuthoritiesRefuses changes one value of authorities.yaml at a time.
func TestLoadAuthoritiesRefuses(t *testing.T) {
	file := string(authoritiesFile)
	for name, row := range map[string]struct{ from, to, message string }{
		"another region's certificate": {"\nus-west-2:", "\neu-west-1:", `eu-west-1.certificate: found "Amazon RDS us-west-2 Root CA RSA2048 G1"; allowed: Amazon RDS eu-west-1 Root CA RSA2048 G1`},
		"another fingerprint":          {`"86:E2:2F`, `"86:E2:2E`, "us-west-2.sha256: found \"86:E2:2E"},
		"a changed certificate":        {"FlXJ71QrP06W31kRe7kvgrvO7qWU3/OzUf9qYw4LSiR1", "FlXJ71QrP06W31kRe7kvgrvO7qWU3/OzUf9qYw4LSiR2", "us-west-2.certificate: found \"crypto/rsa: verification error\"; allowed: a root certificate"},
		"no certificate":               {"-----BEGIN CERTIFICATE-----", "-----BEGIN NOTHING-----", "certificate: found nothing; allowed: one certificate in PEM form"},
		"an unknown key":               {"sha256:", "sha1:", "field sha1 not found"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, file, row.from)
			_, err := loadAuthorities([]byte(strings.ReplaceAll(file, row.from, row.to)))
			assert.ErrorContains(t, err, row.message)
		})
	}
}
