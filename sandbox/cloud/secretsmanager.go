package cloud

const secret = "aws:secretsmanager/secret:Secret"

func init() {
	model(map[string]*Type{
		secret: {
			ID: "arn:aws:secretsmanager:{region}:{account}:secret:{name}-{lower6}", Name: "name", Tagged: true,
			Missing: "ResourceNotFoundException", Taken: "ResourceExistsException",
			Outputs: map[string]any{
				"arn": "{id}", "description": "", "policy": "", "namePrefix": "", "replicas": []any{},
				"recoveryWindowInDays": 30, "forceOverwriteReplicaSecret": false,
			},
			Replace: []string{"name"},
			Refs:    []Ref{{"kmsKeyId", kmsKey}},
			Check: func(p Properties) []Problem {
				days, given := p["recoveryWindowInDays"].(float64)
				if given && days != 0 && (days < 7 || days > 30) {
					return []Problem{{"recoveryWindowInDays", "expected recovery_window_in_days to be 0 or in the range (7 - 30)"}}
				}
				return nil
			},
		},
		"aws:secretsmanager/secretVersion:SecretVersion": {
			ID:      "{secretId}|terraform-{digits26}",
			Missing: "ResourceNotFoundException",
			Outputs: map[string]any{"arn": "{secretId}", "versionId": "terraform-{digits26}", "versionStages": []any{"AWSCURRENT"}},
			Replace: []string{"secretId", "secretString", "secretBinary"},
			Refs:    []Ref{{"secretId", secret}},
		},
	})
}
