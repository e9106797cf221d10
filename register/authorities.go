package register

import (
	"crypto/sha256"
	"crypto/x509"
	_ "embed"
	"encoding/pem"
	"fmt"
	"strings"

	"example.com/multisite/internal/config"
	"example.com/multisite/internal/ordered"
)

//go:embed authorities.yaml
var authoritiesFile []byte

// AuthoritiesPath is the path of authorities.yaml in the repository, for messages.
const AuthoritiesPath = "register/authorities.yaml"

// Authority is the root certificate of a region's Amazon RDS servers.
type Authority struct {
	// SHA256 is the certificate's fingerprint, as openssl x509 -fingerprint -sha256 prints it.
	SHA256 string `yaml:"sha256"`
	// Certificate is the certificate in PEM form.
	Certificate string
}

// DefaultAuthorities returns the authorities of authorities.yaml by region.
func DefaultAuthorities() (map[string]Authority, error) {
	return loadAuthorities(authoritiesFile)
}

// loadAuthorities reads authorities by region. It reports every certificate that is not the
// region's self-signed root of rds-ca-rsa2048-g1 or does not have the given fingerprint.
func loadAuthorities(data []byte) (map[string]Authority, error) {
	var authorities map[string]Authority
	if err := config.Decode(AuthoritiesPath, data, &authorities); err != nil {
		return nil, err
	}
	p := &config.Problems{File: AuthoritiesPath}
	for _, region := range ordered.Keys(authorities) {
		authorities[region].check(p, region)
	}
	return authorities, p.Err()
}

// check reports an authority whose certificate or fingerprint is not the region's.
func (a Authority) check(p *config.Problems, region string) {
	block, rest := pem.Decode([]byte(a.Certificate))
	if block == nil || len(rest) > 0 {
		p.Add(region+".certificate", nil, "one certificate in PEM form")
		return
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		p.Add(region+".certificate", err.Error(), "one certificate in PEM form")
		return
	}
	if name := "Amazon RDS " + region + " Root CA RSA2048 G1"; certificate.Subject.CommonName != name {
		p.Add(region+".certificate", certificate.Subject.CommonName, name)
	}
	if err := certificate.CheckSignatureFrom(certificate); err != nil {
		p.Add(region+".certificate", err.Error(), "a root certificate, which is signed by itself")
	}
	sum := strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(block.Bytes)), " ", ":")
	if a.SHA256 != sum {
		p.Add(region+".sha256", a.SHA256, sum)
	}
}
