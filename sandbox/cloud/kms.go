package cloud

const kmsKey = "aws:kms/key:Key"

func init() {
	model(map[string]*Type{
		kmsKey: {
			ID: "{uuid}", Tagged: true,
			Missing: "NotFoundException",
			Outputs: map[string]any{
				"arn": "arn:aws:kms:{region}:{account}:key/{id}", "keyId": "{id}", "description": "",
				"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "customKeyStoreId": "", "xksKeyId": "",
				"enableKeyRotation": false, "rotationPeriodInDays": 0, "isEnabled": true, "multiRegion": false,
				"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + AccountID + `:root"},"Action":"kms:*","Resource":"*"}]}`,
			},
			Replace: []string{"customerMasterKeySpec", "keyUsage", "multiRegion"},
			Check: func(p Properties) []Problem {
				days, given := p["deletionWindowInDays"].(float64)
				if given && (days < 7 || days > 30) {
					return append(policy(p, "policy"), Problem{"deletionWindowInDays", "expected deletion_window_in_days to be in the range (7 - 30)"})
				}
				return policy(p, "policy")
			},
		},
		"aws:kms/alias:Alias": {
			ID: "{name}", Name: "name",
			Missing: "NotFoundException", Taken: "AlreadyExistsException",
			Outputs: map[string]any{
				"arn": "arn:aws:kms:{region}:{account}:{id}", "namePrefix": "",
				"targetKeyArn": "arn:aws:kms:{region}:{account}:key/{targetKeyId}",
			},
			Replace: []string{"name"},
			Refs:    []Ref{{"targetKeyId", kmsKey}},
		},
	})
}
