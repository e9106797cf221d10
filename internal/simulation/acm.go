package simulation

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

const (
	certificate           = "aws:acm/certificate:Certificate"
	certificateValidation = "aws:acm/certificateValidation:CertificateValidation"

	// issued is the status of a certificate that services accept.
	issued = "ISSUED"
	// pendingValidation is the status of a certificate whose records ACM still waits for.
	pendingValidation = "PENDING_VALIDATION"
)

func init() {
	model(map[string]*Type{
		certificate: {
			ID: "arn:aws:acm:{region}:{account}:certificate/{uuid}", Tagged: true,
			Missing: "ResourceNotFoundException", InUse: "ResourceInUseException",
			Outputs: map[string]any{
				"arn": "{id}", "status": kept("status", pendingValidation), "type": "AMAZON_ISSUED", "renewalEligibility": "INELIGIBLE",
				"notAfter": kept("notAfter", ""), "notBefore": kept("notBefore", ""),
				"pendingRenewal": false, "renewalSummaries": []any{}, "validationOptions": []any{}, "validationEmails": []any{},
				"certificateAuthorityArn": "", "earlyRenewalDuration": "", "keyAlgorithm": "RSA_2048",
				"subjectAlternativeNames": func(r *Resource) any { return certificateNames(r.Properties) },
				"domainValidationOptions": proofs, "options": map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
			},
			Replace:    []string{"domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"},
			Suppressed: sameNames,
			Valid: map[string]Rule{
				"validationMethod": oneOf("DNS", "EMAIL", "HTTP"), "domainName": certificateName, "subjectAlternativeNames[]": certificateName,
			},
			Before: (*Account).issue, Put: putCertificate,
		},
		certificateValidation: {
			ID: "2026-01-01 00:00:00.{digits9} +0000 UTC", Overwritten: true,
			Missing: "ResourceNotFoundException",
			Replace: []string{"certificateArn", "validationRecordFqdns"},
			Before:  (*Account).issue, Put: putValidation,
		},
	})
}

var certificateName = match(`^[^.].*[^.]$`, "it cannot begin or end with a period")

// certificateNames returns the names of a certificate: its domain name, and then all others.
func certificateNames(p Properties) []any {
	names := []any{p["domainName"]}
	for _, name := range at(p, "subjectAlternativeNames[]") {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// sameNames suppresses a difference in the order of the names, and in whether they include
// the domain name, which ACM adds.
func sameNames(state, inputs Properties) []string {
	old, now := certificateNames(state), certificateNames(inputs)
	if len(old) == len(now) && !slices.ContainsFunc(now, func(name any) bool { return !slices.Contains(old, name) }) {
		return []string{"subjectAlternativeNames"}
	}
	return nil
}

// putCertificate adds the domain name to the names. A changed certificate keeps its status.
func putCertificate(a *Account, r *Resource) error {
	r.Properties["subjectAlternativeNames"] = certificateNames(r.Properties)
	if old := a.Get(r.Type, r.Region, r.ID); old != nil {
		for _, property := range []string{"status", "notBefore", "notAfter"} {
			r.Properties[property] = old.Properties[property]
		}
	}
	return nil
}

// proofs returns the DNS records that prove ownership of the names. The record of a name is
// the same for all certificates of an account, whatever their region
// (https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html).
func proofs(r *Resource) any {
	list := []any{}
	for _, name := range certificateNames(r.Properties) {
		host := strings.TrimPrefix(fmt.Sprint(name), "*.") // a wildcard has the record of its parent
		hash := func(part string) string {
			return fmt.Sprintf("_%.16x", sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s", r.account, host, part)))
		}
		list = append(list, map[string]any{
			"domainName": name, "resourceRecordType": "CNAME",
			"resourceRecordName": hash("name") + "." + host + ".", "resourceRecordValue": hash("value") + ".acm-validations.aws.",
		})
	}
	return list
}
