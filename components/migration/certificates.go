package migration

import (
	"crypto/x509"
	"encoding/pem"
)

// IsPEM reports whether text consists of one or more X.509 certificates in PEM form,
// without PEM blocks of other types.
func IsPEM(text string) bool {
	rest, found := []byte(text), false
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return found
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil || block.Type != "CERTIFICATE" {
			return false
		}
		found = true
	}
}
