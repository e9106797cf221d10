package simulation

import (
	"slices"
	"strings"
)

const (
	role       = "aws:iam/role:Role"
	rolePolicy = "aws:iam/rolePolicy:RolePolicy"
)

// accountRoles exist in every account, since state/account creates them.
var accountRoles = []string{"dms-vpc-role", "dms-cloudwatch-logs-role"}

func init() {
	model(map[string]*Type{
		role: {
			ID: "{name}", Name: "name", Global: true, Tagged: true,
			Missing: "NoSuchEntity", Taken: "EntityAlreadyExists", InUse: "DeleteConflict",
			Outputs: map[string]any{
				"arn": "arn:aws:iam::{account}:role/{id}", "uniqueId": "AROA{upper17}", "createDate": "2026-01-01T00:00:00Z",
				"description": "", "path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": false, "permissionsBoundary": "",
				"namePrefix": "", "inlinePolicies": []any{}, "managedPolicyArns": []any{},
			},
			Replace: []string{"name", "path"},
			Valid: map[string]Rule{
				"assumeRolePolicy":   policy,
				"maxSessionDuration": between(3600, 43200),
				"name":               match(`^[\w+=,.@-]{1,64}$`, "up to 64 letters, digits and +=,.@-_ are allowed"),
			},
			Put: func(_ *Account, r *Resource) error {
				if slices.Contains(accountRoles, r.ID) {
					return apiError("EntityAlreadyExists", "Role with name %s already exists.", r.ID)
				}
				// An account's only policies are the boundaries that state/setup creates.
				boundary := text(r.Properties, "permissionsBoundary")
				if boundary != "" && !strings.HasPrefix(boundary, "arn:aws:iam::"+r.account+":policy/multisite-boundary-") {
					return apiError("NoSuchEntity", "Scope ARN: %s does not exist or is not attachable.", boundary)
				}
				return nil
			},
		},
		"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
			ID: "{role}-{digits20}", Global: true, Overwritten: true,
			Missing: "NoSuchEntity", Taken: "EntityAlreadyExists",
			Replace: []string{"role", "policyArn"},
			Unique:  []string{"role", "policyArn"},
			Valid:   map[string]Rule{"policyArn": match(`^arn:`, "an invalid ARN")},
		},
		rolePolicy: {
			ID: "{role}:{name}", Name: "name", Global: true,
			Missing: "NoSuchEntity", Taken: "EntityAlreadyExists",
			Outputs: map[string]any{"namePrefix": ""},
			Replace: []string{"name", "role"},
			Valid:   map[string]Rule{"policy": policy},
		},
	})
}
