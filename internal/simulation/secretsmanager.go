package simulation

const (
	secret        = "aws:secretsmanager/secret:Secret"
	secretVersion = "aws:secretsmanager/secretVersion:SecretVersion"
)

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
			Unique:  []string{"name"},
			Valid: map[string]Rule{
				"recoveryWindowInDays": between(7, 30, 0),
				"name":                 match(`^[0-9A-Za-z/_+=.@-]+$`, "only letters, digits and /_+=.@- are allowed"),
			},
		},
		secretVersion: {
			ID:      "{secretId}|terraform-{digits26}",
			Missing: "ResourceNotFoundException",
			Outputs: map[string]any{"arn": "{secretId}", "versionId": "terraform-{digits26}", "versionStages": []any{"AWSCURRENT"}, "secretBinary": ""},
			Replace: []string{"secretId", "secretString", "secretBinary"},
			// AWS deletes versions without a stage.
			Put: func(a *Account, r *Resource) error {
				for _, old := range siblings(a, r) {
					if old.Properties["secretId"] == r.Properties["secretId"] {
						if err := a.Delete(old); err != nil {
							return err
						}
					}
				}
				return nil
			},
		},
	})
}
