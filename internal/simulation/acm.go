package simulation

const certificate = "aws:acm/certificate:Certificate"

func init() {
	model(map[string]*Type{
		certificate: {
			ID: "arn:aws:acm:{region}:{account}:certificate/{uuid}", Tagged: true,
			Missing: "ResourceNotFoundException", InUse: "ResourceInUseException",
			Outputs: map[string]any{
				"arn": "{id}", "status": "PENDING_VALIDATION", "type": "AMAZON_ISSUED", "renewalEligibility": "INELIGIBLE",
				"pendingRenewal": false, "notAfter": "", "notBefore": "", "renewalSummaries": []any{}, "validationOptions": []any{}, "validationEmails": []any{},
				"certificateAuthorityArn": "", "earlyRenewalDuration": "", "keyAlgorithm": "RSA_2048", "subjectAlternativeNames": ownName,
				"domainValidationOptions": proofs, "options": map[string]any{"certificateTransparencyLoggingPreference": "ENABLED"},
			},
			Replace: []string{"domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"},
			Valid:   map[string]Rule{"validationMethod": oneOf("DNS", "EMAIL", "HTTP"), "domainName": match(`^[^.].*[^.]$`, "it cannot begin or end with a period")},
		},
		"aws:acm/certificateValidation:CertificateValidation": {
			ID: "2026-01-01 00:00:00 +0000 UTC", Overwritten: true,
			Missing: "ResourceNotFoundException",
			Replace: []string{"certificateArn", "validationRecordFqdns"},
		},
	})
}

func ownName(r *Resource) any { return []any{r.Properties["domainName"]} }

// proofs returns the DNS records that prove ownership of the domain.
func proofs(r *Resource) any {
	return []any{map[string]any{
		"domainName": r.Properties["domainName"], "resourceRecordType": "CNAME",
		"resourceRecordName":  r.render("proof", "_{hex32}.{domainName}."),
		"resourceRecordValue": r.render("value", "_{hex32}.acm-validations.aws."),
	}}
}
