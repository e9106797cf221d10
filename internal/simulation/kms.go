package simulation

const kmsKey = "aws:kms/key:Key"

func init() {
	model(map[string]*Type{
		kmsKey: {
			ID: "{uuid}", Tagged: true,
			Missing: "NotFoundException",
			Outputs: map[string]any{
				"arn": "arn:aws:kms:{region}:{account}:key/{id}", "keyId": "{id}", "description": "",
				"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT", "customKeyStoreId": "", "xksKeyId": "",
				"enableKeyRotation": false, "rotationPeriodInDays": 0, "isEnabled": true, "multiRegion": false, "bypassPolicyLockoutSafetyCheck": false,
				"policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{account}:root"},"Action":"kms:*","Resource":"*"}]}`,
			},
			Replace: []string{"customerMasterKeySpec", "keyUsage", "multiRegion"},
			Valid:   map[string]Rule{"deletionWindowInDays": between(7, 30), "policy": policy},
		},
		"aws:kms/alias:Alias": {
			ID: "{name}", Name: "name",
			Missing: "NotFoundException", Taken: "AlreadyExistsException",
			Outputs: map[string]any{
				"arn": "arn:aws:kms:{region}:{account}:{id}", "namePrefix": "",
				"targetKeyArn": "arn:aws:kms:{region}:{account}:key/{targetKeyId}",
			},
			Replace: []string{"name"},
			Valid:   map[string]Rule{"name": match(`^alias/[0-9A-Za-z_/-]+$`, "it must begin with 'alias/'")},
		},
	})
}
